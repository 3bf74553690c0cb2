# %% [markdown]
# # Prune until it breaks
#
# How far can a trained convolutional network be pruned before it fails, and what decides that: the criterion, the
# schedule, or whether single weights or whole filters go? The [answers on pruning](../compression/pruning.md) take these
# one at a time. Here they meet on one network, with the same number of weights left and the same number of epochs.
# Measured are the test accuracy from a quarter of the weights down to one in two hundred, where the weights go, and what
# it buys in bytes, multiply-adds and time.
#
# ## The network that is to be pruned
#
# The data are the 8x8 digits of scikit-learn. A third is put aside once and used for testing only. From the rest, each seed
# draws 1,000 digits to train on; the 200 that are left over serve to choose learning rates.

# %%
import copy
import gzip
import time

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
torch.manual_seed(7000)
pool, test_rows = torch.randperm(len(y)).split([1200, 597])
layers = {"conv 1": 0, "conv 2": 3, "hidden": 6, "output": 8}  # where they stand in the network
full = (16, 32, 64)  # filters, filters, hidden units


def network(a, b, c):
    return nn.Sequential(nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(a, b, 3, padding=1),
                         nn.ReLU(), nn.Flatten(), nn.Linear(16 * b, c), nn.ReLU(), nn.Linear(c, 10))


def sizes(model):
    return [model[i].weight.numel() for i in layers.values()]


print("weights of " + ", ".join(f"{name}: {n:,}" for name, n in zip(layers, sizes(network(*full)), strict=True)))
total = sum(sizes(network(*full)))
assert total == 38_160, f"the network should have 38,160 weights, it has {total:,}"

# %% [markdown]
# The hidden layer holds most of the weights, as in many older networks. Biases are not pruned and not counted.
#
# Training is plain Adam. The argument `masks` holds pairs of a layer and a mask of ones and zeros, and puts the removed
# weights back to zero after each step; that is what `torch.nn.utils.prune` does by other means.

# %%
def train(model, rows, num_epochs, lr, masks=()):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in rows[torch.randperm(len(rows))].split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
            with torch.no_grad():
                for i, mask in masks:
                    model[i].weight.mul_(mask)


def accuracy(model, rows):
    with torch.no_grad():
        return 100 * (model(x[rows]).argmax(1) == y[rows]).float().mean().item()


def start(seed):
    """A trained network, the digits it was trained on, and those left over."""
    torch.manual_seed(seed)
    train_rows, left_over = pool[torch.randperm(len(pool))].split([1000, 200])
    model = network(*full)
    train(model, train_rows, num_epochs=15, lr=4e-3)
    return model, train_rows, left_over


trained = {seed: start(seed) for seed in range(0, 300, 100)}
dense = [accuracy(model, test_rows) for model, _, _ in trained.values()]
print("test accuracy before pruning, one a seed: " + ", ".join(f"{a:.1f} %" for a in dense))
dense = sum(dense) / 3
assert dense > 94, f"the network should be trained before it is pruned, accuracy {dense:.1f} %"

# %% [markdown]
# ## Four ways to choose the weights
#
# Removing the weight $w$ changes the loss $\ell$ by about $-w\, \partial \ell / \partial w$. The Taylor criterion squares
# this and sums over batches, as [@molchanov2019] do for groups of weights. Magnitude takes $\lvert w \rvert$, either with
# one threshold for the whole network or with the same share in each layer. Random choice is the control. A weight that is
# already gone gets -1, below every other: a Taylor score can be 0 for a weight that is still there, when no digit of the
# training set reaches its unit.

# %%
def scores(model, rows, criterion):
    weights = [model[i].weight for i in layers.values()]
    if criterion == "random":
        return [torch.rand_like(w) for w in weights]
    if criterion != "Taylor":
        return [w.detach().abs() for w in weights]
    total = [torch.zeros_like(w) for w in weights]
    for batch in rows.split(50):
        model.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        total = [s + (w * w.grad).detach().square() for s, w in zip(total, weights, strict=True)]
    return total


