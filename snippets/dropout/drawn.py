"""Drawn: in each training step a coin decides for each hidden unit whether it plays."""

import torch

p = 0.5  # try: 0.2, 0.8
torch.manual_seed(0)
h = torch.tensor([1.0, 4, 2, 3, 5, 1])  # what six hidden units put out for one image
print("outputs        ", *[f"{value:4.1f}" for value in h])
masks = [torch.ones(6)]
for step in ("one step ", "next step"):
    mask = (torch.rand(6) > p).float()  # 1: the unit plays, 0: it is crossed out
    dropped = h * mask / (1 - p)  # the others grow, to make up for those that miss
    print(f"in {step}   ", *[f"{value:4.1f}" for value in dropped])
    masks.append(mask)

many = torch.rand(10000, 6) > p  # (10000, 6), a mask for each of many steps
mean = (h * many / (1 - p)).mean(0)
print("mean of 10,000 ", *[f"{value:4.1f}" for value in mean])
assert (mean / h - 1).abs().max() < 0.15, f"dropout should keep the mean, {mean}"
alike = torch.corrcoef(many.float().T).fill_diagonal_(0).abs().max().item()
assert alike < 0.06, f"each unit should have its own coin, correlation {alike:.2f}"
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(6.6, 2.7))
titles = "eval(): all units", "train(): one step", "the next step"
for ax, mask, title in zip(axes, masks, titles, strict=True):
    layers = []  # of each unit: where it is drawn, and whether it plays
    for x, count in enumerate((4, 6, 3)):
        plays = mask.bool().tolist() if count == 6 else [True] * count
        heights = [(count - 1) / 2 - i for i in range(count)]
        layers.append(list(zip([x] * count, heights, plays, strict=True)))
    for left, right in zip(layers, layers[1:], strict=False):
        for x0, y0, from_one in left:
            for x1, y1, to_one in right:
                if from_one and to_one:
                    ax.plot([x0, x1], [y0, y1], color="C0", lw=0.8, zorder=1)
    for x, y, plays in sum(layers, []):
        face, edge = ("C0", "C0") if plays else ("none", "C2")
        ax.plot(x, y, "o", ms=12, color=face, mec=edge, zorder=2)
        if not plays:
            ax.plot(x, y, "x", ms=13, color="C1", mew=2.5, zorder=3)
    ax.set(title=title, xlim=(-0.3, 2.3), ylim=(-3.1, 3))
    for x, name in enumerate(("input", "hidden", "classes")):
        ax.text(x, -3.5, name, ha="center", va="top")
    ax.axis("off")
plt.show()
# endregion
