"""After fine-tuning each ranking of filters, and random choice, end close together."""

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
# region: a small CNN, trained for 6 epochs
def trained_network(seed):
    """Two convolutions of 16 and 32 filters, each with ReLU and pooling behind it."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    x, y, _, _ = split(seed)
    for _ in range(6):
        train_epoch(model, optimizer, x, y)
    return model


# endregion
# Weights w (F, C, 3, 3), maps a and their gradients (N, F, H, W) to scores (F,).
RANKINGS = {
    "L1": lambda w, a, grad: w.abs().sum((1, 2, 3)),
    "L2": lambda w, a, grad: w.square().sum((1, 2, 3)),
    "Taylor": lambda w, a, grad: (a * grad).sum((2, 3)).abs().mean(0),
    "APoZ": lambda w, a, grad: (a > 0).float().mean((0, 2, 3)),
    "activation": lambda w, a, grad: a.mean((0, 2, 3)),
    "random": lambda w, a, grad: torch.rand(len(w)),
}
ranking = "L1"  # try: "Taylor", "APoZ", "random"


# region: scores of both convolutions, and half of their filters silenced
def scores(model, x, y, ranking):
    """The scores of the filters of both convolutions; the lowest go."""
    first = model[:2](x)  # (N, 16, 8, 8), behind ReLU
    second = model[2:5](first)  # (N, 32, 4, 4)
    loss = nn.functional.cross_entropy(model[5:](second), y)
    slopes = torch.autograd.grad(loss, (first, second))
    weights = model[0].weight.detach(), model[3].weight.detach()
    score = RANKINGS[ranking]
    maps = first.detach(), second.detach()
    return [score(*three) for three in zip(weights, maps, slopes, strict=True)]


def silence(model, found):
    """Zero the lower half of the filters of both convolutions, and their biases."""
    for layer, score in zip((model[0], model[3]), found, strict=True):
        alive = torch.ones(len(score))
        alive[score.argsort()[: len(score) // 2]] = 0
        mask = alive[:, None, None, None].expand_as(layer.weight)
        prune.custom_from_mask(layer, "weight", mask)
        prune.custom_from_mask(layer, "bias", alive)


# endregion
model = trained_network(seed=0)
x, y, test_x, test_y = split(seed=0)
print(f"whole network: {accuracy(model, test_x, test_y):.1%}")
silence(model, scores(model, x, y, ranking))
print(f"half of the filters gone by {ranking}: {accuracy(model, test_x, test_y):.1%}")
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(2):
    train_epoch(model, optimizer, x, y)
print(f"after two epochs: {accuracy(model, test_x, test_y):.1%}")

# %% proof: 12 seeds, six rankings, rates by 3 other seeds
RATES = (0.0003, 0.001, 0.004, 0.012, 0.04)


def pruned_and_trained(model, found, lr, x, y, x_to_judge, y_to_judge):
    """Accuracy in % with half of the filters, before and after two epochs."""
    pruned = copy.deepcopy(model)
    silence(pruned, found)
    before = 100 * accuracy(pruned, x_to_judge, y_to_judge)
    optimizer = torch.optim.Adam(pruned.parameters(), lr=lr)
    for _ in range(2):
        train_epoch(pruned, optimizer, x, y)
    return before, 100 * accuracy(pruned, x_to_judge, y_to_judge)


tried = {name: [] for name in RANKINGS}
for seed in range(5000, 5300, 100):
    dense = trained_network(seed)
    for name in RANKINGS:
        kept = scores(
            dense, *split(seed)[:2], name
        )  # chance too: one draw for all rates
        runs = [pruned_and_trained(dense, kept, lr, *split(seed))[1] for lr in RATES]
        tried[name].append(runs)
rate = {
    name: RATES[torch.tensor(runs).mean(0).argmax()] for name, runs in tried.items()
}

whole, before, after = (
    [],
    {name: [] for name in RANKINGS},
    {name: [] for name in RANKINGS},
)
for seed in range(0, 1200, 100):
    dense = trained_network(seed)
    x, y, test_x, test_y = split(seed)
    whole.append(100 * accuracy(dense, test_x, test_y))
    for name in RANKINGS:
        kept = scores(dense, x, y, name)
        a, b = pruned_and_trained(dense, kept, rate[name], x, y, test_x, test_y)
        before[name].append(a)
        after[name].append(b)
whole = torch.tensor(whole)
before = {name: torch.tensor(values) for name, values in before.items()}
after = {name: torch.tensor(values) for name, values in after.items()}

print(f"whole network {whole.mean():.1f} %, then half of the filters gone; 12 seeds")
print("ranking       rate   untrained   2 epochs     minus random")
lead, error = {}, {}
for name, values in after.items():
    gain = values - after["random"]
    lead[name], error[name] = gain.mean().item(), gain.std().item() / 12**0.5
    print(f"{name:11s}{rate[name]:7.3f}{before[name].mean():10.1f} %", end="")
    print(f"{values.mean():10.1f} % {lead[name]:+10.1f} ± {error[name]:.1f}")
ax = plt.figure(figsize=(6, 3.4)).gca()
for row, name in enumerate(RANKINGS):
    ax.plot(before[name], [row - 0.15] * 12, "o", color="C0")
    ax.plot(after[name], [row + 0.15] * 12, "^", color="C1")
ax.plot([], [], "o", color="C0", label="without training")
ax.plot([], [], "^", color="C1", label="after two epochs")
ax.set_yticks(range(6), list(RANKINGS))
ax.invert_yaxis()
ax.set_xlabel("test accuracy, %, one mark a seed")
ax.legend()
plt.show()

better = (after["L1"] + after["L2"] + after["Taylor"]) / 3
damage_random = (whole - after["random"]).mean()
ahead = better - after["random"]
ahead, ahead_se = ahead.mean().item(), ahead.std().item() / 12**0.5
measured = {"ahead": ahead, "ahead_se": ahead_se}
measured |= {"damage_random": damage_random.item()}
measured |= {"apoz": lead["APoZ"], "apoz_se": error["APoZ"]}
measured |= {"active": lead["activation"], "active_se": error["activation"]}
measured |= {"low": str(min(rate.values())), "high": str(max(rate.values()))}
measured["wide"] = min(values.std().item() for values in before.values())
measured["narrow"] = max(values.std().item() for values in after.values())
assert all(RATES[0] < r < RATES[-1] for r in rate.values()), f"rates inside: {rate}"
for name in RANKINGS:
    assert abs(lead[name]) < 4, f"{name} should end near random: {lead[name]:.1f}"
lowest = min(values.mean() for values in after.values())
highest = max(values.mean() for values in before.values())
measured["gap"] = (lowest - highest).item()
assert lowest - highest > 8, f"training should matter more: {lowest:.1f}, {highest:.1f}"
assert measured["wide"] > 2 * measured["narrow"], f"untrained scatters more: {measured}"
