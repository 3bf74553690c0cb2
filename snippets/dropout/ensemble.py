"""One pass in eval() is the geometric mean of all masked networks, for a softmax."""

import itertools

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
def network(p, depth=1):
    """Ten hidden units with dropout; behind them a softmax layer, or one more layer."""
    deeper = [nn.Linear(10, 32), nn.ReLU()] if depth == 2 else []
    last = nn.Linear(32 if depth == 2 else 10, 10)
    front = nn.Flatten(), nn.Linear(64, 10), nn.ReLU(), nn.Dropout(p)
    return nn.Sequential(*front, *deeper, last)


# endregion
p = 0.3  # try: 0.1, 0.5
torch.manual_seed(0)
# region: training
train_x, train_y, test_x, test_y = split(0)
model = network(p)
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(15):
    train_epoch(model, optimizer, train_x, train_y, batch_size=100)


# endregion
@torch.no_grad()
def all_networks(model, x, p):
    """Log-probabilities of each of the 1,024 networks, and how likely each one is."""
    masks = torch.tensor(list(itertools.product([0.0, 1.0], repeat=10)))  # (1024, 10)
    units = model[:3](x)  # (N, 10), what dropout acts on
    masked = units * masks[:, None] / (1 - p)  # (1024, N, 10)
    kept = masks.sum(1)
    chance = (1 - p) ** kept * p ** (10 - kept)  # (1024,)
    return model[4:](masked).log_softmax(2), chance[:, None, None]


model.eval()
log_probabilities, chance = all_networks(model, test_x[:100], p)  # (1024, N, 10)
geometric = (chance * log_probabilities).sum(0).softmax(1)  # (N, 10), normalized
one_pass = model(test_x[:100]).softmax(1)  # (N, 10)
print(f"largest gap of probabilities: {(geometric - one_pass).abs().max():.0e}")

# %% proof: 12 seeds, a deeper net, other means, Monte Carlo passes, Fashion-MNIST
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


@torch.no_grad()
def compare(model, x, y, p):
    """Largest and mean gap; log losses of one pass, both means, the average network."""
    logs, chance = all_networks(model.eval(), x, p)
    geometric = (chance * logs).sum(0).softmax(1)
    arithmetic = (chance * logs.exp()).sum(0)
    scaled = model(x).softmax(1)
    losses = [
        nn.functional.nll_loss(q.log(), y) for q in (scaled, geometric, arithmetic)
    ]
    average = -(chance[..., 0] * logs[:, range(len(y)), y]).sum(0).mean()
    gap = (scaled - geometric).abs()
    return torch.stack([gap.max(), gap.mean(), *losses, average])


@torch.no_grad()
def monte_carlo(model, x, y, passes):
    """The log loss of the mean of the softmax over so many passes with masks."""
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()  # the dropout alone: a BN layer would stay in eval()
    mean = sum(model(x).softmax(1) for _ in range(passes)) / passes
    model.eval()
    return nn.functional.nll_loss(mean.clamp(min=1e-12).log(), y)


results = {}
print("12 seeds         largest gap   mean gap   loss: one pass, geometric,", end=" ")
print("arithmetic, average net")
for depth, name in ((1, "softmax layer"), (2, "deeper net")):
    rows = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        train_x, train_y, test_x, test_y = split(seed)
        model = network(0.3, depth)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
        for _ in range(15):
            train_epoch(model, optimizer, train_x, train_y, batch_size=100)
        rows.append(compare(model, test_x[:100], test_y[:100], 0.3))
    results[name] = torch.stack(rows)  # (12, 6)
    largest, mean, *losses = results[name].mean(0).tolist()
    print(f"{name:15s}  {largest:11.0e}   {mean:8.0e}", *[f"{v:10.2f}" for v in losses])
exact, deeper = results["softmax layer"], results["deeper net"]
assert exact[:, 0].max() < 1e-5, f"for a softmax they should be equal, {exact[:, 0]}"
assert deeper[:, 0].min() > 0.01, f"with a layer between not, {deeper[:, 0]}"
assert deeper[:, 1].mean() < 0.02, f"but near, mean gap {deeper[:, 1].mean():.3f}"
measured = {"largest": deeper[:, 0].mean().item(), "mean": deeper[:, 1].mean().item()}
for name, row in results.items():
    worst = row[:, 2:5].max(1).values
    assert (worst < row[:, 5]).all(), f"{name}: a mean should beat the average network"
    cost = row[:, 4] - row[:, 2]
    lead, error = cost.mean().item(), cost.std().item() / 12**0.5
    print(f"{name}: arithmetic mean worse than one pass by {lead:.3f} +- {error:.3f}")
    assert lead > 3 * error, f"{name}: here the arithmetic mean should lose, {lead:.3f}"
    near = (row[:, 2].mean() / row[:, 3].mean() - 1).abs().item()
    assert near < 0.1, f"{name}: one pass and geometric mean should be near, {near:.2f}"
single, one = deeper[:, 5].mean().item(), deeper[:, 2].mean().item()
measured |= {"single": single, "one": one, "arithmetic": deeper[:, 4].mean().item()}

train_x, train_y = read("train", 3000)
test_x, test_y = read("t10k", 1000)
rows = []
for seed in range(0, 600, 100):
    torch.manual_seed(seed)
    first = nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.5)
    second = nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.5)
    model = nn.Sequential(nn.Flatten(), *first, *second, nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(12):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    with torch.no_grad():
        once = nn.functional.cross_entropy(model.eval()(test_x), test_y)
    many = [monte_carlo(model, test_x, test_y, passes) for passes in (1, 10, 100)]
    rows.append(torch.stack([once, *many]))
rows = torch.stack(rows)  # (6, 4)
once, first, tenth, hundredth = rows.mean(0).tolist()
print(
    f"Fashion-MNIST, loss of one pass in eval() {once:.3f}; of the mean of 1, 10,",
    end=" ",
)
print(f"100 passes with masks {first:.3f}, {tenth:.3f}, {hundredth:.3f}")
measured |= {"once": once, "first": first, "tenth": tenth, "hundredth": hundredth}
gap = rows[:, 3] - rows[:, 0]
measured |= {"apart": gap.mean().item(), "apart_se": gap.std().item() / 6**0.5}
ten = rows[:, 2] - rows[:, 0]
low = ten.mean().item() - 2 * ten.std().item() / 6**0.5
assert low > 0, f"ten passes should be worse than one in eval(), by {ten.mean():.3f}"
assert (rows[:, 1:].diff(dim=1) < 0).all(), f"more passes should be better, {rows}"
