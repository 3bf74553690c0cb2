"""SGD with momentum and Adam on digits, each at its best rate, seed by seed."""

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
def network():
    """Two convolutions with max pooling."""
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64, 10)),
    )


name = "Adam"  # try: "SGD"
lr = 0.01  # try: 0.0001, 0.1, 1.0
seed, num_epochs = 0, 10
torch.manual_seed(seed)
train_x, train_y, test_x, test_y = split(seed)
model = network()
if name == "Adam":
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
else:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_epochs)
for epoch in range(num_epochs):
    train_epoch(model, optimizer, train_x, train_y)
    schedule.step()
error = 100 - 100 * accuracy(model, test_x, test_y)
print(f"{name} at rate {lr}: test error {error:.1f} %")

# %% proof: rates chosen by 4 other seeds on other images, judged by 16 seeds
import matplotlib.pyplot as plt


def error_of(name, lr, seed, judge):
    """In %: of the test images, or of a fifth of the training images, kept apart."""
    torch.manual_seed(seed)
    train_x, train_y, x, y = split(seed)
    if not judge:
        train_x, x = train_x.split([800, 200])
        train_y, y = train_y.split([800, 200])
    model = network()
    if name == "Adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    for _ in range(10):
        train_epoch(model, optimizer, train_x, train_y)
        schedule.step()
    return 100 - 100 * accuracy(model, x, y)


rates = {"SGD": (0.02, 0.04, 0.08, 0.16), "Adam": (0.005, 0.01, 0.02, 0.04)}
choosing, best, errors, worst = range(70000, 70400, 100), {}, {}, {}
for name, style in (("SGD", "o-"), ("Adam", "s--")):
    runs = [[error_of(name, lr, s, False) for s in choosing] for lr in rates[name]]
    runs = torch.tensor(runs)  # (rates, 4)
    mean = runs.mean(1)
    best[name], worst[name] = rates[name][mean.argmin()], mean.max().item()
    assert mean[1:-1].min() < min(mean[0], mean[-1]), (
        f"{name}: inside its range, {mean}"
    )
    plt.errorbar(rates[name], mean, runs.std(1) / 2, fmt=style, capsize=3, label=name)
    tests = [error_of(name, best[name], seed, True) for seed in range(0, 1600, 100)]
    errors[name] = torch.tensor(tests)  # (16,)
    print(f"{name:4s} at rate {best[name]:5g}: test error {errors[name].mean():.2f} %")
plt.gca().set(xscale="log", yscale="log", xlabel="learning rate")
plt.ylabel("validation error, %")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
gaps = errors["Adam"] - errors["SGD"]  # seed by seed
gap, se = gaps.mean().item(), gaps.std().item() / 4
print(f"Adam minus SGD {gap:+.2f} +- {se:.2f} points (standard error of 16 pairs)")
measured = {"gap": gap, "se": se, "sgd": errors["SGD"].mean().item()}
measured |= {"adam": errors["Adam"].mean().item()}
for name in rates:
    off = [error_of(name, 10 * best[name], seed, True) for seed in range(0, 400, 100)]
    loss = sum(off) / 4 - errors[name][:4].mean().item()
    print(f"{name} at ten times its best rate: {loss:.0f} points worse")
    assert loss > 10, f"{name}: a rate far off should cost much, {loss:.0f} points"
assert abs(gap) + 2 * se < 0.8, (
    f"they should end within 0.8 points, {gap:.2f}, {se:.2f}"
)
assert best["Adam"] < best["SGD"], f"Adam's best rate should be the smaller, {best}"
