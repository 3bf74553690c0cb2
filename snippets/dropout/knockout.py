"""Trained with dropout, a network can lose its accuracy later without some units."""

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
def network(p, inputs=64):
    """Two hidden layers of 128 units, dropout behind each."""
    first = nn.Linear(inputs, 128), nn.ReLU(), nn.Dropout(p)
    second = nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p)
    return nn.Sequential(nn.Flatten(), *first, *second, nn.Linear(128, 10))


# endregion
@torch.no_grad()
def accuracy_without(model, x, y, share, rescale=False):
    """The accuracy with a share of each hidden layer's units removed at random."""
    model.eval()
    for layer in model:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            stays = torch.randperm(128) >= share * 128  # (128,)
            x = x * stays / (1 - share if rescale else 1)
    return (x.argmax(1) == y).float().mean().item()


p = 0.5  # try: 0.0, 0.2
torch.manual_seed(0)
train_x, train_y, test_x, test_y = split(0)
model = network(p)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(20):
    train_epoch(model, optimizer, train_x, train_y, batch_size=100)
for share in (0, 0.25, 0.5, 0.75):
    left = accuracy_without(model, test_x, test_y, share)
    print(f"trained with p = {p}, {share:4.0%} of the units removed: {left:4.0%} right")

# %% proof: 12 seeds, single units, rescaled survivors, a high rate, Fashion-MNIST
import matplotlib.pyplot as plt

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
shares = [i / 8 for i in range(0, 8)]


def removal(model, x, y, rescale=False):
    """Accuracy in % at each share, the mean over 3 draws of who goes, (shares,)."""
    draws = [
        [accuracy_without(model, x, y, share, rescale) for share in shares]
        for _ in range(3)
    ]
    return 100 * torch.tensor(draws).mean(0)


@torch.no_grad()
def changed_by_one(model, x):
    """In % of the images, how many change their class without one unit; the mean."""
    hidden, logits = model[:4](x), model(x)  # (N, 128), (N, 10)
    changes = []
    for unit in range(0, 128, 4):  # of the first layer, every fourth
        less = hidden.clone()
        less[:, unit] = 0
        changes.append((model[4:](less).argmax(1) != logits.argmax(1)).float().mean())
    return 100 * torch.stack(changes).mean()


def trained(p, lr, data, num_epochs):
    train_x, train_y = data
    model = network(p, train_x[0].numel())
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    return model.eval()


def mean_and_error(values):
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


curves, single = {}, {}
for p in (0.0, 0.5):
    rows = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        *data, test_x, test_y = split(seed)
        model = trained(p, 0.003, data, 20)
        row = [removal(model, test_x, test_y, rescale) for rescale in (False, True)]
        rows.append(torch.stack(row))
        single.setdefault(p, []).append(changed_by_one(model, test_x))
    curves[p] = torch.stack(rows)  # (12, 2, shares)
    single[p] = torch.stack(single[p])
    mean, spread = curves[p][:, 0].mean(0), curves[p][:, 0].std(0)
    x = [100 * share for share in shares]
    plt.plot(x, mean, "-" if p else "--", label=f"p = {p}")
    plt.fill_between(x, mean - spread, mean + spread, alpha=0.2)
plt.xlabel("units removed in %")
plt.ylabel("test accuracy in %")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
measured = {}
lead = (curves[0.5] - curves[0.0]).mean(2)  # (12, 2), over all shares
for column, name in enumerate(("lead", "rescaled")):
    mean, error = mean_and_error(lead[:, column])
    print(f"{name}: {mean:.1f} +- {error:.1f} points, the mean over all shares")
    measured |= {name: mean, f"{name}_se": error}
half = shares.index(0.5)
for p, name in ((0.0, "without"), (0.5, "with")):
    accuracies = curves[p][:, 0].mean(0)
    measured |= {f"{name}_half": accuracies[half].item()}
    measured |= {f"{name}_single": single[p].mean().item()}
    last = accuracies[-1].item()
    assert last < 50, f"p = {p}: with 7 of 8 units gone half is misread, {last:.0f}"
whole = (curves[0.5] - curves[0.0])[:, 0, 0].mean().item()

# Higher rates, as a control: six seeds.
for lr, name in ((0.01, "faster"), (0.03, "fast")):
    pairs = []
    for seed in range(0, 600, 100):
        for p in (0.0, 0.5):
            torch.manual_seed(seed)
            *data, test_x, test_y = split(seed)
            pairs.append(removal(trained(p, lr, data, 20), test_x, test_y))
    pairs = torch.stack(pairs).reshape(6, 2, -1)  # (6, 2, shares)
    mean, error = mean_and_error((pairs[:, 1] - pairs[:, 0]).mean(1))
    here = pairs[:, :, 0].mean(0).tolist()  # with all units, in %
    before = [curves[p][:6, 0, 0].mean().item() for p in (0.0, 0.5)]
    print(f"rate {lr}: {mean:.1f} +- {error:.1f}; with all units", end=" ")
    print(
        f"{here[0]:.1f} and {here[1]:.1f} %, at 0.003 {before[0]:.1f}, {before[1]:.1f}"
    )
    measured |= {name: mean, f"{name}_se": error}
    if lr == 0.01:
        worse = max(before[0] - here[0], before[1] - here[1])
        assert worse < 1, f"0.01 should be as good a rate with all units, {worse:.1f}"

# Real size: photographs of clothes, six seeds.
every_x, every_y = read("train", 10000)
test_x, test_y = read("t10k", 1000)
real = []
for seed in range(0, 600, 100):
    row = []
    for p, lr in ((0.0, 0.0005), (0.25, 0.001)):
        torch.manual_seed(seed)
        chosen = torch.randperm(10000)[:3000]
        model = trained(p, lr, (every_x[chosen], every_y[chosen]), 13)
        row.append(removal(model, test_x, test_y))
    real.append(torch.stack(row))
real = torch.stack(real)  # (6, 2, shares)
mean, error = mean_and_error((real[:, 1] - real[:, 0]).mean(1))
print(f"Fashion-MNIST: {mean:.1f} +- {error:.1f}")
measured |= {"real": mean, "real_se": error}
measured |= {"real_without": real[:, 0, half].mean().item()}
measured |= {"real_with": real[:, 1, half].mean().item()}
assert measured["lead"] > 5, f"dropout should lead by points, {measured}"
for name in ("lead", "rescaled", "real"):
    low = measured[name] - 2 * measured[f"{name}_se"]
    assert low > 1, f"{name}: beyond two standard errors, {low:.1f}"
for name, most in (("faster", 0.6), ("fast", 0.8)):
    share = measured[name] / measured["lead"]
    assert share < most, f"{name}: the lead should be smaller, {share:.2f} times"
assert measured["with_half"] - measured["without_half"] > 5, f"half gone, {measured}"
share = measured["with_single"] / measured["without_single"]
assert share < 0.8, f"one unit should matter less, {share:.2f} times"
assert abs(whole) < 1.5, f"with all units they should be near, {whole:.1f}"
assert (curves[0.5] - curves[0.0])[:, 0, 2:7].mean(0).min() > 0, "and lead throughout"
