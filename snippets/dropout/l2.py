"""Dropout on the inputs of a linear regression is L2, weighted by each feature."""

import torch
from sklearn.datasets import load_diabetes
from torch import nn

p = 0.5  # try: 0.1, 0.9
diabetes = load_diabetes(scaled=False)  # age, blood pressure, ...: of very unlike size
x = torch.tensor(diabetes.data)
x = x - x.mean(0)  # (N, 10)
y = torch.tensor(diabetes.target)
y = y - y.mean()  # (N,)
torch.manual_seed(0)
w = torch.linalg.lstsq(x, y[:, None]).solution[:, 0]  # (10,), one choice of many

dropout = nn.Dropout(p)
losses = [(y - dropout(x) @ w).square().sum() for _ in range(1000)]
average = torch.stack(losses).mean()

least_squares = (y - x @ w).square().sum()
size = x.square().sum(0)  # (10,), the sum of squares of each feature
penalty = p / (1 - p) * (size * w.square()).sum()
print(f"least squares                       {least_squares / 1e6:6.2f} million")
print(f"+ L2, weighted by the features      {penalty / 1e6:6.2f} million")
print(f"= together                          {(least_squares + penalty) / 1e6:6.2f}")
print(f"average of 1,000 losses with masks  {average / 1e6:6.2f}")

# %% proof: other weights and p, the minimum, ridge regression, units, Fashion-MNIST
import matplotlib.pyplot as plt
from sklearn.linear_model import Ridge

rates, paths = [0.1, 0.3, 0.5, 0.7, 0.9], []
for p in rates:
    dropout = nn.Dropout(p)
    w = 20 * torch.randn(10, dtype=torch.float64).sign() / x.std(0)  # any weights
    losses, gram, moment = [], torch.zeros_like(x.T @ x), torch.zeros_like(w)
    for _ in range(1000):
        noisy = dropout(x)  # (N, 10)
        losses.append((y - noisy @ w).square().sum())
        gram += noisy.T @ noisy / 1000
        moment += noisy.T @ y / 1000
    average = torch.stack(losses).mean()
    by_formula = (y - x @ w).square().sum() + p / (1 - p) * (size * w.square()).sum()
    off = abs(average / by_formula - 1).item()
    assert off < 0.02, f"p = {p}: the average should be the formula's, off by {off:.3f}"
    trained = torch.linalg.solve(gram, moment) * x.std(0)
    ridged = x.T @ x + p / (1 - p) * torch.diag(size)
    formula = torch.linalg.solve(ridged, x.T @ y) * x.std(0)
    paths.append(torch.stack([trained, formula]))
    gap = ((trained - formula).abs().max() / formula.abs().max()).item()
    assert gap < 0.1, f"p = {p}: both minima should agree, they differ by {gap:.3f}"
    # On standardized features each size is N: ridge regression with N p / (1 - p).
    spread = x.std(0, unbiased=False)
    ridge = Ridge(alpha=len(y) * p / (1 - p), fit_intercept=False).fit(x / spread, y)
    same = torch.tensor(ridge.coef_) * x.std(0) / spread
    assert torch.allclose(same, formula, rtol=1e-6), f"p = {p}: should be ridge's"
norms = [formula.norm().item() for _, formula in paths]
assert norms == sorted(norms, reverse=True), f"more dropout should shrink, {norms}"
for column, marker in ((2, "o"), (3, "s"), (8, "^"), (9, "v")):
    trained, formula = torch.stack(paths)[:, :, column].T
    (line,) = plt.plot(rates, formula)
    name = diabetes.feature_names[column]
    assert formula[-1].abs() < 0.8 * formula[0].abs(), (
        f"{name} should shrink, {formula}"
    )
    plt.plot(rates, trained, marker, color=line.get_color(), label=name)
plt.xlabel("p of the dropout on the inputs")
plt.ylabel("coefficient")
plt.legend(title="line: formula")
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()

# A feature in other units, with the weight to match: this term stays, plain L2 grows.
kilo = torch.ones(10, dtype=torch.float64)
kilo[0] = 1000
here, there = size * w.square(), (x / kilo).square().sum(0) * (w * kilo).square()
assert torch.allclose(here, there), "dropout's term should not see the unit"
plain = ((w * kilo).square().sum() / w.square().sum()).item()
assert plain > 100, f"plain L2 should see it, it grew {plain:.0f} times"

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

# Real size: 784 pixels as the features, is it a shoe or not as the target.
images, classes = read("train", 2000)
x = images.flatten(1).double()
x = x - x.mean(0)  # (2000, 784)
y = (classes >= 7).double()
y = y - y.mean()
w = torch.linalg.solve(x.T @ x + 100 * torch.eye(784), x.T @ y)
dropout, p = nn.Dropout(0.5), 0.5
losses = [(y - dropout(x) @ w).square().sum() for _ in range(30)]
penalty = p / (1 - p) * (x.square().sum(0) * w.square()).sum()
by_formula = (y - x @ w).square().sum() + penalty
real = abs(torch.stack(losses).mean() / by_formula - 1).item()
share = (penalty / by_formula).item()
measured = {"share": share}
print(f"784 pixels: average and formula differ by {real:.1%}")
assert real < 0.02, f"with 784 features it should hold as well, off by {real:.3f}"
