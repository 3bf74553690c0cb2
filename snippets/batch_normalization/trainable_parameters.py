"""A BN layer trains gamma and beta, one of each per channel; the rest is buffers, and a bias just before it is idle."""
import torch
from torch.nn import functional as F

torch.manual_seed(0)
bn = torch.nn.BatchNorm2d(16)
print("parameters:")
for name, p in bn.named_parameters():
    print(f"  {name:<20}{str(tuple(p.shape)):<7}requires_grad={p.requires_grad}  starts at {p[0].item():.0f}")
print("buffers, saved in the state_dict as well:")
for name, b in bn.named_buffers():
    print(f"  {name:<20}{str(tuple(b.shape)):<7}requires_grad={b.requires_grad}")

assert {name: tuple(p.shape) for name, p in bn.named_parameters()} == {"weight": (16,), "bias": (16,)}, "gamma, beta"
assert all(p.requires_grad for p in bn.parameters()), "gamma and beta should be trained"
assert (bn.weight == 1).all() and (bn.bias == 0).all(), "they should start as the identity"
buffers = {"running_mean", "running_var", "num_batches_tracked"}
assert {name for name, _ in bn.named_buffers()} == buffers, "three buffers should be there"
assert not any(b.requires_grad for b in bn.buffers()), "no gradient reaches the buffers"
assert set(bn.state_dict()) == buffers | {"weight", "bias"}, "the state_dict should hold parameters and buffers"

# One step of training: which of the five move, and by whose hand?
conv = torch.nn.Conv2d(3, 16, 3)  # has a bias, as by default
model = torch.nn.Sequential(conv, bn, torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(16 * 6 * 6, 10))
x, y = torch.randn(32, 3, 8, 8), torch.randint(10, (32,))
before = {name: value.clone() for name, value in bn.state_dict().items()}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
logits = model(x)  # the forward pass alone updates the buffers
moved_forward = {name for name, value in bn.state_dict().items() if not torch.equal(value, before[name])}
after_forward = {name: value.clone() for name, value in bn.state_dict().items()}
F.cross_entropy(logits, y).backward()
optimizer.step()  # the optimizer updates gamma and beta
moved_by_step = {name for name, value in bn.state_dict().items() if not torch.equal(value, after_forward[name])}
print("changed by the forward pass:", ", ".join(sorted(moved_forward)))
print("changed by the optimizer:   ", ", ".join(sorted(moved_by_step)))
assert moved_forward == buffers, "the forward pass in train() should change the buffers and nothing else"
assert moved_by_step == {"weight", "bias"}, "the optimizer should change gamma and beta and nothing else"

# The convolution's bias: BN subtracts the channel mean and the bias with it.
bias_gradient, weight_gradient = conv.bias.grad.abs().max().item(), conv.weight.grad.abs().max().item()
with torch.no_grad():
    logits = model(x)
    conv.bias += 100 * torch.randn(16)
    change = (model(x) - logits).abs().max().item()
print(f"largest gradient: conv.bias {bias_gradient:.0e}, conv.weight {weight_gradient:.0e}")
print(f"random bias of size 100 added: the logits change by at most {change:.0e}")
assert bias_gradient < 1e-5 * weight_gradient, f"the bias should get a zero gradient: {bias_gradient:.0e}"
assert change < 1e-3, f"the bias should change nothing up to rounding, the logits moved by {change:.0e}"
assert bn.num_batches_tracked == 3, "no_grad() does not stop the buffers: three forward passes, three updates"
