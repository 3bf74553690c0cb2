"""Dropout before or after the activation is the same for ReLU, but not for sigmoid, tanh or GELU."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
x = torch.tensor(load_digits().data[:500], dtype=torch.float32) / 8 - 1  # (N, 64), between -1 and 1
keep = 0.5
dropout = torch.nn.Dropout(1 - keep)
activations = {"ReLU": torch.nn.ReLU(), "LeakyReLU": torch.nn.LeakyReLU(), "sigmoid": torch.nn.Sigmoid(),
               "tanh": torch.nn.Tanh(), "GELU": torch.nn.GELU()}
linear = torch.nn.Linear(64, 200)
gap, silent, shift, same_gradient = {}, {}, {}, {}
print("             largest gap   dropped units that are   training mean against eval,")
print("             of outputs    silent: before  after    relative: before  after")
for name, act in activations.items():
    a = linear(x).detach().requires_grad_()  # (N, 200), pre-activations
    torch.manual_seed(1)
    before = act(dropout(a))  # Linear -> Dropout -> activation
    torch.manual_seed(1)  # the same mask again
    after = dropout(act(a))  # Linear -> activation -> Dropout
    torch.manual_seed(1)
    dropped = dropout(torch.ones_like(a)) == 0
    gap[name] = (before - after).abs().max().item()
    silent[name] = [(out[dropped] == 0).float().mean().item() for out in (before, after)]
    # The mean over both outcomes of the mask, exactly, against what eval() returns: act(a) in both orders.
    mean_before = keep * act(a / keep) + (1 - keep) * act(a * 0)
    mean_after = keep * (act(a) / keep) + (1 - keep) * 0
    shift[name] = [((m - act(a)).abs().mean() / act(a).abs().mean()).item() for m in (mean_before, mean_after)]
    gradients = [torch.autograd.grad(out.square().sum(), a)[0] for out in (before, after)]
    same_gradient[name] = torch.allclose(*gradients, atol=1e-6)
    print(f"{name:10s}   {gap[name]:9.2f}   {100 * silent[name][0]:16.0f} % {100 * silent[name][1]:4.0f} %"
          f"   {100 * shift[name][0]:16.1f} % {100 * shift[name][1]:4.1f} %")

grid, ends = torch.linspace(-4, 4, 201), {}
figure, axes = plt.subplots(1, 3, figsize=(7, 2.6))
for axis, name in zip(axes, ("ReLU", "sigmoid", "tanh"), strict=True):
    act = activations[name]
    axis.plot(grid, act(grid), label="eval, after")
    mean_before = keep * act(grid / keep) + (1 - keep) * act(grid * 0)
    ends[name] = mean_before[0].item(), mean_before[-1].item()
    axis.plot(grid, mean_before, "--", label="before")
    axis.set_title(name)
    axis.set_xlabel("pre-activation a")
axes[0].set_ylabel("output of the unit")
axes[0].legend()
plt.show()

for name in ("ReLU", "LeakyReLU"):
    assert gap[name] == 0 and same_gradient[name], f"{name}: both orders should give equal outputs and gradients"
    assert max(shift[name]) < 1e-6, f"{name}: both orders should keep the mean, shifts {shift[name]}"
for name in ("sigmoid", "tanh", "GELU"):
    assert gap[name] > 0.1 and not same_gradient[name], f"{name}: the orders should differ, gap {gap[name]:.3f}"
    assert shift[name][1] < 1e-6, f"{name}: after the activation the mean should stay, shift {shift[name][1]:.1e}"
assert silent["sigmoid"] == [0, 1], f"sigmoid(0) = 0.5: dropped before, no unit is silent, {silent['sigmoid']}"
assert silent["tanh"] == [1, 1], f"tanh(0) = 0: dropped units should be silent in both orders, {silent['tanh']}"
for name, low, high in (("sigmoid", 0.25, 0.75), ("tanh", -0.5, 0.5), ("ReLU", 0, 4)):
    right = abs(ends[name][0] - low) < 0.01 and abs(ends[name][1] - high) < 0.01
    assert right, f"{name}: at a = -4 and 4 the mean of dropout before should be {low} and {high}, was {ends[name]}"
assert shift["tanh"][0] > 0.1 and shift["GELU"][0] > 0.1, f"before, tanh and GELU should shift their mean, {shift}"
