"""A pooled mean does no measurable harm, the test's own one hides a shift."""

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
def train(x, y, seed, lr):
    """A small network after three epochs."""
    torch.manual_seed(seed)
    conv = nn.Conv2d(1, 8, 5, stride=2, padding=2)  # 28x28 to 14x14
    pool = nn.MaxPool2d(2)  # to 7x7
    head = nn.Linear(8 * 7 * 7, 10)
    model = nn.Sequential(conv, nn.ReLU(), pool, nn.Flatten(), head)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(3):
        train_epoch(model, optimizer, x, y)
    return model


# region: 2,000 images to train on and 2,000 to test on
train_x, train_y = read("train", 3000)
held_x, held_y = train_x[2000:], train_y[2000:]  # to choose the rate on
train_x, train_y = train_x[:2000], train_y[:2000]
test_x, test_y = read("t10k", 2000)
# endregion
darker = 1.0  # try: 0, 0.5
mean = train_x.mean()  # one channel, one number
model = train(train_x - mean, train_y, seed=0, lr=0.01)

x = test_x - darker  # the camera in use sees less light
right = accuracy(model, x - mean, test_y)
hidden = accuracy(model, x - x.mean(), test_y)
print(f"test {darker} darker: accuracy with the training mean {right:.1%}")
print(f"                 with a mean of its own {hidden:.1%}")

# %% proof: 12 seeds, at the best of 4 rates, chosen on images held out
rates = 0.001, 0.003, 0.01, 0.03
seeds = range(1000, 2200, 100)
pooled = torch.cat([train_x, test_x])
ways = {
    "channel mean": train_x.mean(),
    "pooled mean": pooled.mean(),
    "mean image": train_x.mean(0),
}
tried = []
for lr in rates:  # with the channel mean, three seeds that are not used below
    models = [train(train_x - mean, train_y, seed, lr) for seed in (5000, 5100, 5200)]
    tried.append(sum(accuracy(model, held_x - mean, held_y) for model in models))
best = tried.index(max(tried))
assert 0 < best < 3, f"the best rate is at an end of {rates}, {tried}"
print(f"rate {rates[best]}")
runs = {}
for way, mean in ways.items():
    rows = []
    for seed in seeds:
        model = train(train_x - mean, train_y, seed, rates[best])
        rows.append([accuracy(model, test_x - mean, test_y)])
        if way == "channel mean":
            dark = test_x - 1.0
            rows[-1].append(accuracy(model, dark - mean, test_y))
            rows[-1].append(accuracy(model, dark - dark.mean(), test_y))
    runs[way] = 100 * torch.tensor(rows)
    print(f"{way:12}: accuracy {runs[way][:, 0].mean():.1f} %")
measured = {"channel": runs["channel mean"][:, 0].mean().item()}
for way in ("pooled mean", "mean image"):
    gain = runs[way][:, 0] - runs["channel mean"][:, 0]
    name = way.split()[way == "mean image"]
    measured |= {name: gain.mean().item(), f"{name}_se": gain.std().item() / 12**0.5}
    print(f"{way} gains {measured[name]:+.2f} +- {measured[f'{name}_se']:.2f} points")
fall = runs["channel mean"][:, 0] - runs["channel mean"][:, 1]
seen = runs["channel mean"][:, 0] - runs["channel mean"][:, 2]
measured |= {"fall": fall.mean().item(), "fall_se": fall.std().item() / 12**0.5}
measured |= {"seen": seen.mean().item()}
shown = f"{measured['fall']:.1f} +- {measured['fall_se']:.1f} points"
print(f"1.0 darker: falls by {shown}")
print(f"with a mean of its own by {measured['seen']:.1f}")
print(f"means: {ways['channel mean']:.4f}, pooled {ways['pooled mean']:.4f}")
gap = abs(ways["channel mean"] - ways["pooled mean"])
assert gap < 0.05, f"a random split should have nearly one mean, they differ by {gap}"
much = abs(measured["pooled"]) + 2 * measured["pooled_se"]
assert much < 1, f"a pooled mean should not matter, up to {much:.2f} points"
image = abs(measured["image"]) + 2 * measured["image_se"]
assert image < 2, f"a mean image should matter by little, if at all, {image:.2f}"
assert measured["fall"] > 3 * measured["fall_se"], f"darker should cost, {measured}"
assert measured["fall"] > 2, f"darker should cost points, {measured['fall']:.1f}"
assert abs(measured["seen"]) < 0.5, f"a mean of its own should hide it, {measured}"
