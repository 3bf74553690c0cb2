"""Recurrent weights above 1 make the gradient explode with the length; clipping shortens it and keeps its direction."""
import torch
from torch import nn

torch.manual_seed(0)
layer = nn.RNN(8, 32, bias=False)
nn.init.orthogonal_(layer.weight_hh_l0, gain=1.5)  # a rotation times 1.5
for T in (10, 20, 40):
    h0 = torch.zeros(1, 16, 32, requires_grad=True)  # (layers, N, H)
    output, _ = layer(torch.zeros(T, 16, 8), h0)  # at zero tanh has slope 1: the worst case
    output[-1].sum().backward()
    growth = h0.grad.norm().item() / (16 * 32) ** 0.5  # the gradient of the sum has norm √(N·H) at the last step
    print(f"{T} steps back the gradient has grown {growth:.1e} times")
    assert abs(growth / 1.5 ** T - 1) < 0.01, f"{T} steps should multiply by 1.5^{T}, did by {growth:.1e}"

layer.zero_grad()
output, _ = layer(torch.randn(20, 16, 8))  # (T, N, H)
output[-1].sum().backward()
parameters = list(layer.parameters())
before = torch.cat([p.grad.flatten() for p in parameters])
total = nn.utils.clip_grad_norm_(parameters, max_norm=1.0)  # after backward, before the optimizer's step
after = torch.cat([p.grad.flatten() for p in parameters])
print(f"all parameters: gradient norm {total:.0f} before clipping, {after.norm():.3f} after")
assert torch.isclose(total, before.norm()), "the call should return the norm before clipping, over all parameters"
assert total > 10, f"the gradient should be large before, its norm is {total:.1f}"
assert torch.isclose(after.norm(), torch.tensor(1.0), atol=1e-3), f"the norm should be 1 after, is {after.norm():.3f}"
assert torch.allclose(after, before / before.norm(), atol=1e-5), "the direction should stay"
nn.utils.clip_grad_norm_(parameters, max_norm=5.0)
unchanged = torch.cat([p.grad.flatten() for p in parameters])
assert torch.equal(unchanged, after), "a gradient below the limit should stay as it is"
