"""Dropout before or after the activation is one thing for ReLU, two for tanh."""

import torch
from torch import nn

p = 0.5  # try: 0.2, 0.8
activations = {"ReLU": nn.ReLU(), "leaky ReLU": nn.LeakyReLU()}
activations |= {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "GELU": nn.GELU()}
dropout = nn.Dropout(p)
torch.manual_seed(0)
a = torch.randn(1000)  # what the linear layer puts out
print("largest gap between the two orders, same units dropped")
for name, activation in activations.items():
    torch.manual_seed(1)
    before = activation(dropout(a))  # Linear, Dropout, activation
    torch.manual_seed(1)  # the same mask again
    after = dropout(activation(a))  # Linear, activation, Dropout
    gap = (before - after).abs().max()
    print(f"{name:10s}  {gap:.1f}")


def mean_if_before(activation, a):
    """The mean over both sides of the coin, with dropout before the activation."""
    stays, is_dropped = activation(a / (1 - p)), activation(0 * a)
    return (1 - p) * stays + p * is_dropped


# region: the picture
import matplotlib.pyplot as plt

grid = torch.linspace(-4, 4, 201)
figure, axes = plt.subplots(1, 3, figsize=(6.6, 2.5))
for ax, name in zip(axes, ("ReLU", "sigmoid", "tanh"), strict=True):
    ax.plot(grid, activations[name](grid), lw=2.5, label="after")
    ax.plot(grid, mean_if_before(activations[name], grid), "--", label="before")
    ax.set_title(name)
    ax.set_xlabel("pre-activation")
axes[0].set_ylabel("mean output")
axes[0].legend()
plt.show()
# endregion

# %% proof: outputs, gradients and means for nine p; then training, 12 pairs of seeds
a = torch.randn(1000, requires_grad=True)
for p in [i / 10 for i in range(1, 10)]:
    dropout = nn.Dropout(p)
    for name, activation in activations.items():
        torch.manual_seed(1)
        before = activation(dropout(a))
        torch.manual_seed(1)
        after = dropout(activation(a))
        torch.manual_seed(1)
        dropped = dropout(torch.ones(1000)) == 0
        slopes = [
            torch.autograd.grad(out.square().sum(), a)[0] for out in (before, after)
        ]
        same = torch.allclose(before, after, atol=1e-5)
        same_slopes = torch.allclose(*slopes, rtol=1e-4, atol=1e-4)
        shift = (mean_if_before(activation, a) - activation(a)).abs().max().item()
        if "ReLU" in name:
            assert same and same_slopes, f"{name}, {p}: both orders should be equal"
            assert shift < 1e-5, f"{name}, {p}: the mean should stay, {shift:.1e}"
        else:
            assert not same and not same_slopes, (
                f"{name}, {p}: the orders should differ"
            )
            assert shift > 0.02, (
                f"{name}, {p}: before should shift the mean, {shift:.3f}"
            )
        quiet = (before[dropped] == 0).all().item()
        assert quiet == (name != "sigmoid"), f"{name}: dropped before it is 0: {quiet}"
        assert (after[dropped] == 0).all(), f"{name}: dropped after it should be 0"
        ends = mean_if_before(activation, torch.tensor([-4.0, 4.0]))
        flat = (ends - activation(torch.tensor([-4.0, 4.0]))).abs().min().item()
        assert (flat > 0.03) == (name in ("sigmoid", "tanh")), (
            f"{name}: ends off {flat}"
        )

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


def trained(activation, order, lr, seed, num_epochs=40):
    """Test loss and test error in % after each epoch, p = 0.5, (epochs, 2)."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed, train_size=300)
    layers, width = [nn.Flatten()], 64
    for _ in range(2):
        pair = [activation(), nn.Dropout(0.5)]
        layers += [nn.Linear(width, 128), *(pair if order == "after" else pair[::-1])]
        width = 128
    model = nn.Sequential(*layers, nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    rows = []
    for _ in range(num_epochs):
        train_epoch(model, optimizer, train_x, train_y)
        error = 100 - 100 * accuracy(model, test_x, test_y)
        with torch.no_grad():
            rows.append([nn.functional.cross_entropy(model(test_x), test_y), error])
    return torch.tensor(rows)


# Rates of 0.001 to 0.008 tried on seeds 7000 and 7100; the best of each:
rates = {("tanh", "after"): 0.004, ("tanh", "before"): 0.001}
rates |= {("GELU", "after"): 0.004, ("GELU", "before"): 0.002}
measured = {}
print("300 digits, 12 seeds, each order at its best rate and epoch")
for name, activation in (("tanh", nn.Tanh), ("GELU", nn.GELU)):
    at_best = {}
    for order in ("after", "before"):
        runs = [
            trained(activation, order, rates[name, order], 100 * s) for s in range(12)
        ]
        runs = torch.stack(runs)  # (12, epochs, 2)
        best = runs.mean(0)[:, 0].argmin()
        at_best[order] = runs[:, best]  # (12, 2)
    gain = at_best["before"] - at_best["after"]
    loss, error = gain.mean(0).tolist()
    loss_se, error_se = (gain.std(0) / 12**0.5).tolist()
    print(
        f"{name}: after it the loss is lower by {loss:.3f} +- {loss_se:.3f}", end=", "
    )
    print(f"the error by {error:.2f} +- {error_se:.2f} points")
    measured |= {f"{name}_gain": loss, f"{name}_gain_se": loss_se}
    measured["level"] = at_best["after"].mean(0)[0].item()  # of GELU, in the end
    widest = abs(loss) + 2 * loss_se
    assert widest < 0.025, f"{name}: neither order should lead by much, {loss:.3f}"
    assert abs(error) < 1, f"{name}: nor by a point of error, {error:.2f}"
