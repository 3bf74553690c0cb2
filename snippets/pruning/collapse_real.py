"""At 28x28 one threshold empties no layer of the same kind of network."""

import torch
from torch import nn
from torch.nn.utils import prune

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
# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
train_x, train_y = read("train", 5000)
test_x, test_y = read("t10k", 2000)
kept, trained, cut, again = [], [], [], []
for seed in range(0, 400, 100):
    torch.manual_seed(seed)
    hidden = [nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU()]
    model = nn.Sequential(nn.Flatten(), *hidden, nn.Linear(100, 10))
    layers = [model[i] for i in (1, 3, 5)]  # 266,200 weights
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(5):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    trained.append(100 * accuracy(model, test_x, test_y))

    pairs = [(layer, "weight") for layer in layers]
    prune.global_unstructured(pairs, prune.L1Unstructured, amount=0.98)
    kept.append([100 * layer.weight_mask.mean().item() for layer in layers])
    cut.append(100 * accuracy(model, test_x, test_y))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(5):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    again.append(100 * accuracy(model, test_x, test_y))

# region: the table
kept, accuracies = torch.tensor(kept).mean(0), torch.tensor([trained, cut, again])
shares = ", ".join(f"{share:.1f} %" for share in kept)
print(f"left of 784-300, 300-100, 100-10: {shares}")
means = ", ".join(f"{value:.1f} %" for value in accuracies.mean(1))
print(f"test accuracy trained, cut, 5 epochs on: {means}")
# endregion

# %% proof: 4 seeds, shares and what came back
trained, cut, again = accuracies.mean(1).tolist()
measured = {"middle": kept[1].item(), "cut": cut, "again": again, "trained": trained}
assert kept[1] > 4, (
    f"the middle layer should keep twice its share, keeps {kept[1]:.1f} %"
)
assert kept.min() > 1, f"no layer should be empty: {kept.tolist()}"
assert trained - cut > 30, (
    f"the cut should cost much at first: {trained:.1f}, {cut:.1f}"
)
assert again > trained - 0.8, f"it should all come back: {trained:.1f}, {again:.1f}"
