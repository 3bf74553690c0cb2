"""On photographs of clothes a large rate kills filters of a convolutional network."""

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


# region: the network
def network():
    """Two convolutions and a hidden layer, each with ReLU."""
    layers = [nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU()]  # (N, 16, 14, 14)
    layers += [nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()]  # (N, 32, 7, 7)
    layers += [nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10)]
    return nn.Sequential(*layers)


# endregion
@torch.no_grad()
def dead(model, x):
    """For each ReLU: the filters, or units, that are zero everywhere on all images."""
    found = []
    for layer in model:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            found.append((x.flatten(2) if x.dim() > 2 else x[..., None]) == 0)
    return [zero.all(2).all(0) for zero in found]


lr = 0.5  # try: 0.05, 2.0
train_x, train_y = read("train", 1000)
torch.manual_seed(0)
model = network()
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
for epoch in range(4):
    counts = [f"{units.sum():2d} of {len(units)}" for units in dead(model, train_x)]
    print(f"after {epoch} epochs dead:", ", ".join(counts))
    train_epoch(model, optimizer, train_x, train_y)

# %% proof: 2,000 images, three rates, 12 seeds
every_x, every_y = read("train", 10000)
test_x, test_y = read("t10k", 1000)
print(
    "\nrate  dead before   killed since: filters 1, filters 2, units   accuracy   NaN"
)
table = {}
for lr in (0.05, 0.2, 0.6):
    rows = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        chosen = torch.randperm(10000)[:2000]
        x, y = every_x[chosen], every_y[chosen]
        model = network()
        before = dead(model, x)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        for _ in range(2):
            train_epoch(model, optimizer, x, y)
        after = dead(model, x)
        born = 100 * torch.cat(before).float().mean()
        pairs = zip(before, after, strict=True)
        killed = [100 * (now & ~was).float().mean() for was, now in pairs]
        finite = all(p.isfinite().all() for p in model.parameters())
        right = 100 * accuracy(model, test_x, test_y)
        rows.append([born, *killed, right, 100.0 * (not finite)])
    table[lr] = torch.tensor(rows)  # (12, 6)
    born, one, two, units, right, lost = table[lr].mean(0).tolist()
    print(f"{lr:4}  {born:9.1f} %  {one:21.0f} {two:10.0f} {units:8.0f} %", end="")
    print(f"  {right:7.0f} %  {lost:3.0f} %")
means = {lr: runs.mean(0).tolist() for lr, runs in table.items()}
measured = {"low_filters": means[0.05][2], "high_filters": means[0.6][2]}
measured |= {"low_units": means[0.05][3], "good_units": means[0.2][3]}
measured |= {"low_right": means[0.05][4], "good_right": means[0.2][4]}
born = max(mean[0] for mean in means.values())
assert born < 3, f"few should be dead before, {born:.1f} %"
calm, wild = table[0.05], table[0.6]
more = (wild - calm)[:, 2:4].sum(1)  # filters of the second layer, and units
sure = (more.mean() - 2 * more.std() / 12**0.5).item()
assert sure > 10, f"rate 0.6 should kill more than 0.05, by {sure:.0f} points"
assert measured["low_filters"] < 3, f"at 0.05 hardly a filter dies, {measured}"
assert measured["good_units"] > 5, f"at 0.2 some units are dead, {measured}"
even = table[0.2][:, 4] - calm[:, 4]
worst = (even.mean() - 2 * even.std() / 12**0.5).item()
assert worst > -1.5, f"and it classifies as well as at 0.05, {worst:.1f}"
print(f"0.2 leads 0.05 by {even.mean():.1f} +- {even.std() / 12**0.5:.1f} points")
