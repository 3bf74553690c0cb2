"""A maxout unit is the largest of k learned lines, and bends upwards only."""

import torch
from torch import nn


def maxout(x, w, b):
    """The largest of k lines: w and b have a value for each, (k,)."""
    return (x * w + b).amax(1, keepdim=True)  # (N, k) -> (N, 1)


torch.manual_seed(0)
x = torch.linspace(-2, 2, 201)[:, None]  # (N, 1)
target = x**2
k = 3  # try: 2, 8
w = torch.randn(k, requires_grad=True)
b = torch.zeros(k, requires_grad=True)
optimizer = torch.optim.Adam([w, b], lr=0.05)
for step in range(1000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(maxout(x, w, b), target)
    loss.backward()
    optimizer.step()

lines = (x * w + b).detach()  # (N, k)
used = lines.argmax(1).unique()  # those that are the largest somewhere
print(f"{k} lines, {len(used)} of them in use: error {loss.sqrt():.3f} (RMS)")
# region: the picture
import matplotlib.pyplot as plt

for line in lines.T:
    plt.plot(x, line, color="0.6", lw=0.8)
plt.plot(x, target, "C1--", lw=2, label="target")
plt.plot(x, lines.amax(1), "C0-", lw=2, label="maxout")
plt.ylim(-1.6, 4.2)
plt.xlabel("input x")
plt.ylabel("output")
plt.legend(loc="upper center")
plt.gcf().set_size_inches(4.4, 2.8)
plt.show()
# endregion

# %% proof: special cases, cost, 12 seeds, a concave target, and what may go idle
torch.manual_seed(0)
z = torch.cat([10 * torch.randn(1000), torch.tensor([0.0, -0.0])])[:, None]
for slope, name in ((0.0, "ReLU"), (0.01, "leaky ReLU"), (-1.0, "absolute value")):
    unit = maxout(z, torch.tensor([1.0, slope]), torch.zeros(2))
    should = nn.functional.leaky_relu(z, slope)
    assert torch.equal(unit, should), f"slopes 1 and {slope} should be {name}"

for k in (1, 2, 5):
    for make in (lambda m: nn.Linear(64, m), lambda m: nn.Conv2d(16, m, 3)):
        one, many = make(32), make(32 * k)
        sizes = [sum(p.numel() for p in layer.parameters()) for layer in (one, many)]
        assert sizes[1] == k * sizes[0], f"k = {k} should cost {k} times, {sizes}"
h = nn.Linear(64, 32 * 2)(torch.randn(5, 64)).unflatten(1, (32, 2)).amax(2)
maps = nn.Conv2d(3, 8 * 2, 3)(torch.randn(5, 3, 9, 9)).unflatten(1, (8, 2)).amax(2)
assert h.shape == (5, 32), f"32 units should come out, {tuple(h.shape)}"
assert maps.shape == (5, 8, 7, 7), f"8 maps should come out, {tuple(maps.shape)}"


def fit(target, k):
    """Error, lines in use and the largest gradient of the others, for 12 starts."""
    starts = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        starts.append(torch.randn(k))
    w = torch.stack(starts)[:, None].requires_grad_()  # (12, 1, k)
    b = torch.zeros(12, 1, k, requires_grad=True)
    optimizer = torch.optim.Adam([w, b], lr=0.05)
    for _ in range(1000):
        optimizer.zero_grad()
        errors = ((x * w + b).amax(2) - target[:, 0]).square().mean(1)  # (12,)
        errors.sum().backward()  # no start touches another's lines
        optimizer.step()
    wins = nn.functional.one_hot((x * w + b).argmax(2), k).sum(1)  # (12, k)
    idle = wins == 0
    most = (w.grad.abs() + b.grad.abs())[:, 0][idle].sum().item()
    return errors.detach().sqrt(), (~idle).sum(1), most


measured = {}
for k in (2, 3, 8):
    errors, used, most = fit(x**2, k)
    best = 16 / (6 * 5**0.5 * k**2)  # least squares with k cells of equal width
    middle, mean = errors.median().item(), used.float().mean().item()
    print(f"x squared, {k} lines: error {middle:.3f} (possible {best:.3f}),", end=" ")
    print(f"in use {used.tolist()}")
    measured |= {f"error_{k}": middle, f"best_{k}": best}
    assert errors.min() > 0.95 * best, f"none should beat {best:.3f}, {errors.min()}"
    if k < 4:
        assert middle < 1.05 * best, f"{k} lines should come near {best:.3f}, {errors}"
    assert most == 0, f"lines that never win should get no gradient, {most:.1e}"
measured["used_8"] = mean
as_good = (errors * 6 * 5**0.5 * used**2 / 16).max().item()
assert as_good < 1.1, f"it should be that of the lines in use, {as_good:.2f} times that"
assert measured["used_8"] < 6, f"of 8 lines some should be idle, {measured['used_8']}"
assert measured["error_8"] > 2 * measured["best_8"], "and the fit should miss them"
line, concave = fit(-(x**2), 1)[0], fit(-(x**2), 3)[0]
print(f"minus x squared: error {line.median():.2f} with 1 line,", end=" ")
print(f"{concave.median():.2f} with 3")
gap = (concave / line - 1).abs().max().item()
assert gap < 0.01, f"what bends down should get no better than a line, {gap:.3f}"
