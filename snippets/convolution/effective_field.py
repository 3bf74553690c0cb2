"""The effective receptive field is a bell whose width grows like the square root of the depth, its bound like the depth."""
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.nn import functional

depths, seeds, channels, N = (2, 4, 8, 16), range(0, 800, 100), 8, 41
energy = torch.zeros(len(depths), N, N)
for row, depth in enumerate(depths):
    for seed in seeds:
        torch.manual_seed(seed)
        x = torch.randn(4, 1, N, N, requires_grad=True)  # (N, C, H, W)
        y = x
        for _ in range(depth):  # 3x3 layers with ReLU and He's initialization
            w = torch.randn(channels, y.shape[1], 3, 3) * (2 / (9 * y.shape[1])) ** 0.5
            y = functional.relu(functional.conv2d(y, w, padding=1))
        y[:, :, N // 2, N // 2].sum().backward()
        energy[row] += (x.grad ** 2).mean((0, 1))  # mean squared influence of each pixel on the centre unit
    energy[row] /= energy[row].sum()

distance = torch.arange(N) - N // 2
profile = energy.sum(1)  # (depths, N), along one axis
width = (profile * distance ** 2).sum(1).sqrt()  # standard deviation in pixels
field = torch.tensor([2 * depth + 1 for depth in depths])
for depth, e, p, w, f in zip(depths, energy, profile, width, field, strict=True):
    outside = e[(distance[:, None].abs() > depth) | (distance.abs() > depth)].sum().item()
    assert outside == 0, f"outside the theoretical field the gradient should be exactly 0, is {outside:.1e}"
    inside = p[distance.abs() <= 2 * w].sum().item()
    bell = depth < 8 or 0.92 < inside < 0.98  # a sum of few steps is no bell yet
    assert bell, f"as in a bell about 95 % should lie within two standard deviations, {inside:.0%} do"
    print(f"{depth:2d} layers: field {f:2d} pixels wide, standard deviation {w:.1f}, {inside:.0%} within two of them")
slope = np.polyfit(np.log(depths), width.log().numpy(), 1)[0]
print(f"width grows like depth^{slope:.2f}")
assert 0.4 < slope < 0.6, f"the width should grow like the square root of the depth, exponent {slope:.2f}"
theory = torch.tensor([(2 * depth / 3) ** 0.5 for depth in depths])  # variance 2/3 per 3-tap layer, added up
assert ((width / theory - 1).abs() < 0.2).all(), f"the width should be near √(2n/3): {width / theory}"
share = width / field
assert (share.diff() < 0).all(), f"the width should be a shrinking share of the field: {share.tolist()}"
assert share[3] < share[0] * 0.6, f"at 16 layers the share should be under 0.6 of that at 2: {share.tolist()}"

fig, axes = plt.subplots(1, 4, figsize=(7, 2.2))
for ax, depth, e in zip(axes, depths, energy, strict=True):
    ax.imshow(e.sqrt(), cmap="viridis", extent=(-20.5, 20.5, -20.5, 20.5))
    side = 2 * depth + 1
    ax.add_patch(plt.Rectangle((-side / 2, -side / 2), side, side, fill=False, edgecolor="C1", linestyle="--"))
    ax.set(title=f"{depth} layers", xlabel="pixels", yticks=[])
plt.show()
