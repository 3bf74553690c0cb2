"""Most of a small CNN's weights can go if the smallest go and the rest is trained."""

import copy

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.utils import prune

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
# region: a small CNN, trained for 10 epochs
def trained_network(seed, x, y):
    """Two convolutions and two linear layers, 9,736 weights."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(256, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(10):
        train_epoch(model, optimizer, x, y)
    return model


# endregion
sparsity = 0.9  # try: 0.6, 0.8, 0.98
x, y, test_x, test_y = split(seed=0)
model = trained_network(0, x, y)
print(f"trained: {accuracy(model, test_x, test_y):.1%}")


def cut(model, share, method=prune.L1Unstructured):
    """A copy with one threshold over all layers, or with random zeros."""
    pruned = copy.deepcopy(model)
    layers = [(pruned[i], "weight") for i in (0, 3, 6, 8)]
    prune.global_unstructured(layers, method, amount=share)
    return pruned


pruned = cut(model, sparsity)
print(f"smallest {sparsity:.0%} zeroed: {accuracy(pruned, test_x, test_y):.1%}")
optimizer = torch.optim.Adam(pruned.parameters(), lr=3e-3)
for _ in range(4):  # the mask stays on
    train_epoch(pruned, optimizer, x, y)
back = accuracy(pruned, test_x, test_y)
print(f"trained for 4 epochs more: {back:.1%}")
# region: the plot, with other shares
SHARES = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
ax = plt.figure(figsize=(6, 3)).gca()
for method, style, name in (
    (prune.L1Unstructured, "s--", "smallest, not trained again"),
    (prune.RandomUnstructured, "v:", "random, not trained again"),
):
    networks = [cut(model, share, method) for share in SHARES]
    accuracies = [100 * accuracy(network, test_x, test_y) for network in networks]
    ax.plot([100 * share for share in SHARES], accuracies, style, label=name)
ax.plot(100 * sparsity, 100 * back, "*", ms=14, color="C2", label="trained again")
ax.set_xlabel("weights that are zero, %")
ax.set_ylabel("test accuracy, %")
ax.legend(loc="lower left")
plt.show()
# endregion

# %% proof: 12 seeds, seven shares, four ways
curves = {"smallest, trained again": [], "smallest": []}
curves |= {"smallest of each layer": [], "at random": []}
for seed in range(0, 1200, 100):
    x, y, test_x, test_y = split(seed)
    model = trained_network(seed, x, y)
    for name, curve in curves.items():
        for share in SHARES:
            pruned = copy.deepcopy(model)
            layers = [(pruned[i], "weight") for i in (0, 3, 6, 8)]
            if name == "smallest of each layer":
                for layer, weight in layers:
                    prune.l1_unstructured(layer, weight, amount=share)
            else:
                random = name == "at random"
                method = prune.RandomUnstructured if random else prune.L1Unstructured
                prune.global_unstructured(layers, method, amount=share)
            if name == "smallest, trained again" and share in (0, 0.9, 0.98):
                optimizer = torch.optim.Adam(pruned.parameters(), lr=3e-3)
                for _ in range(4):
                    train_epoch(pruned, optimizer, x, y)
            curve.append(100 * accuracy(pruned, test_x, test_y))
curves = {name: torch.tensor(runs).view(12, 7) for name, runs in curves.items()}
again = curves["smallest, trained again"]
again[:, [1, 2, 3, 5]] = float("nan")  # not trained again there

print("zeros                     " + "".join(f"{100 * s:7.0f} %" for s in SHARES))
left = [100 * (1 - s) for s in SHARES]
ax = plt.figure(figsize=(6, 3.6)).gca()
for (name, runs), style in zip(curves.items(), ("o-", "s--", "^-.", "v:"), strict=True):
    row = "".join(f"{a:7.1f} %" if a == a else f"{'':9s}" for a in runs.mean(0))
    print(f"{name:26s}{row}")
    shown = [k for k in range(7) if runs[0, k] == runs[0, k]]
    mean, error = runs.mean(0)[shown], runs.std(0)[shown] / 12**0.5
    places = [left[k] for k in shown]
    ax.semilogx(places, mean, style, label=name)
    ax.fill_between(places, mean - error, mean + error, alpha=0.25)
ax.set_xticks(left, [f"{value:.0f}" for value in left])
ax.minorticks_off()
ax.invert_xaxis()
ax.set_xlabel("weights left, %")
ax.set_ylabel("test accuracy, %")
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2)
plt.show()


def cost(name, column):
    """Points lost against the same row with all weights, and the standard error."""
    lost = curves[name][:, 0] - curves[name][:, column]
    return lost.mean().item(), lost.std().item() / 12**0.5


half, half_se = cost("smallest", 1)
random_half, random_se = cost("at random", 1)
ninety, ninety_se = cost("smallest, trained again", 4)
most, most_se = cost("smallest, trained again", 6)
untrained, untrained_se = cost("smallest", 4)
measured = {"half": half, "half_se": half_se, "random_half": random_half}
measured |= {"ninety": ninety, "ninety_se": ninety_se, "untrained": untrained}
measured |= {"random_se": random_se, "most": most, "most_se": most_se}
measured |= {"untrained_se": untrained_se}
together, single = (curves[k].mean(0) for k in ("smallest", "smallest of each layer"))
measured["layers"] = (together - single)[3].item()
# Shares of the whole network's points, so that they mean the same on other images.
whole = curves["smallest, trained again"][:, 0].mean().item()
lost = {"half at random": random_half - 2 * random_se, "98 %": most - 2 * most_se}
lost |= {"90 % untrained": untrained - 2 * untrained_se}
lost = {name: points / whole for name, points in lost.items()}
assert lost["half at random"] > 0.35, f"a random half should matter: {lost}"
assert lost["90 % untrained"] > 0.2, f"90 % should need training: {lost}"
assert lost["98 %"] > 0.4, f"98 % should be too much: {lost}"
assert half + 2 * half_se < 0.02 * whole, f"half should hardly matter: {half:.1f}"
back = (ninety + 2 * ninety_se) / untrained
assert back < 0.25, f"with training most should come back: {back:.2f} of it stays lost"
assert measured["layers"] > 10, f"one threshold should delay the fall: {measured}"
for k in (1, 2, 3, 4):
    assert single[k] > curves["at random"].mean(0)[k] + 5, "random should fall first"
