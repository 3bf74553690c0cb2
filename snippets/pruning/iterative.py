"""With the same shares of the layers rounds need many epochs to pay, and pay little."""

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
# region: a network of three layers, trained for 10 epochs
def trained_network(seed):
    """64-300-100-10, 50,200 weights; its three weight layers stand at 1, 3, 5."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, 300),
        nn.ReLU(),
        nn.Linear(300, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    x, y, _, _ = split(seed)
    for _ in range(10):
        train_epoch(model, optimizer, x, y, batch_size=100)
    return model


# endregion
rounds = 4  # try: 1, 2, 12
left, num_epochs = 0.02, 12  # of the weights; in all rounds together
seed = 0
model = trained_network(seed)
x, y, test_x, test_y = split(seed)
layers = [(model[i], "weight") for i in (1, 3, 5)]
each = left ** (1 / rounds)  # what a cut leaves of what is left

print("cut  weights left  of the middle layer   test accuracy: cut    trained")
for cut in range(1, rounds + 1):
    prune.global_unstructured(layers, prune.L1Unstructured, amount=1 - each)
    before = accuracy(model, test_x, test_y)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.04)
    for _ in range(num_epochs // rounds):
        train_epoch(model, optimizer, x, y, batch_size=100)
    after = accuracy(model, test_x, test_y)
    middle = model[3].weight_mask.mean().item()
    print(f"{cut:3d} {each**cut:12.1%} {middle:18.1%}", end="")
    print(f"{before:25.1%} {after:9.1%}")
assert abs(each**rounds - left) < 1e-9, "the cuts together should leave the share"

# %% proof: 12 seeds, the same shares in one cut and in four, rates by 3 other seeds
assert rounds == 4, f"what is written is about four rounds, not {rounds}"


def cut_and_train(model, num_cuts, epochs, lr, x, y):
    """Cut in so many rounds, each layer by its size; the epochs are those of all."""
    pruned = copy.deepcopy(model)
    layers = [pruned[i] for i in (1, 3, 5)]
    sums = [sum(layer.weight.shape) for layer in layers]  # inputs + outputs
    for cut in range(1, num_cuts + 1):
        # towards 1,004 weights: 418, 459 and 126, as far each time for every layer
        for layer, size in zip(layers, sums, strict=True):
            total, goal = layer.weight.numel(), 1004 * size / sum(sums)
            keep = round(total * (goal / total) ** (cut / num_cuts))
            stays = (layer.weight != 0).sum().item() if cut > 1 else total
            prune.l1_unstructured(layer, "weight", amount=stays - keep)
        # fused: the same steps in one call for all weights, which is faster
        optimizer = torch.optim.Adam(pruned.parameters(), lr=lr, fused=True)
        for _ in range(epochs // num_cuts):
            train_epoch(pruned, optimizer, x, y, batch_size=100)
    kept = [int(layer.weight_mask.sum()) for layer in layers]
    assert kept == [418, 459, 126], f"the shares should be the same, {kept}"
    return pruned


ARMS = [(1, 8), (4, 8), (1, 24), (4, 24)]  # cuts, epochs in all
RATES = (0.002, 0.01, 0.03, 0.1)
tried = {arm: [] for arm in ARMS}
for seed in range(5000, 5300, 100):
    trained = trained_network(seed)
    x, y, valid_x, valid_y = split(seed)
    for arm in ARMS:
        runs = [cut_and_train(trained, *arm, lr, x, y) for lr in RATES]
        tried[arm].append([100 * accuracy(run, valid_x, valid_y) for run in runs])
rate = {arm: RATES[torch.tensor(tried[arm]).mean(0).argmax()] for arm in ARMS}

found = {arm: [] for arm in ARMS}
for seed in range(0, 1200, 100):
    trained = trained_network(seed)
    x, y, test_x, test_y = split(seed)
    for arm in ARMS:
        pruned = cut_and_train(trained, *arm, rate[arm], x, y)
        found[arm].append(100 * accuracy(pruned, test_x, test_y))
found = {arm: torch.tensor(values) for arm, values in found.items()}

print("2 % left, the same shares     rate   test accuracy   four minus one, 12 seeds")
gain, error, difference = {}, {}, {}
for cuts, epochs in ARMS:
    values = found[cuts, epochs]
    name = f"{('one cut', 'four cuts')[cuts > 1]}, {epochs} epochs"
    print(f"{name:24s}{rate[cuts, epochs]:11.3f}{values.mean():14.1f} %", end="")
    if cuts == 4:
        difference[epochs] = values - found[1, epochs]
        gain[epochs] = difference[epochs].mean().item()
        error[epochs] = difference[epochs].std().item() / 12**0.5
        print(f"{gain[epochs]:+15.1f} ± {error[epochs]:.1f}", end="")
    print()

ax = plt.figure(figsize=(6, 2.6)).gca()
for row, arm in enumerate(ARMS):
    ax.plot(found[arm], [row] * 12, "o", alpha=0.5, color="C0")
    ax.plot(found[arm].mean(), row, "|", markersize=22, color="C1", markeredgewidth=2)
names = [f"{('one cut', 'four cuts')[c > 1]}, {e} epochs" for c, e in ARMS]
ax.set_yticks(range(4), names)
ax.invert_yaxis()
ax.set_xlabel("test accuracy, %, one dot a seed; bar: mean")
plt.show()

measured = {"short": gain[8], "short_se": error[8], "long": gain[24]}
measured |= {"long_se": error[24], "once": found[1, 8].mean().item()}
measured |= {"low": str(min(rate.values())), "high": str(max(rate.values()))}
assert all(RATES[0] < r < RATES[-1] for r in rate.values()), f"rates inside: {rate}"
more = difference[24] - difference[8]
measured |= {"more": more.mean().item(), "more_se": more.std().item() / 12**0.5}
longer = (found[1, 24] - found[1, 8]).mean().item()
measured |= {"longer": longer, "rounds_longer": longer + measured["more"]}
least = measured["more"] - 2 * measured["more_se"]
assert least > 0, f"many epochs should favour rounds: {measured}"
assert gain[8] + 2 * error[8] < 0, f"with few epochs rounds should lose: {measured}"
reach = abs(gain[24]) + 2 * error[24]
assert reach < 3, f"with many, timing should matter little: up to {reach:.1f}"
