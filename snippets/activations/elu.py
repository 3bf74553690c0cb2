"""ELU levels off at -alpha, and its slope has no jump at 0 for alpha = 1 alone."""

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
alpha = 1.0  # try: 0.5, 2.0
z = torch.tensor([-20.0, -1.0, -1e-6, 1e-6, 3.0], requires_grad=True)
y = F.elu(z, alpha)
by_hand = torch.where(z > 0, z, alpha * (z.exp() - 1))
(slope,) = torch.autograd.grad(y.sum(), z)
print("input  ", *[f"{one:6.2f}" for one in z])
print("output ", *[f"{one:6.2f}" for one in y])
print("slope  ", *[f"{one:6.2f}" for one in slope])
gap = (y - by_hand).abs().max().item()
assert gap < 1e-6, f"by hand it should be the same, gap {gap:.1e}"
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-6, 2, 801, requires_grad=True)
bent = F.elu(line, alpha)
(steep,) = torch.autograd.grad(bent.sum(), line)
plt.plot(line.detach(), bent.detach(), "C0-", lw=2, label=f"ELU, alpha = {alpha}")
plt.plot(line.detach(), steep, "C1--", label="its slope")
plt.plot(line.detach(), line.detach().relu(), ":", color="0.4", label="ReLU")
plt.ylim(-2.3, 2.3)
plt.xlabel("input")
plt.legend(loc="upper left")
plt.gcf().set_size_inches(4.4, 2.8)
plt.show()
# endregion

# %% proof: the slope on both sides, and the means of 12 pairs of networks
for alpha in (0.5, 1.0, 2.0):
    z = torch.tensor([-20.0, -1e-6, 1e-6], requires_grad=True)
    y = F.elu(z, alpha)
    (slope,) = torch.autograd.grad(y.sum(), z)
    assert abs(y[0] + alpha) < 1e-6, f"should level off at -{alpha}, is {y[0]:.4f}"
    assert abs(slope[1] - alpha) < 1e-4, f"left of 0 {alpha}, is {slope[1]:.4f}"
    assert slope[2] == 1, f"right of 0 the slope should be 1, is {slope[2]:.4f}"
    jump = abs(slope[1] - slope[2]).item()
    assert (jump < 1e-4) == (alpha == 1), f"alpha = {alpha}: a jump of {jump:.4f}"
    (slope,) = torch.autograd.grad(F.celu(z, alpha).sum(), z)
    assert abs(slope[1] - 1) < 1e-4, f"CELU should have no jump: {slope[1]:.4f}"
    slope = F.elu(z, alpha)[0] + alpha
    assert abs(slope) < 1e-5, f"far below 0 the slope should be 0, is {slope:.1e}"
z = torch.linspace(-3, 0, 31, requires_grad=True)
for slip in (z.exp() - 1, 2 * z.exp() - 1):  # alpha left out, or its bracket
    gap = (F.elu(z, 2.0) - slip).abs().max().item()
    assert gap > 0.9, f"with alpha = 2 the slip should show, gap {gap:.2f}"


def means(unit, seed):
    """Mean output of the first hidden layer, before and after three epochs."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    hidden = nn.Linear(64, 64), unit(), nn.Linear(64, 64), unit()
    model = nn.Sequential(nn.Flatten(), *hidden, nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = model[:3](train_x).mean().item()
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    after = model[:3](train_x).mean().item()
    return before, after, 100 * accuracy(model, test_x, test_y)


measured = {}
units = {"relu": nn.ReLU, "elu": nn.ELU}
runs = {}
for name, unit in units.items():
    runs[name] = torch.tensor([means(unit, seed) for seed in range(0, 1200, 100)])
    before, after, right = runs[name].mean(0).tolist()
    print(f"{name:5s}: mean {before:.2f} before, {after:.2f} after,", end=" ")
    print(f"test accuracy {right:.0f} %")
    measured |= {f"{name}_before": before, f"{name}_after": after}
for when, k in (("before", 0), ("after", 1)):
    nearer = runs["elu"][:, k].abs() / runs["relu"][:, k].abs()
    assert nearer.max() < 0.9, f"{when}: ELU's mean should be nearer 0, {nearer}"
