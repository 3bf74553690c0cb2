"""Max pooling keeps a bright edge at full height and erases a dark one."""

import torch
from sklearn.datasets import load_sample_image
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d

size = 4  # try: 2, 8
photo = torch.tensor(load_sample_image("china.jpg"), dtype=torch.float32).mean(2) / 255
sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])[None, None] / 8


def edge_map(photo):
    """How steep the brightness is at each pixel: edges are large values."""
    x = photo[None, None]  # (1, 1, H, W)
    return (conv2d(x, sobel).square() + conv2d(x, sobel.mT).square()).sqrt()


def kept(x, sign, pool):
    """The share of its height that an edge keeps, the mean over windows with one."""
    height = sign * (x - x.median())  # above the ground, or below it for dark edges
    peak = max_pool2d(height, size)
    found = peak > height.quantile(0.95)
    return (sign * (pool(x, size) - x.median())[found] / peak[found]).mean().item()


x = edge_map(photo)
for name, drawn, sign in (("bright", x, 1), ("dark", 1 - x, -1)):
    by_max, by_mean = kept(drawn, sign, max_pool2d), kept(drawn, sign, avg_pool2d)
    print(f"{name:6s} edges keep of their height: max {by_max:.0%}, mean {by_mean:.0%}")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(2, 3, figsize=(5.4, 3.8))
for row, drawn in zip(axes, (x, 1 - x), strict=True):
    low, high = (0, 0.3) if drawn is x else (0.7, 1)
    maps = {"edges": (drawn, 1), "max pooled": (max_pool2d(drawn, size), size)}
    maps["average pooled"] = avg_pool2d(drawn, size), size
    for ax, (title, (shown, scale)) in zip(row, maps.items(), strict=True):
        crop = shown[0, 0, 96 // scale : 296 // scale, 144 // scale : 344 // scale]
        ax.imshow(crop, vmin=low, vmax=high)
        assert crop.shape == (200 // scale, 200 // scale), f"the crop: {crop.shape}"
        assert low <= crop.median() <= high, f"most should be in range, {crop.median()}"
        ax.set_title(title if drawn is x else "")
        ax.axis("off")
plt.show()
# endregion

# %% proof: two photographs, and noise on the map
torch.manual_seed(0)
measured, found = {}, {}
print("            max: bright, dark; mean: bright, dark;  with noise: likeness, bias")
for name in ("china", "flower"):
    pixels = torch.tensor(load_sample_image(f"{name}.jpg"), dtype=torch.float32)
    x = edge_map(pixels.mean(2) / 255)
    noisy = x + 0.1 * torch.randn_like(x)
    for kind, pool in (("max", max_pool2d), ("mean", avg_pool2d)):
        clean, disturbed = pool(x, size), pool(noisy, size)
        pair = torch.stack([clean.flatten(), disturbed.flatten()])
        likeness = torch.corrcoef(pair)[0, 1].item()
        bias = (disturbed - clean).mean().item()
        sides = kept(x, 1, pool), kept(1 - x, -1, pool)
        found[name, kind] = *sides, likeness, bias
        print(f"{name:6s}  {kind:4s}  {sides[0]:4.0%}  {sides[1]:4.0%}", end="")
        print(f"   likeness {likeness:.2f}, bias {bias:+.3f}")
bright, dark, _, bias = found["china", "max"]
measured = {"dark": dark, "mean": found["china", "mean"][0], "bias": bias}
for name in ("china", "flower"):
    bright, dark, likeness, bias = found[name, "max"]
    bright_mean, dark_mean, likeness_mean, bias_mean = found[name, "mean"]
    assert abs(bright - 1) < 1e-5, f"max should keep bright edges whole, {bright:.3f}"
    assert dark < 0.15, f"max should keep under 15 % of dark edges, kept {dark:.0%}"
    assert 0.3 < bright_mean < 0.6, (
        f"the mean should keep about half, {bright_mean:.0%}"
    )
    assert abs(bright_mean - dark_mean) < 1e-4, "the mean should treat both alike"
    gap = likeness_mean - likeness
    assert gap > 0.08, f"{name}: under noise the mean should be more like the clean map"
    assert 0.1 < bias < 0.2, f"noise of 0.1 should lift the maximum by 0.15, {bias:.3f}"
    assert abs(bias_mean) < 0.002, f"noise should not lift the mean, {bias_mean:.4f}"
