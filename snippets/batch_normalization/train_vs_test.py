"""Without eval() an image's class depends on the images beside it."""

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
# region: a small CNN, trained for three epochs
def train_net(seed):
    """A small CNN with BN behind a convolution and behind a linear layer."""
    torch.manual_seed(seed)
    x, y, test_x, test_y = split(seed)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(512, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU()),
        nn.Linear(32, 10),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        train_epoch(model, optimizer, x, y)
    return model, test_x[:750], test_y[:750]


# endregion


@torch.no_grad()  # which stops gradients, and leaves the mode alone
def classify(model, x, y, batch_size):
    """The accuracy when the images come in batches, in the mode that is set."""
    right = 0
    for images, labels in zip(x.split(batch_size), y.split(batch_size), strict=True):
        right += (model(images).argmax(1) == labels).sum().item()
    return right / len(y)


batch_size = 50  # try: 2, 10, 250
model, x, y = train_net(seed=0)  # x: (750, 1, 8, 8)
by_class = y.argsort(stable=True)
for train_mode in (False, True):
    model.train(train_mode)
    mode = "train()" if train_mode else "eval() "
    shuffled = classify(model, x, y, batch_size)
    ordered = classify(model, x[by_class], y[by_class], batch_size)
    print(f"{mode}  shuffled {shuffled:4.0%}   sorted by class {ordered:4.0%}")

# %% proof: 12 seeds, which statistic does it, and three nets on Fashion-MNIST
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


def standard_error(values):
    return (values.std() / len(values) ** 0.5).item()


class Mixed(nn.Module):
    """BN in eval(), but with the batch's own mean, or its own variance."""

    def __init__(self, bn, own_mean, own_var):
        super().__init__()
        self.bn, self.own_mean, self.own_var = bn, own_mean, own_var

    def forward(self, h):
        axes = (0, 2, 3) if h.ndim == 4 else (0,)
        mean = h.mean(axes) if self.own_mean else self.bn.running_mean
        var = h.var(axes, unbiased=False) if self.own_var else self.bn.running_var
        shape = (1, -1, 1, 1) if h.ndim == 4 else (1, -1)
        mean, var, gamma, beta = (
            value.view(shape) for value in (mean, var, self.bn.weight, self.bn.bias)
        )
        return gamma * (h - mean) / (var + self.bn.eps).sqrt() + beta


def mixed(model, own_mean, own_var):
    """A copy of a model in which each BN is a Mixed."""
    is_bn = nn.BatchNorm1d, nn.BatchNorm2d
    layers = [
        Mixed(layer, own_mean, own_var) if isinstance(layer, is_bn) else layer
        for layer in copy.deepcopy(model)
    ]
    return nn.Sequential(*layers).eval()


rows, gaps, kinds, few = [], [], [], []
for seed in range(0, 1200, 100):
    model, x, y = train_net(seed)
    by_class = y.argsort(stable=True)
    sorted_x, sorted_y = x[by_class], y[by_class]
    model.eval()
    gaps.append((mixed(model, False, False)(x) - model(x)).abs().max().item())
    row = [classify(model, x, y, 50), classify(model, sorted_x, sorted_y, 50)]
    own_mean = classify(mixed(model, True, False), sorted_x, sorted_y, 50)
    own_var = classify(mixed(model, False, True), sorted_x, sorted_y, 50)
    in_train = copy.deepcopy(model).train()
    batch = x[:50]
    gaps.append((mixed(model, True, True)(batch) - in_train(batch)).abs().max().item())
    before = in_train[1].running_mean.clone()
    row += [classify(in_train, x, y, 50), classify(in_train, sorted_x, sorted_y, 50)]
    moved = not torch.equal(before, in_train[1].running_mean)
    row += [classify(in_train, x, y, 2), own_mean, own_var]
    by_50, by_250 = (sorted_y.split(size) for size in (50, 250))
    kinds.append(max(len(part.unique()) for part in by_50))
    few.append(min(len(part.unique()) for part in by_250))
    alone = [classify(in_train, x[y == c], y[y == c], len(y)) for c in range(10)]
    row.append(sum(alone) / 10)  # one batch for each class
    visited = copy.deepcopy(model).train()  # validated once in train(), then used
    classify(visited, x, y, 50)
    row += [classify(visited.eval(), x, y, 50), moved]
    rows.append(row)
table = torch.tensor(rows, dtype=torch.float64)
right, right_sorted, shuffled, ordered, pairs, own_mean, own_var, *others = table.T
alone, visited, moved = others
assert max(gaps) < 1e-4, f"both modes should be this formula, gap {max(gaps):.1e}"
print("digits, 12 seeds                 accuracy, %   standard error")
for name, values in (
    ("eval()", right),
    ("train(), shuffled", shuffled),
    ("train(), shuffled, two by two", pairs),
    ("train(), sorted by class", ordered),
    ("train(), a batch for each class", alone),
    ("eval(), sorted, the batch's mean", own_mean),
    ("eval(), sorted, the batch's var.", own_var),
):
    mean = 100 * values.mean()
    print(f"{name:32} {mean:6.1f}         {100 * standard_error(values):.1f}")

