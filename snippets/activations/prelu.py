"""PReLU learns its slope, and max(ax, x) is another function once it is above 1."""

import torch
from torch import nn
from torch.nn import functional as F

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


a = 2.0  # try: 0.25, -0.5
x = torch.linspace(-2, 2, 5)
prelu = F.prelu(x, torch.tensor([a]))
as_maximum = torch.maximum(a * x, x)
print("x          ", *[f"{one:5.1f}" for one in x])
print(f"PReLU, {a:4.2f}", *[f"{one:5.1f}" for one in prelu])
print("max(ax, x) ", *[f"{one:5.1f}" for one in as_maximum])
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-2, 2, 81)
plt.plot(line, F.prelu(line, torch.tensor([a])), "C0-", label=f"PReLU, a = {a}")
plt.plot(line, torch.maximum(a * line, line), "C1--", lw=2.4, label=f"max({a}x, x)")
plt.ylim(-4.2, 4.2)
plt.xlabel("x")
plt.ylabel("output")
plt.legend()
plt.gcf().set_size_inches(4.2, 2.7)
plt.show()
# endregion

# %% proof: the maximum for many slopes, the slope's gradient, 12 seeds of learning
z = torch.linspace(-2, 2, 401)
for a in (-2.0, 0.0, 0.01, 0.25, 1.0, 1.5, 2.0, 5.0):
    unit = F.prelu(z, torch.tensor([a]))
    largest = torch.maximum(a * z, z)
    by_hand = torch.where(z > 0, z, a * z)
    assert torch.equal(unit, by_hand), f"PReLU should be ax below zero alone, a = {a}"
    gap = (unit - largest).abs().max().item()
    assert abs(gap - 2 * max(a - 1, 0)) < 1e-5, f"a = {a}: the two differ by {gap:.3f}"
assert torch.equal(largest, torch.where(z > 0, 5 * z, z)), "a = 5: the sides swap"

torch.manual_seed(0)
a, delta = torch.tensor([0.25], requires_grad=True), torch.randn(401)
(gradient,) = torch.autograd.grad((delta * F.prelu(z, a)).sum(), a)
by_formula = (delta * z.clamp(max=0)).sum()
gap = abs(gradient - by_formula).item()
assert gap < 1e-4, f"the slope's gradient should be sum(delta min(0, x)), gap {gap:.1e}"


def learned(lr, seed):
    """The slopes of two layers after eight epochs, and the accuracy in %."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    hidden = nn.Linear(64, 64), nn.PReLU(), nn.Linear(64, 64), nn.PReLU()
    model = nn.Sequential(nn.Flatten(), *hidden, nn.Linear(64, 10))
    start = [model[2].weight.item(), model[4].weight.item()]
    assert start == [0.25, 0.25], f"both should start at 0.25, {start}"
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(8):
        train_epoch(model, optimizer, train_x, train_y)
    slopes = model[2].weight.item(), model[4].weight.item()
    return *slopes, 100 * accuracy(model, test_x, test_y)


print("\nrate   slope 1   slope 2   accuracy")
runs = {}
for lr in (0.05, 0.2):
    rows = [learned(lr, seed) for seed in range(0, 1200, 100)]
    runs[lr] = torch.tensor(rows)  # (12, 3)
    mean = runs[lr].mean(0).tolist()
    print("{:4}  {:8.2f}  {:8.2f}  {:7.0f} %".format(lr, *mean))
least = runs[0.2][:, :2].min().item()
measured = {"slope": runs[0.2][:, :2].mean().item(), "least": least}
measured["slow"] = runs[0.05][:, :2].mean().item()
assert least > 1.05, f"at rate 0.2 each slope should pass 1, the least is {least:.2f}"
assert measured["slow"] > 0.5, f"at 0.05 they should rise as well, {measured}"
