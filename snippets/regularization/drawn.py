"""Drawn: ten weights fit ten noisy points exactly, smaller ones fit the trend."""

import torch

# region: ten points on a curve, with noise
torch.manual_seed(0)
x = torch.linspace(-1, 1, 10, dtype=torch.float64)
noise = 0.3 * torch.randn(10, dtype=torch.float64)
y = torch.sin(3 * x) + noise
# endregion
penalty = 0.01  # try: 0.0001, 1.0, 100.0
inputs = x[:, None] ** torch.arange(10)  # (10 points, 10 inputs): 1, x, x², … x⁹


def fit(penalty, y):
    """The ten weights with the least (squared error + penalty · sum of w²)."""
    both = inputs.T @ inputs + penalty * torch.eye(10)
    return torch.linalg.solve(both, inputs.T @ y)


free, decayed = fit(0.0, y), fit(penalty, y)
for name, w in (("no penalty", free), (f"penalty {penalty:g}", decayed)):
    miss = (inputs @ w - y).square().mean().sqrt()
    print(f"{name:14s} largest weight {w.abs().max():6.2f},", end=" ")
    print(f"misses the points by {miss:.2f}")
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-1, 1, 201, dtype=torch.float64)
powers = line[:, None] ** torch.arange(10)
figure, axes = plt.subplots(2, 2, figsize=(4.6, 4), sharey="row", height_ratios=[3, 2])
for column, w in enumerate((free, decayed)):
    above, below = axes[:, column]
    above.plot(line, torch.sin(3 * line), "--", color="gray", label="without noise")
    above.plot(line, powers @ w, color=f"C{column}", label="the neuron")
    above.plot(x, y, "o", color="C2", label="ten examples")
    above.set(title=("no penalty", f"penalty {penalty:g}")[column], xlabel="x")
    below.bar(range(10), w, color=f"C{column}")
    below.axhline(0, color="gray", lw=0.8)
    above.set_xticks([-1, 0, 1])
    below.set(xlabel="power of x", xticks=(0, 3, 6, 9))
axes[0, 0].set_ylabel("output")
axes[1, 0].set_ylabel("weight")
axes[0, 0].set_ylim(-2.2, 5.2)
axes[0, 1].legend(loc="upper left", fontsize=9)
figure.tight_layout()
plt.show()
# endregion
lost = (inputs @ free - y).abs().max().item()
assert lost < 1e-6, f"ten weights should pass through ten points, misses by {lost:.1e}"
ratio = (free.abs().max() / decayed.abs().max()).item()
assert ratio > 2, f"the penalty should shrink the largest weight, {ratio:.1f} times"

# %% proof: noise drawn 1,000 times
many = torch.sin(3 * x)[:, None] + 0.3 * torch.randn(10, 1000, dtype=torch.float64)
truth = torch.sin(3 * line)[:, None]
off = {}
for tried in (0.0, 0.01, 1.0, 100.0):
    curves = powers @ fit(tried, many)  # (201, 1000)
    off[tried] = (curves - truth).square().mean().sqrt().item()
    print(f"penalty {tried:6.2f}: off the noiseless curve by {off[tried]:.2f}")
measured = {"free": off[0.0], "held": off[0.01], "strong": off[100.0]}
assert off[0.01] < 0.7 * off[0.0], f"a small penalty should come nearer, {off}"
assert off[1.0] > off[0.01], f"a strong one less near, {off}"
assert off[100.0] > 2 * off[0.01], f"and far too strong one far off, {off}"
w, flat = fit(0.0, many), powers @ fit(100.0, many)
both = ((w > 1).any(0) & (w < -1).any(0)).all()
assert both, "without penalty there should be large weights of both signs, each time"
span = ((flat.max(0).values - flat.min(0).values).mean() / 2).item()  # the trend has 2
assert span < 0.2, f"under a penalty of 100 the curve should be flat, {span:.2f}"
