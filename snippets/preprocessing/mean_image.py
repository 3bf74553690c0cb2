"""How much more a mean image removes than one mean depends on the crop."""

import torch

# region: Fashion-MNIST
import gzip
from pathlib import Path

import numpy as np

places = [Path("data/fashion-mnist"), Path("/usr/share/datasets/fashion-mnist")]
folder = next((place for place in places if place.exists()), None)
if not folder:
    raise FileNotFoundError("install dataset-fashion-mnist, or run `make data`")


def read(part, count):
    """The first images of a part, (N, 1, 28, 28), and their classes, (N,)."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    x = torch.tensor(pixels.reshape(-1, 1, 28, 28), dtype=torch.float32)
    return (x / 255 - 0.286) / 0.353, torch.tensor(classes, dtype=torch.int64)


# endregion
def random_crops(images, size, count, seed=0):
    """Squares of (size, size) from random places of random images."""
    torch.manual_seed(seed)
    rows = torch.randint(0, images.shape[2] - size + 1, (count,)).tolist()
    columns = torch.randint(0, images.shape[3] - size + 1, (count,)).tolist()
    chosen = torch.randint(0, len(images), (count,)).tolist()
    crops = torch.empty(count, images.shape[1], size, size)
    for n, (i, r, c) in enumerate(zip(chosen, rows, columns, strict=True)):
        crops[n] = images[i, :, r : r + size, c : c + size]
    return crops


def removed(x):
    """The share of the variance that a mean image removes and a channel mean leaves."""
    channel_mean = x.mean((0, 2, 3), keepdim=True)  # (1, C, 1, 1)
    mean_image = x.mean(0, keepdim=True)  # (1, C, H, W)
    left = (x - mean_image).square().mean() / (x - channel_mean).square().mean()
    return 1 - left.item()


size = 28  # try: 24, 16, 8
images, _ = read("train", 3000)  # (3000, 1, 28, 28)
x = random_crops(images, size, 3000)
print(f"crops of {size} from 28 pixels: the mean image removes {removed(x):.0%} more")
# region: the picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 4, figsize=(6, 1.9), layout="constrained")
for ax, picture, title in zip(
    axes,
    [*x[:3, 0], x[:, 0].mean(0)],
    ["a crop", "another", "a third", "mean image"],
    strict=True,
):
    ax.imshow(picture, vmin=-0.8, vmax=2)
    ax.set_title(title)
    ax.axis("off")
plt.show()
# endregion

# %% proof: four crops of 28, and photographs in colour
from sklearn.datasets import load_sample_image

shares = {side: removed(random_crops(images, side, 3000)) for side in (28, 24, 16, 8)}
for side, share in shares.items():
    print(f"Fashion-MNIST, {side:2} of 28 pixels: {share:.1%} more")
names = "china.jpg", "flower.jpg"
photos = np.stack([load_sample_image(name) for name in names])  # (2, 427, 640, 3)
photos = torch.tensor(photos, dtype=torch.float32).permute(0, 3, 1, 2)
crops = random_crops(photos, 32, 3000)
small = removed(crops)
print(f"photographs, 32 of 427 x 640 pixels: {small:.1%} more")
measured = {f"of_{side}": share for side, share in shares.items()} | {"small": small}
falling = list(shares.values())
assert falling == sorted(falling, reverse=True), f"smaller crops, less: {falling}"
assert 0.2 < shares[28] < 0.5, f"on whole images a third or so, {shares[28]:.2f}"
assert shares[24] > 0.5 * shares[28], f"of 24 most should be left, {shares}"
assert shares[8] < 0.2 * shares[28], f"of 8 little should be left, {shares}"
assert small < 0.01, f"on small crops next to nothing, {small:.2%}"
whole = x - x.mean((0, 2, 3), keepdim=True)
assert abs(whole.mean().item()) < 1e-4, "a channel mean should center too"
mean = crops.mean((0, 2, 3))[:, None, None]  # (3, 1, 1)
early, late = (photos[0] - mean)[:, 50:82, 60:92], photos[0][:, 50:82, 60:92] - mean
assert torch.equal(early, late), "before or after cropping should be the same"