assert right.min() > 0.93, f"each network should be trained, worst {right.min():.2f}"
same = (right - right_sorted).abs().max().item()
assert same < 0.003, f"in eval() the batch should not matter, by {same:.3f}"
harm = (right - shuffled).mean().item()
assert abs(harm) < 0.012, f"shuffled batches of 50 should hide the slip: {harm:.3f}"
assert ordered.max() < 0.45, f"sorted batches should ruin it, best {ordered.max():.2f}"
assert pairs.max() < 0.7, f"so should pairs, best {pairs.max():.2f}"
assert alone.max() < 0.25, f"one class a batch should be near chance: {alone.max():.2f}"
worse = (ordered - alone).min().item()
assert worse > 0.05, f"one class alone should be worse than sorted, by {worse:.2f}"
assert max(kinds) == 2, f"50 sorted images should be of one class or two: {kinds}"
assert min(few) >= 4, f"250 of four or more: {few}"
apart = own_var - own_mean
assert apart.min() > 0.4, f"the mean should do the harm, least {apart.min():.2f}"
small = (right - own_var).mean().item()
assert small < 0.07, f"the variance should do little, {small:.3f}"
assert moved.all(), "validation in train() should move the buffers, under no_grad() too"
cost = right - visited
bound = abs(cost.mean().item()) + 2 * standard_error(cost)
assert bound < 0.01, f"which should cost less than a point here: {bound:.4f}"

# What is refused, and what is not
linear, flat = nn.BatchNorm1d(3), nn.BatchNorm2d(3)
said = []
for layer, shape in ((linear, (1, 3)), (flat, (1, 3, 1, 1))):
    try:
        layer(torch.randn(shape))
    except ValueError as error:
        said.append(str(error))
message = "Expected more than 1 value per channel when training, got input size "
expected = [message + f"torch.Size({shape})" for shape in ([1, 3], [1, 3, 1, 1])]
assert said == expected, f"one value per channel should be refused: {said}"
one_image = flat(torch.randn(1, 3, 4, 4))
assert one_image.isfinite().all(), "one image of 4x4 should pass, 16 values a channel"
assert linear.eval()(torch.randn(1, 3)).isfinite().all(), "eval() should take one"
pixels = 1000 % 37
last = [len(part) for part in torch.arange(1000).split(37)]
assert pixels == last.pop() == 1, f"1000 in batches of 37 should leave one: {pixels}"

# The exception: a layer without buffers uses the batch's statistics in eval() too.
without = nn.BatchNorm2d(3, track_running_stats=False).eval()
h = 5 + torch.randn(8, 3, 4, 4)
centred = without(h).mean((0, 2, 3)).abs().max().item()
assert centred < 1e-4, f"without buffers eval() should use the batch's: {centred:.1e}"
assert not list(without.buffers()), "track_running_stats=False should have no buffers"

# Real size, 28x28 photographs: with BN behind the linear layer too, on maps alone, and
# on maps alone that are averaged to one value per channel
train_x, train_y = read("train", 4000)
test_x, test_y = read("t10k", 1000)
by_class = test_y.argsort(stable=True)


def heads():
    norm = nn.Linear(1152, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU()
    yield "BN near the end", (nn.Flatten(), *norm, nn.Linear(32, 10))
    yield "BN on maps alone", (nn.Flatten(), nn.Linear(1152, 10))
    average = nn.AdaptiveAvgPool2d(1), nn.Flatten()
    yield "averaged maps", (*average, nn.Linear(32, 10))


big = {}
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    for name, head in heads():
        model = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, 2, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
            *(nn.Conv2d(16, 32, 3, 2, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
            *head,
        )
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(2):
            train_epoch(model, optimizer, train_x, train_y)
        row = [accuracy(model, test_x, test_y)]
        model.train()
        row.append(classify(model, test_x, test_y, 50))
        row.append(classify(model, test_x[by_class], test_y[by_class], 50))
        big.setdefault(name, []).append(row)
print("Fashion-MNIST, 3 seeds: eval()  train()  train(), sorted")
for name, values in big.items():
    in_eval, in_train, in_order = 100 * torch.tensor(values).mean(0)
    print(f"{name:22} {in_eval:6.0f} % {in_train:6.0f} % {in_order:10.0f} %")
near, maps, pooled = (torch.tensor(values) for values in big.values())
assert near[:, 0].min() > 0.75 < maps[:, 0].min(), f"should be trained: {big}"
gap = (near - maps)[:, :2].abs().max().item()
assert gap < 0.08, f"unsorted, the first two should be alike, differ by {gap:.2f}"
assert near[:, 2].max() < 0.3, f"sorting should ruin it: {near[:, 2]}"
lost = (maps[:, 0] - maps[:, 2]).max().item()
assert lost < 0.12, f"on maps alone it should cost points, cost {lost:.2f}"
fallen = (pooled[:, 1] - pooled[:, 2]).min().item()
assert fallen > 0.25, f"averaged maps should suffer too, fell by {fallen:.2f}"

measured = {"eval": 100 * right.mean().item(), "shuffled": 100 * shuffled.mean().item()}
measured |= {"sorted": 100 * ordered.mean().item(), "pairs": 100 * pairs.mean().item()}
measured |= {"alone": 100 * alone.mean().item()}
measured |= {"own_mean": 100 * own_mean.mean().item()}
measured |= {"own_var": 100 * own_var.mean().item()}
for name, values in (("near", near), ("maps", maps), ("pooled", pooled)):
    in_order = 100 * values[:, 2].mean().item()
    measured |= {f"{name}_sorted": in_order}
measured |= {"near_eval": 100 * near[:, 0].mean().item()}
measured |= {"maps_eval": 100 * maps[:, 0].mean().item()}
measured |= {"pooled_train": 100 * pooled[:, 1].mean().item()}
