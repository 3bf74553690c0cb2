"""A first layer for three channels takes one channel or four, with its weights kept."""

import torch
from torch import nn

torch.manual_seed(0)
conv = nn.Conv2d(3, 8, 5, bias=False)  # as if it were trained on colour images
colour = torch.rand(4, 3, 28, 28)  # (N, C, H, W)
grey = torch.rand(4, 1, 28, 28)
try:
    conv(grey)
except RuntimeError as error:
    print(message := str(error))
# 1. One channel, the input changed: repeat it. expand needs no memory.
repeated = conv(grey.expand(-1, 3, -1, -1))  # (4, 8, 24, 24)

# 2. One channel, the layer changed: add up the weights over the channels.
one = nn.Conv2d(1, 8, 5, bias=False)
with torch.no_grad():
    one.weight.copy_(conv.weight.sum(1, keepdim=True))  # (8, 1, 5, 5)
gap = (one(grey) - repeated).abs().max().item()
print(f"added up and repeated differ by at most {gap:.0e}")

# 3. Four channels: the new one starts with weights of zero.
four = nn.Conv2d(4, 8, 5, bias=False)
with torch.no_grad():
    four.weight.zero_()
    four.weight[:, :3] = conv.weight
change = (four(torch.cat([colour, grey], 1)) - conv(colour)).abs().max().item()
print(f"a fourth channel changes the outputs by at most {change:.0e}")

# %% proof: the message, a mean in place of the sum, and 12 seeds of fine-tuning
import copy

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
expected = "expected input[4, 1, 28, 28] to have 3 channels, but got 1 channels instead"
assert expected in message, f"PyTorch should say what it expected, it says {message}"
assert gap < 1e-5, f"the sum should equal the repeated image, {gap:.0e}"
assert change < 1e-5, f"zeros should leave the outputs as they were, {change:.0e}"
four(torch.cat([colour, grey], 1)).square().mean().backward()
learns = four.weight.grad[:, 3].abs().max().item()
assert learns > 1e-3, f"the new channel should get a gradient, {learns:.0e}"

train_x, train_y = read("train", 2800)  # to train, to fine-tune, to choose the rate
choose_x, choose_y = train_x[2300:], train_y[2300:]
test_x, test_y = read("t10k", 2000)


def pretrain(seed):
    """A network for three channels, after three epochs on tinted images."""
    torch.manual_seed(seed)
    tint = 0.5 + torch.rand(2000, 3, 1, 1)  # each image in a colour of its own
    conv = nn.Conv2d(3, 8, 5, stride=2, padding=2)
    head = nn.Linear(8 * 7 * 7, 10)
    model = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), head)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        train_epoch(model, optimizer, train_x[:2000] * tint, train_y[:2000])
    return model


def adapt(pretrained, way, seed):
    """A copy of the network with a first layer for one channel."""
    torch.manual_seed(seed)
    model = copy.deepcopy(pretrained)
    model[0] = nn.Conv2d(1, 8, 5, stride=2, padding=2)
    if way != "new":
        weight = pretrained[0].weight.detach().sum(1, keepdim=True)
        model[0].weight.data = weight / (3 if way == "mean" else 1)
        model[0].bias.data = pretrained[0].bias.detach().clone()
    return model


def tune(model, lr, x, y):
    """The accuracy on x after five epochs on 300 grey images."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(5):
        train_epoch(model, optimizer, train_x[2000:2300], train_y[2000:2300])
    return accuracy(model, x, y)


others = {seed: pretrain(seed) for seed in range(5000, 5300, 100)}
rates = 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1
rate = {}
for way in ("sum", "mean", "new"):
    tried = []  # summed over three networks
    for lr in rates:
        runs = [
            tune(adapt(n, way, s), lr, choose_x, choose_y) for s, n in others.items()
        ]
        tried.append(sum(runs))
    best = tried.index(max(tried))
    assert 0 < best < 5, f"{way}: the best rate is at an end of {rates}, {tried}"
    rate[way] = rates[best]
rows = []
for seed in range(1000, 2200, 100):
    pretrained, row = pretrain(seed), {}
    for way in rate:
        model = adapt(pretrained, way, seed)
        row[f"{way}_before"] = accuracy(model, test_x, test_y)
        row[f"{way}_after"] = tune(model, rate[way], test_x, test_y)
    rows.append(row)
found = {name: 100 * torch.tensor([row[name] for row in rows]) for name in rows[0]}
measured = {name: values.mean().item() for name, values in found.items()}
for way in ("sum", "mean", "new"):
    before, after = measured[f"{way}_before"], measured[f"{way}_after"]
    shown = f"{way:4}: {before:.1f} % right, after 5 epochs on 300 images"
    print(f"{shown} {after:.1f} % (rate {rate[way]})")
lead = found["sum_after"] - found["new_after"]
measured |= {"lead": lead.mean().item(), "lead_se": lead.std().item() / 12**0.5}
ahead = found["sum_after"] - found["mean_after"]
measured |= {"ahead": ahead.mean().item(), "ahead_se": ahead.std().item() / 12**0.5}
print(f"the sum ahead of a new layer by {measured['lead']:.1f} points", end=", ")
print(f"of the mean by {measured['ahead']:.1f} +- {measured['ahead_se']:.1f}")
assert lead.min() > 0, f"the sum should be ahead of a new layer each time, {lead}"
assert measured["lead"] > 3, f"and by points, {measured}"
assert measured["ahead"] > 3 * measured["ahead_se"], f"and of the mean, {measured}"
assert measured["sum_before"] > 75, f"it should be right from the start, {measured}"
assert measured["new_before"] < 30, f"a new layer should not, {measured}"
