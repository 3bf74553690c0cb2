"""With noisy gradients a constant rate does not settle: the rate sets the distance."""

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
# A line is fitted: how bright is one pixel, given the ink of the whole digit?
ink, pixel = images.mean((1, 2, 3)), images[:, 0, 1, 2]  # (1797,), (1797,)
x, y = (ink - ink.mean()) / ink.std(), (pixel - pixel.mean()) / pixel.std()
best = torch.stack([torch.tensor(0.0), (x * y).mean()])  # least squares, (2,)
lr = 0.2  # try: 0.05, 0.01


def walk(lr, num_steps, batch_size=4, seed=0):
    """SGD from (2, 2), intercept and slope; all points, (num_steps, 2)."""
    generator = torch.Generator().manual_seed(seed)
    batches = torch.randint(len(x), (num_steps, batch_size), generator=generator)
    w, path = torch.tensor([2.0, 2.0]), []
    for x_i, y_i in zip(x[batches], y[batches], strict=True):
        error = w[0] + w[1] * x_i - y_i  # (batch_size,)
        w = w - lr * torch.stack([error.mean(), (error * x_i).mean()])
        path.append(w)
    return torch.stack(path)


path = walk(lr, 1000)
late = (path[500:] - best).square().sum(1).mean().sqrt()
print(f"rate {lr}: over the last 500 steps {late:.2f} from the minimum")
# region: the picture
import matplotlib.pyplot as plt

plt.plot(*path.T, ".-", lw=0.4, ms=3)
plt.plot(*best, "*", color="C1", ms=14, mec="white")
plt.gca().set(xlabel="intercept", ylabel="slope", xlim=(-1.6, 2.2), ylim=(-1.2, 2.4))
plt.gcf().set_size_inches(4.2, 3)
plt.show()
# endregion


# %% proof: the formula over 12 seeds, and the floor of a classifier at real size
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
def walk_steady(lr, seed, num_steps=1500):
    """The same walk if the noise were everywhere that of the minimum."""
    generator = torch.Generator().manual_seed(seed)
    batches = torch.randint(len(x), (num_steps, 4), generator=generator)
    w, path = torch.tensor([2.0, 2.0]), []
    for rows in batches:
        noise = best[0] + best[1] * x[rows] - y[rows]  # (4,)
        mean = torch.stack([noise.mean(), (noise * x[rows]).mean()])
        w = w - lr * (w - best + mean)
        path.append(w)
    return torch.stack(path)


floors, predicted, steady = {}, {}, {}
for lr in (0.2, 0.05):
    paths = [walk(lr, 1500, seed=seed)[300:] for seed in range(0, 1200, 100)]
    squares = (torch.stack(paths) - best).square().sum(2)  # (12, 1200)
    floors[lr] = squares.mean().item()
    residual = best[0] + best[1] * x - y
    noise = (residual**2 * (1 + x**2)).mean().item() / 4  # of a batch, at the minimum
    predicted[lr] = lr * noise / (2 - lr)  # the Hessian is the identity
    paths = [walk_steady(lr, seed)[300:] for seed in range(0, 1200, 100)]
    steady[lr] = (torch.stack(paths) - best).square().sum(2).mean().item()
    print(
        f"rate {lr}: mean square {floors[lr]:.3f}, formula {predicted[lr]:.3f}", end=""
    )
    print(f", with the noise of the minimum everywhere {steady[lr]:.3f}")
    times = floors[lr] / predicted[lr]
    assert 0.7 < times < 2, f"the formula should be about right, {times:.2f} times"
    off = abs(steady[lr] / predicted[lr] - 1)
    assert off < 0.15, f"with steady noise the formula should be met, {steady}"
assert floors[0.2] > steady[0.2], f"growing noise should lift it, {floors}, {steady}"
ratio = floors[0.2] / floors[0.05]
assert 3 < ratio < 7, (
    f"a fourfold rate should lift the floor about fourfold, {ratio:.1f}"
)

train_x, train_y = read("train", 2000)
train_x = train_x.flatten(1)  # (2000, 784)


def loss_of(model):
    """Over all training images."""
    with torch.no_grad():
        return nn.functional.cross_entropy(model(train_x), train_y).item()


def train(model, lr, batch_size, num_steps, generator):
    """Plain SGD; returns the mean loss over the last ten looks at it."""
    optimizer, looks = torch.optim.SGD(model.parameters(), lr=lr), []
    for step in range(num_steps):
        batch = torch.randint(2000, (batch_size,), generator=generator)
        if batch_size == 2000:
            batch = slice(None)  # the exact gradient
        optimizer.zero_grad()
        logits = model(train_x[batch])
        nn.functional.cross_entropy(logits, train_y[batch]).backward()
        optimizer.step()
        if num_steps - step <= 100 and step % 10 == 0:
            looks.append(loss_of(model))
    return sum(looks) / len(looks)


before, lower, exact = [], [], []
for seed in range(0, 600, 100):
    torch.manual_seed(seed)
    start = nn.Linear(784, 10)
    generator = torch.Generator().manual_seed(seed)
    before.append(train(start, 0.05, 8, 1500, generator))
    for lr, batch_size, losses in ((0.005, 8, lower), (0.05, 2000, exact)):
        model = nn.Linear(784, 10)
        model.load_state_dict(start.state_dict())
        losses.append(train(model, lr, batch_size, 150, generator))
print(f"linear classifier on Fashion-MNIST, SGD at rate 0.05: {sum(before) / 6:.3f}")
print(f"150 steps later, rate 0.005: {sum(lower) / 6:.3f}", end=", ")
print(f"or 0.05 with exact gradients: {sum(exact) / 6:.3f}")
assert all(a > 1.1 * b for a, b in zip(before, lower, strict=True)), "lower rate"
assert all(a > 1.1 * b for a, b in zip(before, exact, strict=True)), "no noise"
measured = {"ratio": ratio, "high": sum(before) / 6, "low": sum(lower) / 6}
measured |= {"exact": sum(exact) / 6}
