"""Drawn: a small network, the same without its smallest weights, and without two units."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
weights = [torch.randn(4, 3), torch.randn(2, 4)]  # (outputs, inputs)

# Single weights: the smaller half goes, wherever it stands.
sizes = torch.cat([w.abs().flatten() for w in weights])  # (20,)
threshold = sizes.median()
fewer = [w * (w.abs() > threshold) for w in weights]

# Whole units: the two with the smallest incoming weights go, with all their lines.
unit_sizes = weights[0].abs().sum(1)  # (4,)
alive = torch.ones(4)
alive[unit_sizes.argsort()[:2]] = 0
thinner = [weights[0] * alive[:, None], weights[1] * alive]

left = [int(sum((w != 0).sum() for w in ws)) for ws in (weights, fewer, thinner)]
print(
    f"weights: {left[0]}; single weights removed: {left[1]}; units removed: {left[2]}"
)
assert left == [20, 10, 10], f"half should be left in both ways, {left}"

# region: the drawing
fig, axes = plt.subplots(1, 3, figsize=(7, 2.7))
titles = ("trained", "half of the weights", "half of the units")
for ax, layers, title in zip(axes, (weights, fewer, thinner), titles, strict=True):
    heights = [torch.linspace(-1, 1, n) * (n - 1) / 3 for n in (3, 4, 2)]
    for k, layer in enumerate(layers):
        for i, row in enumerate(layer):
            for j, value in enumerate(row):
                if value != 0:
                    ends = [heights[k][j], heights[k + 1][i]]
                    color = "C0" if value > 0 else "C1"
                    style = "-" if value > 0 else "--"
                    ax.plot([k, k + 1], ends, style, color=color, lw=2.2 * abs(value))
    for k, column in enumerate(heights):
        for j, height in enumerate(column):
            gone = k == 1 and title == titles[2] and alive[j] == 0
            face = "none" if gone else "gray"
            line = ":" if gone else "-"
            spot = plt.Circle((k, height), 0.13, fc=face, ec="gray", ls=line, zorder=3)
            ax.add_patch(spot)
    ax.set_title(title, fontsize=11)
    ax.set(xlim=(-0.3, 2.3), ylim=(-1.3, 1.3))
    ax.set_aspect("equal")
    ax.axis("off")
plt.show()
# endregion
