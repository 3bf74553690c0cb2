"""The minimum under an L1 penalty can lie on an axis: a weight is exactly zero."""

import torch

optimum = torch.tensor([0.2, 1.2], dtype=torch.float64)  # the best w without penalty
hessian = torch.tensor([[1.0, -0.4], [-0.4, 1.0]], dtype=torch.float64)  # curvature
penalty = 0.4  # try: 0.1, 1.5

# L2: the gradient of the loss plus penalty · w is zero.
l2 = torch.linalg.solve(hessian + penalty * torch.eye(2), hessian @ optimum)

# L1: a step down the loss, then a step of fixed length towards zero that stops there.
l1, lr = torch.zeros(2, dtype=torch.float64), 0.5
for step in range(500):
    z = l1 - lr * hessian @ (l1 - optimum)
    l1 = z.sign() * (z.abs() - lr * penalty).clamp(min=0)
for name, w in (("no penalty", optimum), ("L2", l2), ("L1", l1)):
    print(f"{name:10s}  w1 = {w[0]:z.3f}, w2 = {w[1]:z.3f}")
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-1.5, 1.5, 301, dtype=torch.float64)
grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)  # (301, 301, 2)
away = grid - optimum
height = 0.5 * (away @ hessian * away).sum(-1)
figure, axes = plt.subplots(1, 2, figsize=(4.6, 2.6), sharey=True)
penalties = {"L2": grid.square().sum(-1).sqrt(), "L1": grid.abs().sum(-1)}
for ax, (name, size), w in zip(axes, penalties.items(), (l2, l1), strict=True):
    level = 0.5 * ((w - optimum) @ hessian @ (w - optimum)).item()
    levels = sorted({round(level * k, 6) for k in (0.2, 1.0, 2.5) if level > 1e-9})
    if levels:
        ax.contour(line, line, height, levels=levels, colors="gray", linewidths=1)
    own = w.norm().item() if name == "L2" else w.abs().sum().item()
    if own > 0:
        ax.contour(line, line, size, levels=[own], colors="C1", linewidths=2.5)
    ax.plot(*optimum, "o", color="gray", ms=7)
    ax.plot(*w, "D", color="C0", ms=8)
    ax.axhline(0, color="gray", lw=0.6)
    ax.axvline(0, color="gray", lw=0.6)
    ax.set(title=name, xlabel="w1", aspect="equal")
axes[0].set_ylabel("w2")
plt.show()
# endregion
slope = hessian @ (l1 - optimum)  # the gradient of the loss at the L1 solution
within = torch.where(
    l1 == 0, slope.abs() - penalty, (slope + penalty * l1.sign()).abs()
)
assert within.max() < 1e-9, (
    f"the L1 solution should be a minimum, off by {within.max()}"
)
assert (l2 != 0).all(), f"L2 should leave no zero, found {l2.tolist()}"

# %% proof: penalties from 0 to 2
tried = torch.linspace(0.0, 2.0, 201, dtype=torch.float64)
w = torch.zeros(201, 2, dtype=torch.float64)
for step in range(2000):
    z = w - lr * (w - optimum) @ hessian
    w = z.sign() * (z.abs() - lr * tried[:, None]).clamp(min=0)
zero = (w == 0).sum(1)  # (201,) of 0, 1 or 2 zeros
first = tried[zero > 0].min().item()
everything = tried[zero == 2].min().item()
print(f"one weight is zero from penalty {first:.2f} on, both from {everything:.2f} on")
measured = {"first": first, "everything": everything}
# Where w1 = 0: w2 = 1.2 - 0.08 - penalty, slope -0.168 + 0.4 penalty, so from 0.12 on;
# where both are 0 the slope is H w* = (0.28, 1.12), so from 1.12 on.
assert abs(first - 0.12) < 0.011, f"should begin at 0.12, begins at {first:.2f}"
assert abs(everything - 1.12) < 0.011, f"both from 1.12 on, from {everything:.2f}"
assert (zero.diff() >= 0).all(), "a larger penalty should not bring a weight back here"
assert penalty > first and (l1 == 0).sum() == 1, f"one of two should be zero: {l1}"
