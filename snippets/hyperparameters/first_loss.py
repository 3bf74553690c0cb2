"""The first loss is that of guessing, unless inputs or last layer are too large."""

import math

import torch
from torch import nn

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
last = "default"  # try: "He", "zero"
scale = 1.0  # try: 50.0
torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
if last == "He":  # right for the layers in front of a ReLU, and this is none
    nn.init.kaiming_normal_(model[-1].weight, nonlinearity="relu")
if last == "zero":
    nn.init.zeros_(model[-1].weight)
    nn.init.zeros_(model[-1].bias)

with torch.no_grad():
    logits = model(scale * images)  # (N, 10)
loss = nn.functional.cross_entropy(logits, labels).item()
spread = logits.std(1).mean().item()
print(f"loss of guessing ten classes, ln 10: {math.log(10):.2f}")
print(f"first loss of this network:          {loss:.2f}")
print(f"spread of the ten logits:            {spread:.2f}")
assert loss > math.log(10) - 0.1, (
    f"a fresh network should know nothing, loss {loss:.2f}"
)

# %% proof: 20 seeds, four depths, three last layers, and a CNN on photographs
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


def start(model, last):
    """He's initialization for all layers; the last one as it says."""
    layers = [m for m in model if isinstance(m, nn.Linear | nn.Conv2d)]
    for layer in layers[:-1] if last != "He" else layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    if last == "tenth":
        with torch.no_grad():
            layers[-1].weight.mul_(0.1)
    return model


def plain(depth):
    """Hidden layers of 64 units, then ten logits."""
    layers = [nn.Flatten()]
    for _ in range(depth):
        layers += [nn.Linear(64, 64), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


def cnn():
    """Two convolutions with stride 2, then ten logits."""
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(16 * 7 * 7, 10)),
    )


@torch.no_grad()
def first(build, last, x, y):
    """First loss and its prediction from the spread of the logits, (20, 2)."""
    rows = []
    for seed in range(0, 2000, 100):
        torch.manual_seed(seed)
        logits = start(build(), last)(x)
        guess = math.log(10) + logits.var(1).mean() / 2
        rows.append([nn.functional.cross_entropy(logits, y).item(), guess.item()])
    return torch.tensor(rows)


photos, classes = read("t10k", 1000)
nets = {depth: (lambda d=depth: plain(d), images, labels) for depth in (1, 2, 5, 10)}
nets["CNN, 28x28"] = cnn, photos, classes
guess, means = math.log(10), {}
for name, (build, x, y) in nets.items():
    for how in ("He", "default", "tenth"):
        seen = first(build, how, x, y)  # (20, 2)
        loss, told = means[name, how] = seen.mean(0).tolist()
        print(
            f"{name} hidden, last {how:8s} {loss:.2f}",
            f"predicted {told:.2f}",
            end="; ",
        )
        print(f"{seen[:, 0].min():.2f} to {seen[:, 0].max():.2f}")
he = [means[name, "He"][0] for name in nets]
assert min(he) > guess + 0.4, f"with He in the last layer it should be larger, {he}"
default = [means[name, "default"][0] for name in nets]
assert max(default) < guess + 0.25, f"with the default a little larger, {default}"
assert min(default) > guess + 0.05, f"with the default a little larger, {default}"
tenth = [means[name, "tenth"][0] for name in nets]
assert max(tenth) < guess + 0.03, f"with a tenth of it near ln 10, {tenth}"
for (name, how), (loss, told) in means.items():
    if how != "He":  # the formula is for a small spread
        assert abs(loss - told) < 0.05, (
            f"{name}, {how}: {loss:.2f}, predicted {told:.2f}"
        )

square = 2 * (means[1, "He"][1] - guess)  # what was predicted is ln 10 + square / 2
assert 1.5 < square < 2.8, (
    f"He's logits should have a variance of about 2, {square:.1f}"
)

torch.manual_seed(0)
model = start(plain(1), "default")
with torch.no_grad():
    large = nn.functional.cross_entropy(model(255 * images), labels).item()
assert large > 10, f"with pixels 255 times as large it should show, loss {large:.1f}"
rare = torch.randint(10, labels.shape).clamp(max=1)  # nine tenths in one class
silent = torch.zeros(len(rare), 10)
start_loss = nn.functional.cross_entropy(silent, rare).item()
assert abs(start_loss - guess) < 1e-5, f"ln 10 should hold at any shares, {start_loss}"
measured = {"he": he[0], "default": default[0], "tenth": tenth[0], "large": large}
measured |= {"cnn_he": he[-1], "cnn_default": default[-1]}
