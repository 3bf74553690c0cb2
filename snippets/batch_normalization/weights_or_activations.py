"""BN standardizes activations; the weights keep a spread of their own."""

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


# region: a small CNN
def build():
    """Two blocks of convolution, BN and ReLU, and a linear layer."""
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        nn.Conv2d(16, 16, 3, stride=2, padding=1, bias=False),
        *(nn.BatchNorm2d(16), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10)),
    )


# endregion
lr = 0.03  # try: 0.003, 0.1
torch.manual_seed(0)
train_x, train_y, test_x, test_y = split(0)
model = build()
optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
for _ in range(3):
    train_epoch(model, optimizer, train_x, train_y)

weights = model[3].weight.detach()  # (16, 16, 3, 3), of the second convolution
bn = model[4]
with torch.no_grad():
    y = model[:5].train()(train_x)  # (N, 16, 4, 4), all images as one batch
gamma, beta = (p.detach()[:, None, None] for p in (bn.weight, bn.bias))
x_hat = (y - beta) / gamma  # (N, 16, 4, 4), before scale and shift
for name, value in (("weights", weights), ("x_hat", x_hat), ("y", y)):
    print(f"{name:8} mean {value.mean():z5.2f}, std {value.std():.2f}")

# region: the plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(5.4, 3))
for value, color, style, label in (
    (weights, "C1", "--", "weights"),
    (x_hat, "C0", "-", "activations, normalized"),
):
    height, edges = torch.histogram(value, bins=80, range=(-3, 3), density=True)
    ax.stairs(height, edges, color=color, ls=style, lw=2, label=label)
ax.set(xlabel="value", ylabel="density")
ax.legend(fontsize=9)
plt.show()
# endregion

# %% proof: 12 seeds; weights through training, activations by channel; 28x28 too
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


def look(seed, parts, side, lr=0.03):
    """Spreads of weights and activations, and what an early step does further on."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = parts
    model = build()
    model[7] = nn.Linear(16 * side**2, 10)
    start = model[3].weight.std().item()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    right = 100 * accuracy(model, test_x, test_y)
    x, y = train_x[:500], train_y[:500]
    model.train()
    weights = model[3].weight.detach()
    gamma = model[4].weight.detach()
    with torch.no_grad():
        out = model[:5](x)
        x_hat = (out - model[4].bias[:, None, None]) / gamma[:, None, None]
    off_mean = x_hat.mean((0, 2, 3)).abs().max().item()
    off_std = (x_hat.std((0, 2, 3), unbiased=False) - 1).abs().max().item()
    off_gamma = (
        (out.std((0, 2, 3), unbiased=False) / gamma.abs() - 1).abs().max().item()
    )
    assert off_mean < 1e-3 and off_std < 0.01, f"x_hat: {off_mean:.1e}, {off_std:.3f}"
    assert off_gamma < 0.01, f"y should have std |gamma|, off by {off_gamma:.3f}"

    # Does the second layer feel the first? Only model[0] is changed, in two ways.
    first, second = model[0].weight, model[3].weight
    loss = nn.functional.cross_entropy(model(x), y)
    step, turned = torch.autograd.grad(loss, (first, second))
    old, kept = x_hat, first.detach().clone()
    effects = []
    with torch.no_grad():
        for new in (10 * kept, kept - 0.1 * kept.norm() / step.norm() * step):
            first.copy_(new)
            with torch.enable_grad():
                loss = nn.functional.cross_entropy(model(x), y)
                after = torch.autograd.grad(loss, second)[0]
            now = (model[:5](x) - model[4].bias[:, None, None]) / gamma[:, None, None]
            effects.append(((now - old).norm() / old.norm()).item())
            stays = (now.std((0, 2, 3), unbiased=False) - 1).abs().max().item()
            assert stays < 0.01, f"its std should stay 1 all the same: {stays:.3f}"
    cosine = nn.functional.cosine_similarity(turned.flatten(), after.flatten(), dim=0)
    spread = weights.std().item()
    return [spread, spread / start, *effects, cosine.item(), right]


rows = [look(seed, split(seed), 4) for seed in range(0, 1200, 100)]
photos = (*read("train", 1500), *read("t10k", 500))
big_rows = [look(seed, photos, 14) for seed in range(0, 300, 100)]
names = ("weights, std", "  over their start", "first layer x 10", "first layer moved")
for name, values, large in zip(
    (*names, "cosine", "accuracy"),
    torch.tensor(rows).T,
    torch.tensor(big_rows).T,
    strict=True,
):
    low, high = values.min(), values.max()
    print(f"{name:19} {low:6.3f} to {high:6.3f}, 28x28 {large.mean():6.3f}")
spread, growth, scaled, moved, cosine, right = torch.tensor(rows).T
assert right.min() > 93, f"the networks should be trained, worst {right.min():.1f} %"
assert spread.max() < 0.2, f"weights should be nowhere near 1: {spread.max():.2f}"
grown = (growth.min(), growth.max())
assert 1.2 < growth.min() and growth.max() < 1.6, f"they should grow a little: {grown}"
assert scaled.max() < 0.005, f"ten times the first layer should be hidden: {scaled}"
assert moved.min() > 0.1, f"a step there should be felt: {moved.min():.2f}"
assert cosine.max() < 0.9, (
    f"the second layer's gradient should turn: {cosine.max():.2f}"
)
big = torch.tensor(big_rows)
assert big[:, 5].min() > 70, f"28x28: trained, worst {big[:, 5].min():.0f} %"
assert big[:, 0].max() < 0.2 and big[:, 2].max() < 0.005, f"28x28: {big[:, :3]}"
assert big[:, 3].min() > 0.15, f"28x28: a step should be felt, {big[:, 3].min():.2f}"
measured = {"spread": spread.mean().item(), "growth": growth.mean().item()}
measured |= {"moved": 100 * moved.mean().item(), "cosine": cosine.mean().item()}
measured |= {
    "big_spread": big[:, 0].mean().item(),
    "big_moved": 100 * big[:, 3].mean().item(),
}
