"""On Fashion-MNIST the mean alone makes the valley narrow."""

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
x, y = read("train", 6000)
x = x.flatten(1) * 0.353 + 0.286  # (N, 784), pixels from 0 to 1
means = {"pixels 0 to 1": 0, "one mean": x.mean(), "mean per pixel": x.mean(0)}


# region: a layer of zeros
def zero_layer():
    """A linear layer from 784 pixels to 10 classes, all its weights zero."""
    torch.manual_seed(0)  # its first weights are drawn, and then thrown away
    layer = nn.Linear(784, 10)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


# endregion
def count_steps(prepared, scale, part, limit=300):
    """Steps of softmax regression from zero weights to a training loss of 0.6."""
    data = x[part] - means[prepared]  # (1000, 784)
    top = torch.linalg.matrix_norm(data, 2) ** 2 / len(data)  # largest eigenvalue
    layer = zero_layer()
    optimizer = torch.optim.SGD(layer.parameters(), lr=(scale / top).item())
    for step in range(limit):
        loss = nn.functional.cross_entropy(layer(data), y[part])
        if loss < 0.6:
            return step
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return limit


prepared = "pixels 0 to 1"  # try: "one mean", "mean per pixel"
for scale in (4, 16, 64):
    steps = count_steps(prepared, scale, torch.arange(1000))
    print(f"{prepared}, rate {scale:2} / eigenvalue: {steps:3} steps")

# %% proof: the rate of each way chosen on three sets, steps on three others
parts = torch.arange(6000).split(1000)
scales = 4, 8, 16, 32, 64
counts = {}
for way in means:
    tried = []  # summed over three sets
    for scale in scales:
        tried.append(sum(count_steps(way, scale, part) for part in parts[:3]))
    best = tried.index(min(tried))
    assert 0 < best < len(scales) - 1, f"{way}: the best rate is at an end, {tried}"
    counts[way] = [count_steps(way, scales[best], part) for part in parts[3:]]
    print(f"{way:14}: {scales[best]:2} / largest eigenvalue, steps {counts[way]}")
squared = x.mean(0).square().sum()
share = (squared / (torch.linalg.matrix_norm(x, 2) ** 2 / len(x))).item()
print(f"squared mean over the largest eigenvalue: {share:.2f}")
measured = {way.split()[0]: sum(counts[way]) / 3 for way in means} | {"share": share}
assert 0.75 < share < 0.95, f"the mean should make most of the eigenvalue, {share:.2f}"
for whole, one, pixel in zip(*counts.values(), strict=True):
    assert whole > one > pixel, f"in this order each time, {counts}"
assert measured["pixels"] > 1.3 * measured["one"], f"the mean costs steps, {counts}"
assert measured["one"] > 1.3 * measured["mean"], f"so does each pixel's, {counts}"
