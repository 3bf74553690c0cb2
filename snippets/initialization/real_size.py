"""On photographs of clothes ten plain layers learn from the start made for them."""

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
starts = {  # weights spread as scale * n ** power; best rates for SGD and for Adam
    "0.01 randn, tanh": (0.01, 0, nn.Tanh, 0.01, 0.003),
    "randn, tanh": (1, 0, nn.Tanh, 0.01, 0.01),
    "Xavier, tanh": (1, -0.5, nn.Tanh, 0.03, 0.001),
    "Xavier, ReLU": (1, -0.5, nn.ReLU, 0.1, 0.003),
    "He, ReLU": (2**0.5, -0.5, nn.ReLU, 0.01, 0.0003),
    "PyTorch, ReLU": (None, None, nn.ReLU, 0.01, 0.001),
}


def network(name):
    """Ten hidden layers of 100 units, and a last layer as PyTorch draws it."""
    scale, power, activation, *_ = starts[name]
    parts = [nn.Flatten()]
    for k in range(10):
        layer = nn.Linear(784 if k == 0 else 100, 100)
        if scale:
            nn.init.normal_(layer.weight, std=scale * layer.in_features**power)
            nn.init.zeros_(layer.bias)
        parts += [layer, activation()]
    return nn.Sequential(*parts, nn.Linear(100, 10))


# region: a hundred steps, the test error, and the output
train_x, train_y = read("train", 10000)
test_x, test_y = read("t10k", 2000)


def train(name, method, seed, lr=None, num_steps=100):
    """Test error in %, at the best rate if none is given."""
    lr = lr or starts[name][3 if method == "SGD" else 4]
    torch.manual_seed(seed)
    model = network(name)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    if method == "Adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(num_steps):
        batch = torch.randint(len(train_y), (100,))
        loss = nn.functional.cross_entropy(model(train_x[batch]), train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return 100 * (model(test_x).argmax(1) != test_y).double().mean().item()


print("test error in % after 100 steps (chance: 90)   SGD   Adam")
for name in starts:
    both = train(name, "SGD", seed=0), train(name, "Adam", seed=0)
    print(f"{name:16s} {both[0]:33.1f} {both[1]:6.1f}")
# endregion

# %% proof: 12 seeds, each start at its best rate
# On seeds 7000 and 7100: SGD at 0.003 to 0.3 (randn: 0.00001 to 0.1; He: from 0.001),
# Adam at 0.0003 to 0.01 (He: from 0.0001; randn: to 0.03). The best stand above.
measured = {}
errors, spreads = {}, []
keys = dict(
    zip(starts, ("small", "large", "tanh", "xavier", "he", "torch"), strict=True)
)
for name, key in keys.items():
    for method in ("SGD", "Adam"):
        runs = torch.tensor([train(name, method, seed) for seed in range(0, 1200, 100)])
        errors[key, method] = runs
        mean, error = runs.mean().item(), runs.std().item() / 12**0.5
        print(f"{name:16s} {method:4s}: {mean:.1f} +- {error:.1f} %")
        short = f"{key}_{method.lower()}"
        measured[short] = mean
        spreads.append(error)


def lead(better, worse, method):
    """By how many points one start is better than another, and its standard error."""
    gap = errors[worse, method] - errors[better, method]
    return gap.mean().item(), gap.std().item() / 12**0.5


for key in ("small", "torch"):
    least = errors[key, "SGD"].mean().item()
    assert least > 85, f"{key}: SGD should stay near chance, error {least:.0f} %"
for better, worse, method, least in (
    ("he", "torch", "SGD", 40),
    ("he", "torch", "Adam", 10),
    ("he", "xavier", "SGD", 15),
    ("tanh", "large", "SGD", 25),
    ("tanh", "large", "Adam", 25),
    ("tanh", "small", "SGD", 40),
    ("tanh", "small", "Adam", 20),
):
    gap, error = lead(better, worse, method)
    print(f"{method}: {better} ahead of {worse} by {gap:.1f} +- {error:.1f} points")
    assert gap > 3 * error and gap > least, (
        f"{better}, {worse}: {gap:.1f} +- {error:.1f}"
    )
gap, error = lead("he", "xavier", "Adam")
print(f"Adam: he ahead of xavier by {gap:.1f} +- {error:.1f} points")
most = lead("he", "xavier", "SGD")[0] / 3
assert error < gap < most, (
    f"with Adam He should lead by little, {gap:.1f} +- {error:.1f}"
)
measured |= {"near": gap, "near_se": error, "most_se": max(spreads)}