def cut_weights(model, rows, criterion, keep):
    """Zero all weights but `keep`; return the masks."""
    found = scores(model, rows, criterion)
    gone = [model[i].weight == 0 for i in layers.values()]  # by an earlier cut
    found = [s.masked_fill(g, -1).flatten() for s, g in zip(found, gone, strict=True)]
    groups = found if criterion == "magnitude by layer" else [torch.cat(found)]
    kept = [torch.zeros_like(s).index_fill(0, s.argsort(descending=True)[:round(keep / total * len(s))], 1) for s in groups]
    kept = torch.cat(kept).split([len(s) for s in found])
    masks = [(i, mask.view_as(model[i].weight)) for i, mask in zip(layers.values(), kept, strict=True)]
    with torch.no_grad():
        for i, mask in masks:
            model[i].weight.mul_(mask)
    return masks


# %% [markdown]
# ## Whole filters
#
# A filter of a convolution, or a unit of the hidden layer, is scored by the sum of its absolute weights [@li2017], within
# its layer. What is removed here is removed for real: the smaller layers are built, with the rows of this layer and the
# columns of the next. To see that nothing else changes, the same filters are also silenced in the large network.

# %%
def cut_filters(model, criterion, widths):
    """A smaller network of the given widths, with the weights of the filters that stay."""
    norms = [model[i].weight.detach().abs().flatten(1).sum(1) for i in (0, 3, 6)]
    ranks = [torch.rand_like(n) if criterion == "random" else n for n in norms]
    kept = [r.argsort(descending=True)[:n].sort().values for r, n in zip(ranks, widths, strict=True)]
    columns = [torch.arange(1), kept[0], (16 * kept[1][:, None] + torch.arange(16)).flatten(), kept[2]]
    small = network(*widths)
    with torch.no_grad():
        for i, rows, cols in zip(layers.values(), [*kept, torch.arange(10)], columns, strict=True):
            small[i].weight.copy_(model[i].weight[rows][:, cols])
            small[i].bias.copy_(model[i].bias[rows])
    return small, kept


model = trained[0][0] if 0 in trained else next(iter(trained.values()))[0]
small, kept = cut_filters(model, "magnitude", (4, 8, 16))
silenced = copy.deepcopy(model)
with torch.no_grad():
    for i, stay in zip((0, 3, 6), kept, strict=True):
        gone = torch.ones(len(silenced[i].bias)).index_fill(0, stay, 0).bool()
        silenced[i].weight[gone], silenced[i].bias[gone] = 0, 0
    difference = (small(x[test_rows]) - silenced(x[test_rows])).abs().max().item()
print(f"{sum(sizes(small)):,} weights left; largest difference of the logits {difference:.0e}")
assert difference < 1e-3, f"the small network should compute what the silenced one does, off by {difference:.0e}"

# %% [markdown]
# A quarter of the filters in each layer leaves about a fifteenth of the weights, since both sides of a layer shrink. The
# widths below set the scale for everything that follows: single weights are pruned to exactly as many as the smaller
# network has, so that two points above each other in the figure have the same number of weights.
#
# ## Equal budgets
#
# Every way gets eight epochs after the first cut. A single cut spends them at once; four cuts, each removing the same share
# of what is left, take two epochs each. The control of [@liu2019] is included: the small network trained from fresh weights
# for as many epochs as the large one and its pruned version had together.

# %%
arms = {  # name: what goes, criterion, number of cuts, style in the figure
    "magnitude": ("weights", "magnitude", 1, "C0o-"),
    "magnitude by layer": ("weights", "magnitude by layer", 1, "C1s-"),
    "Taylor": ("weights", "Taylor", 1, "C2^-"),
    "random": ("weights", "random", 1, "C3v-"),
    "magnitude, 4 cuts": ("weights", "magnitude", 4, "C0o--"),
    "Taylor, 4 cuts": ("weights", "Taylor", 4, "C2^--"),
    "filters": ("filters", "magnitude", 1, "C4D-"),
    "filters, random": ("filters", "random", 1, "C5X-"),
    "filters, 4 cuts": ("filters", "magnitude", 4, "C4D--"),
    "small from scratch": ("scratch", "", 0, "C6P:"),
    "not pruned": ("weights", "magnitude", 1, ""),  # one cut that takes nothing, and eight epochs more
}


