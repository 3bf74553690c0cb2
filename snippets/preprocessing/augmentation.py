"""Augmentation changes each image a little, anew each time it is drawn."""

import torch
from torch import nn

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
def shift(x):
    """Each image moved by up to two pixels; what comes in is background."""
    padded = nn.functional.pad(x, (2, 2, 2, 2), value=x.min().item())
    moved = []
    for image, (row, column) in zip(padded, torch.randint(0, 5, (len(x), 2))):
        moved.append(image[:, row : row + 28, column : column + 28])
    return torch.stack(moved)  # (N, 1, 28, 28)


def flip(x):
    """Half of the images mirrored."""
    mirrored = torch.rand(len(x), 1, 1, 1) < 0.5
    return torch.where(mirrored, x.flip(3), x)


# region: cutout
def cutout(x):
    """A square of 9x9 pixels set to 0, the mean."""
    row, column = torch.randint(0, 28, (2, len(x), 1, 1, 1))  # its centre
    at = torch.arange(28)
    rows = (at[:, None] - row).abs() < 5  # (N, 1, 28, 1)
    columns = (at - column).abs() < 5  # (N, 1, 1, 28)
    return x * ~(rows & columns)


# endregion
methods = {"shift": shift, "flip": flip, "cutout": cutout}
method = "shift"  # try: "flip", "cutout"
torch.manual_seed(0)
train_x, train_y = read("train", 500)
changed = methods[method](train_x)
same = (changed == train_x).flatten(1).all(1).float().mean().item()
print(f"{method}: {same:.0%} of the images came out as they went in")
# region: the picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, 6, figsize=(6, 2.2), layout="constrained")
for column, ax in enumerate(axes.T):
    ax[0].imshow(train_x[column, 0], vmin=-0.8, vmax=2)
    ax[1].imshow(changed[column, 0], vmin=-0.8, vmax=2)
for ax, title in ((axes[0, 0], "as it is"), (axes[1, 0], "changed")):
    ax.set_title(title, loc="left")
for ax in axes.flat:
    ax.axis("off")
plt.show()
# endregion

# %% proof: what each method does to a known image
marked = torch.zeros(400, 1, 28, 28)
marked[:, :, 14, 10] = 1  # one bright pixel
places = shift(marked).flatten(1).argmax(1)  # row and column in one number
rows, columns = places // 28 - 14, places % 28 - 10
assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == 25, "5x5 shifts"
assert rows.abs().max() == 2 and columns.abs().max() == 2, "by two pixels at most"
mirrored = flip(marked)[:, 0, 14, 17].mean().item()  # column 10 counted from the right
assert 0.4 < mirrored < 0.6, f"about half should be mirrored, {mirrored:.2f} are"
full = cutout(torch.ones(400, 1, 28, 28)) == 0
covered = full.flatten(1).sum(1)
assert 16 <= covered.min() and covered.max() == 81, "a square of 9x9, less at a border"
same = {name: (change(train_x) == train_x) for name, change in methods.items()}
measured = {k: v.flatten(1).all(1).float().mean().item() for k, v in same.items()}
for name, share in measured.items():
    print(f"{name:6} leaves {share:.0%} of the images as they were")
assert 0.4 < measured["flip"] < 0.6, f"a flip should leave half, {measured}"
assert measured["shift"] < 0.1 and measured["cutout"] < 0.1, (
    f"the others few, {measured}"
)
