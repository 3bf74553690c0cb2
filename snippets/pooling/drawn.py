"""Drawn: a 4x4 map is pooled to 2x2, by the maximum or by the mean of each window."""

import torch
from torch.nn.functional import avg_pool2d, max_pool2d

x = torch.tensor([[1.0, 3, 2, 0], [5, 3, 1, 1], [0, 2, 6, 4], [2, 0, 4, 2]])
x = x[None, None]  # (N, C, H, W) = (1, 1, 4, 4)
biggest = max_pool2d(x, 2)  # (1, 1, 2, 2), windows of 2x2 side by side
mean = avg_pool2d(x, 2)
print("maximum of each window", biggest[0, 0].tolist())
print("mean of each window   ", mean[0, 0].tolist())
assert biggest.flatten().tolist() == [5, 2, 2, 6], f"maxima by hand, {biggest}"
assert mean.flatten().tolist() == [3, 1, 1, 4], f"means by hand, {mean}"
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(4.6, 2.4), width_ratios=(4, 2, 2))
titles = "a map of 4x4", "maximum", "mean"
for ax, grid, title in zip(axes, (x, biggest, mean), titles, strict=True):
    side = grid.shape[-1]
    for i in range(side):
        for j in range(side):
            window = 2 * (2 * i // side) + 2 * j // side  # 0 to 3
            colour = ("C0", "C1", "C2", "none")[window]
            box = plt.Rectangle((j, -i), 1, 1, color=colour, alpha=0.3, linewidth=0)
            ax.add_patch(box)
            value = f"{grid[0, 0, i, j]:g}"
            label = ax.text(j + 0.5, 0.5 - i, value, ha="center", va="center")
            inside = box.get_bbox().contains(*label.get_position())
            assert inside, f"{value} should stand in its box of column {j}, row {i}"
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        left, top = corner[0] * side / 2, 1 - corner[1] * side / 2
        frame = plt.Rectangle((left, top), side / 2, -side / 2, fill=False, lw=1.5)
        ax.add_patch(frame)
    columns = sorted(patch.get_x() for patch in ax.patches[: side * side])
    tops = sorted({patch.get_y() for patch in ax.patches[: side * side]})
    frames = sorted(patch.get_xy() for patch in ax.patches[side * side :])
    half = side / 2
    assert columns == sorted(list(range(side)) * side), f"columns of boxes: {columns}"
    assert tops == [-i for i in reversed(range(side))], f"rows of boxes: {tops}"
    assert frames == [(0, 1 - half), (0, 1), (half, 1 - half), (half, 1)], f"{frames}"
    colours = {patch.get_facecolor() for patch in ax.patches[: side * side]}
    assert len(colours) == 4, (
        f"each of the four windows should have its colour: {colours}"
    )
    ax.set(
        xlim=(-0.05, side + 0.05), ylim=(0.95 - side, 1.05), title=title, aspect="equal"
    )
    ax.axis("off")
plt.show()
# endregion
