"""A global maximum learns faster than a global mean, and its lead shrinks."""

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
def network(kind):
    """Two convolutions; the last maps, whole, are pooled to one value each."""
    pool = {"max": nn.AdaptiveMaxPool2d(1), "average": nn.AdaptiveAvgPool2d(1)}
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, stride=2, padding=1),  # (N, 16, 4, 4)
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),  # (N, 32, 4, 4)
        nn.ReLU(),
        pool[kind],  # (N, 32, 1, 1)
        nn.Flatten(),
        nn.Linear(32, 10),
    )


num_epochs = 3  # try: 12, 25
for kind, lr in (("max", 0.02), ("average", 0.04)):
    torch.manual_seed(0)
    train_x, train_y, test_x, test_y = split(0)
    model = network(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(num_epochs):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    error = 100 - 100 * accuracy(model, test_x, test_y)
    print(f"{kind:7s} pooling, after {num_epochs} epochs: test error {error:4.1f} %")

# %% proof: 12 seeds, whole curves, each kind at its best rate on other seeds
import matplotlib.pyplot as plt

shown = (1, 3, 6, 12)


def curve(kind, lr, seed):
    """The test error in % after each of the epochs in `shown`."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model, errors = network(kind), []
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(1, shown[-1] + 1):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
        if epoch in shown:
            errors.append(100 - 100 * accuracy(model, test_x, test_y))
    return errors


seeds = range(1000, 2200, 100)
rates = {"max": 0.02, "average": 0.04}  # of 0.005, 0.01, 0.02, 0.04, 0.08
curves = {}
for kind, lr in rates.items():
    curves[kind] = torch.tensor([curve(kind, lr, seed) for seed in seeds])  # (12, 4)
    mean, spread = curves[kind].mean(0), curves[kind].std(0)
    plt.plot(shown, mean, "os"[kind == "max"] + "-", label=f"global {kind} pooling")
    plt.fill_between(shown, mean - spread, mean + spread, alpha=0.2)
plt.xscale("log")
plt.yscale("log")
plt.xticks(shown, shown)
plt.yticks([3, 5, 10, 20, 50], [3, 5, 10, 20, 50])
plt.minorticks_off()
plt.xlabel("epoch")
plt.ylabel("test error in %")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
gaps = curves["average"] - curves["max"]  # (12, 4), seed by seed
lead, error = gaps.mean(0), gaps.std(0) / len(gaps) ** 0.5
print("epoch      lead of max pooling in points")
for epoch, mean, spread in zip(shown, lead.tolist(), error.tolist(), strict=True):
    print(f"{epoch:5d}      {mean:5.1f} +- {spread:.1f}")
at = {epoch: column for column, epoch in enumerate(shown)}
measured = {"early": lead[at[3]].item(), "early_se": error[at[3]].item()}
measured |= {"late": lead[at[12]].item(), "late_se": error[at[12]].item()}
early, late = measured["early"], measured["late"]
assert early > 5 * measured["early_se"], f"max should lead clearly early, {measured}"
assert late < early / 4, f"of the lead under a quarter should be left, {late:.1f}"
assert late > 2 * measured["late_se"], f"max should still be ahead, {measured}"
falling = lead.diff().max().item()
assert falling < 0, f"the lead should fall from each epoch shown to the next, {lead}"