def prune(model, rows, arm, widths, lr, num_epochs=8):
    what, criterion, cuts, _ = arms[arm]
    if what == "scratch":
        pruned = network(*widths)
        train(pruned, rows, 15 + num_epochs, lr)
        return pruned
    pruned, keep = copy.deepcopy(model), sum(sizes(network(*widths)))
    for cut in range(1, cuts + 1):
        if what == "weights":
            masks = cut_weights(pruned, rows, criterion, total * (keep / total) ** (cut / cuts))
        else:
            middle = [round(n * (m / n) ** (cut / cuts)) for n, m in zip(full, widths, strict=True)]
            pruned, masks = cut_filters(pruned, criterion, middle)[0], ()
        train(pruned, rows, num_epochs // cuts, lr, masks)
    return pruned


# %% [markdown]
# The learning rate is chosen for each way on a seed of its own and on digits outside the test set, at a sparsity between
# those measured later.

# %%
rates, lr = [5e-3, 1e-2, 2e-2], {}
model, rows, left_over = start(seed=5000)
print("validation accuracy at rate  " + "".join(f"{rate:9.3f}" for rate in rates))
for arm in arms:
    widths = full if arm == "not pruned" else (3, 6, 12)
    found = [accuracy(prune(model, rows, arm, widths, rate), left_over) for rate in rates]
    lr[arm] = rates[found.index(max(found))]
    print(f"{arm:28s} " + "".join(f"{a:7.1f} %" for a in found) + f"   -> {lr[arm]:.3f}")

# %% [markdown]
# For most ways the higher rates are better, since eight epochs are few. Where two rates are close, which one wins is a
# matter of the seed, and matters little.
#
# ## Prune until it breaks
#
# Four sparsities, three seeds, the same trained network for all ways of one seed.

# %%
levels = [(8, 16, 32), (4, 8, 16), (2, 4, 8), (1, 2, 4)]
weights_left = [sum(sizes(network(*widths))) for widths in levels]
results, share, more = {}, {}, []  # test accuracies; weights left in each layer; accuracies without pruning
models = {}  # of the first seed, to be weighed later
for seed, (model, rows, _) in trained.items():
    torch.manual_seed(seed)
    for arm in arms:
        if arm == "not pruned":
            more.append(accuracy(prune(model, rows, arm, full, lr[arm]), test_rows))
            continue
        for level, widths in enumerate(levels):
            pruned = prune(model, rows, arm, widths, lr[arm])
            left = torch.tensor([(pruned[i].weight != 0).sum().item() for i in layers.values()])
            assert abs(left.sum() - weights_left[level]) < 3, f"{arm}: {left.sum()} weights left, not {weights_left[level]}"
            results.setdefault(arm, []).append(accuracy(pruned, test_rows))
            share.setdefault((arm, level), []).append(left)
            models.setdefault((arm, level), pruned)
results = {arm: torch.tensor(a).view(3, 4) for arm, a in results.items()}  # (seeds, levels)
more = sum(more) / 3
print(f"test accuracy, mean of 3 seeds; not pruned: {dense:.1f} %, with eight epochs more {more:.1f} %")
print("weights left       " + "".join(f"{n:6,} = {100 * n / total:4.1f} %" for n in weights_left))
for arm, runs in results.items():
    print(f"{arm:20s}" + "".join(f"{a:13.1f} %" for a in runs.mean(0)))

# %%
figure, panels = plt.subplots(1, 2, figsize=(7, 4), sharey=True)
percent = [100 * n / total for n in weights_left]
for arm, runs in results.items():
    what, _, _, style = arms[arm]
    panel = panels[0 if what == "weights" else 1]
    panel.plot(percent, runs.mean(0), style, label=arm)
    panel.fill_between(percent, runs.min(0).values, runs.max(0).values, color=style[:2], alpha=0.12)
panels[1].plot(percent, results["magnitude"].mean(0), "-", color="gray", label="magnitude (left)")
for panel, title in zip(panels, ("single weights", "whole filters and units"), strict=True):
    panel.set_xscale("log")
    panel.set_xticks(percent, [f"{p:.2g}" for p in percent])
    panel.minorticks_off()
    panel.invert_xaxis()
    panel.set_ylim(0, 102)
    panel.set_xlabel("weights left, %")
    panel.set_title(title)
    panel.legend(loc="lower left", frameon=False)
panels[0].set_ylabel("test accuracy, %")
plt.show()
