"""BatchNorm2d has one mean and variance per channel, so a shifted image stays one."""

import torch
from torch import nn

torch.manual_seed(0)
N, C, H, W = 16, 6, 8, 8
x = 3 + 2 * torch.randn(N, C, H, W)

# One mean per channel, over all images and all positions
bn = nn.BatchNorm2d(C)
y = bn(x)  # (N, C, H, W)
# The same: each pixel is an example with C features
rows = x.permute(0, 2, 3, 1).reshape(-1, C)  # (N·H·W, C)
z = nn.BatchNorm1d(C)(rows).view(N, H, W, C).permute(0, 3, 1, 2)  # (N, C, H, W)
print(f"pixels as examples, equal to 1e-5: {torch.allclose(y, z, atol=1e-5)}")

# Another layer: each position of each channel is a feature, with its own mean
flat = nn.Flatten(), nn.BatchNorm1d(C * H * W), nn.Unflatten(1, (C, H, W))
per_position = nn.Sequential(*flat)
moved = x.roll(1, dims=3)  # one pixel to the right
changes = []
for name, norm in (("channel", bn), ("position", per_position)):
    for p in norm.parameters():
        nn.init.uniform_(p, 0.5, 1.5)  # as after training
    norm(x)  # fills the running statistics
    norm.eval()
    change = (norm(moved) - norm(x).roll(1, dims=3)).abs().max().item()
    changes.append((change, sum(p.numel() for p in norm.parameters())))
    print(f"per {name:8} a shift changes outputs by up to {change:.1f}")

# %% proof: awkward shapes, images left uncentred, and how many values a map is worth
(per_channel, few), (per_place, many) = changes
assert per_channel < 1e-5, f"per channel a shift should stay one, {per_channel:.1e}"
assert per_place > 0.5, f"per position it should not, {per_place:.2f}"
assert few == 2 * C, f"should have 2C parameters, has {few}"
assert many == 2 * C * H * W, f"should have 2CHW parameters, has {many}"
for shape in ((1, 3, 1, 2), (2, 1, 1, 1), (5, 7, 3, 2), (3, 2, 1, 9), (2, 2, 13, 11)):
    x = 5 + 3 * torch.randn(shape, dtype=torch.float64)
    y = nn.BatchNorm2d(shape[1]).double()(x)
    rows = x.permute(0, 2, 3, 1).reshape(-1, shape[1])
    z = nn.BatchNorm1d(shape[1]).double()(rows).reshape(*shape[:1], *shape[2:], -1)
    gap = (y - z.permute(0, 3, 1, 2)).abs().max().item()
    assert gap < 1e-10, f"pixels as examples should be the same for {shape}: {gap:.1e}"
    var = x.var((0, 2, 3), unbiased=False)
    direct = (x - x.mean((0, 2, 3), keepdim=True)) / (var[:, None, None] + 1e-5).sqrt()
    gap = (y - direct).abs().max().item()
    assert gap < 1e-10, f"statistics should run over N, H, W for {shape}: {gap:.1e}"

# A bright image stays brighter
x = torch.randn(4, 3, 8, 8)
x[0] += 2
means = nn.BatchNorm2d(3)(x).mean((1, 2, 3))  # (N,)
lead = (means.max() - means[1:].max()).item()
assert means.argmax() == 0 and lead > 0.5, f"should stay brighter, leads by {lead:.2f}"

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
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


def worth(x):
    """How many independent values one map is worth, for the mean of a channel.

    Were its values independent, the mean of a map would vary by var / values.
    """
    return (x.var() / x.mean((2, 3)).var()).item()


def filtered(x, seed):
    """The median over 16 channels, each a random filter and a ReLU."""
    torch.manual_seed(seed)
    weights = torch.randn(16, 1, 3, 3) / 3
    h = torch.relu(nn.functional.conv2d(x, weights))  # (N, 16, H, W)
    return torch.tensor([worth(one) for one in h.split(1, dim=1)]).median().item()


photos, kinds = read("train", 2000)
noise = worth(torch.randn(8000, 1, 8, 8))
digit, photo = worth(images), worth(photos)
print(f"one map is worth: noise {noise:.0f} of 64, digits {digit:.0f} of 64", end=", ")
print(f"Fashion-MNIST {photo:.0f} of 784")
channels = torch.tensor([filtered(photos, seed) for seed in range(0, 1200, 100)])
print(f"its filtered channels {channels.min():.0f} to {channels.max():.0f} of 676")
assert 58 < noise < 70, f"independent values should be worth 64, are {noise:.1f}"
assert digit > 70, f"on the digits a map should be worth more than 64: {digit:.0f}"
assert photo < 15, f"784 pixels of a photo should be worth few, are {photo:.0f}"
assert channels.max() < 35, f"so should a filter's channel, {channels.max():.0f} of 676"


def uneven(ink):
    """How unlike the images are in their ink: its standard deviation over its mean."""
    return (ink.std() / ink.mean()).item()


bright = 0.286 + 0.353 * photos.mean((1, 2, 3))  # the mean of the pixels, 0 to 1
coat, sandal = bright[kinds == 4].mean().item(), bright[kinds == 5].mean().item()
assert coat > 1.5 * sandal, f"a coat should fill its frame: {coat:.2f}, {sandal:.2f}"
alike = uneven(torch.tensor(digits.images).mean((1, 2)))
assert 2 * alike < uneven(bright), f"digits should be alike in ink: {alike:.2f}"
measured = {"digits": digit, "photos": photo, "noise": noise, "lead": lead}
measured |= {"few": few, "many": many, "filtered": channels.mean().item()}
