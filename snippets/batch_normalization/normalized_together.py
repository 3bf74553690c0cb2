"""Four normalizations are one computation over other cells: batch, layer, instance and group normalization."""

# region: the drawing
import matplotlib.pyplot as plt
import torch
from torch import nn


def block(ax, touched, title):
    """Draw the maps of a batch as a table; filled are those that one output needs."""
    for n, image in enumerate(touched):
        for c, one_map in enumerate(image):
            filled = dict(facecolor="C0") if one_map.all() else dict(fill=False)
            ax.add_patch(plt.Rectangle((c, -n), 0.82, -0.82, **filled))
    ax.plot(0.41, -0.41, "o", color="C1", markeredgecolor="white")
    ax.set(title=title, xlim=(-0.7, 6), ylim=(-4, 0.9), aspect="equal")
    ax.text(0, 0.3, "channels →", fontsize=9)
    ax.text(-0.55, -0.05, "images →", fontsize=9, rotation=-90, va="top")
    ax.axis("off")


# endregion
N, C, H, W = 4, 6, 2, 3
norms = {
    "BatchNorm": nn.BatchNorm2d(C),
    "LayerNorm": nn.LayerNorm([C, H, W]),
    "InstanceNorm": nn.InstanceNorm2d(C),
    "GroupNorm": nn.GroupNorm(num_groups=2, num_channels=C),
}
torch.manual_seed(0)
x = torch.randn(N, C, H, W, requires_grad=True)
needed, counted = {}, {}
for name, norm in norms.items():
    one_output = norm(x)[0, 0, 0, 0]  # the first image, its first channel, a corner
    (gradient,) = torch.autograd.grad(one_output, x)  # (N, C, H, W)
    needed[name] = gradient != 0
    images = needed[name].any(1).flatten(1).any(1).sum().item()
    channels = needed[name].any(0).flatten(1).any(1).sum().item()
    counted[name] = images, channels
    print(f"{name:12}  images {images} of {N}  channels {channels} of {C}")

# region: the picture and the checks
fig, axes = plt.subplots(2, 2, figsize=(5.4, 4))
for ax, (name, touched) in zip(axes.flat, needed.items(), strict=True):
    block(ax, touched, name)
plt.show()

expected = {"BatchNorm": (N, 1), "LayerNorm": (1, C)}
expected |= {"InstanceNorm": (1, 1), "GroupNorm": (1, C // 2)}
for name, (images, channels) in expected.items():
    cells = torch.zeros(N, C, H, W, dtype=torch.bool)
    cells[:images, :channels] = True
    found = needed[name].sum().item()
    assert counted[name] == (images, channels), f"{name} counted {counted[name]}"
    assert torch.equal(needed[name], cells), f"{name} should need others, needs {found}"
# endregion
