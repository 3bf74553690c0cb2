"""Drawn: a cloud of data is centered, then scaled."""

import torch
from sklearn.datasets import load_diabetes

x = torch.tensor(load_diabetes(scaled=False).data[:, 2:4])  # (442, 2)
mean = x.mean(0)  # (2,), one for each column
std = x.std(0)  # (2,)
centered = x - mean
scaled = centered / std
for name, data in (("raw", x), ("centered", centered), ("scaled", scaled)):
    print(f"{name:8}  first patient {data[0, 0]:6.2f} {data[0, 1]:6.2f}")
print(f"mean      {mean[0]:20.2f} {mean[1]:6.2f}")
print(f"std       {std[0]:20.2f} {std[1]:6.2f}")
assert scaled.mean(0).abs().max() < 1e-12, "the scaled means should be 0"
assert (scaled.std(0) - 1).abs().max() < 1e-12, "the scaled deviations should be 1"
# region: the picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 3, figsize=(5, 2.2), layout="constrained")
clouds = {"raw": (x, 145), "centered": (centered, 145), "scaled": (scaled, 5)}
for ax, (name, (data, limit)) in zip(axes, clouds.items(), strict=True):
    ax.axhline(0, color="gray", linewidth=0.8)
    ax.axvline(0, color="gray", linewidth=0.8)
    ax.plot(*data.T, ".", markersize=2, alpha=0.7)
    ax.plot(*data.mean(0), "P", color="C1", markersize=8, markeredgecolor="white")
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), title=name, aspect="equal")
    ax.set_xticks([-limit // 5 * 5 + (limit > 9) * 45, 0, limit - (limit > 9) * 45])
    ax.set_yticks(ax.get_xticks())
axes[0].set_xlabel("body mass index")
axes[0].set_ylabel("blood pressure")
plt.show()
# endregion
