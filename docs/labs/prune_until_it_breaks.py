# %% [markdown]
# # Prune until it breaks
#
# How far can a trained convolutional network be pruned before it fails, and what decides that: the criterion, the
# schedule, or whether single weights or whole filters go? The [answers on pruning](../compression/pruning/index.md) take
# these one at a time. Here they meet on one network, with the same number of weights left and the same number of
# epochs. Measured are the test accuracy from a quarter of the weights down to one in two hundred, where the weights
# go, and what it buys in bytes, multiply-adds and time.
#
# ## The network that is to be pruned
#
# The data are the 8x8 digits of scikit-learn. A third is put aside once and used for testing only. From the rest,
# each seed draws 1,000 digits to train on; the 200 that are left over serve to choose learning rates.

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
# The hidden layer holds most of the weights, as in many older networks. Biases are not counted. Where single weights
# are pruned they all stay, where filters are removed theirs go too, so the count is a little kind to single weights.
#
# Training is plain Adam. The argument `masks` holds pairs of a layer and a mask of ones and zeros, and puts the
# removed weights back to zero after each step; that is what `torch.nn.utils.prune` does by other means.

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
assert dense > 90, f"the network should be trained before it is pruned, accuracy {dense:.1f} %"

# %% [markdown]
# ## Four ways to choose the weights
#
# Removing the weight $w$ changes the loss $\ell$ by about $-w\, \partial \ell / \partial w$. The Taylor criterion
# squares this and sums over batches, as [@molchanov2019] do for groups of weights. Magnitude takes $\lvert w \rvert$,
# either with one threshold for the whole network or with the same share in each layer. Random choice is the control.
# A weight that is already gone gets -1, below every other: a Taylor score can be 0 for a weight that is still there,
# when no digit of the training set reaches its unit.

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
    share = keep / total
    kept = [torch.zeros_like(s).index_fill(0, s.argsort(descending=True)[:round(share * len(s))], 1) for s in groups]
    kept = torch.cat(kept).split([len(s) for s in found])
    masks = [(i, mask.view_as(model[i].weight)) for i, mask in zip(layers.values(), kept, strict=True)]
    with torch.no_grad():
        for i, mask in masks:
            model[i].weight.mul_(mask)
    return masks


# %% [markdown]
# ## Whole filters
#
# A filter of a convolution, or a unit of the hidden layer, is scored by the sum of its absolute weights ([@li2017]),
# within its layer. What is removed here is removed for real: the smaller layers are built, with the rows of this
# layer and the columns of the next. To see that nothing else changes, the same filters are also silenced in the large
# network.

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


model = next(iter(trained.values()))[0]  # of the first seed
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
# A quarter of the filters in each layer leaves about a fifteenth of the weights, since both sides of a layer shrink.
# The widths below set the scale for everything that follows: single weights are pruned to as many as the smaller
# network has, up to rounding in each layer, so that two points above each other in the figure have the same number of
# weights.
#
# ## Equal budgets
#
# Every way gets eight epochs after the first cut. A single cut spends them at once; four cuts, each removing the same
# share of what is left, take two epochs each, so that only two remain after the last. A control in the manner of
# [@liu2019] is included: the small network trained from fresh weights for as many epochs as the large one and its
# pruned version had together.

# %%
arms = {  # name: what goes, criterion, number of cuts, style in the figure
    "magnitude": ("weights", "magnitude", 1, "C0o-"),
    "magnitude by layer": ("weights", "magnitude by layer", 1, "C2s-"),
    "Taylor": ("weights", "Taylor", 1, "C5^-."),
    "random": ("weights", "random", 1, "C3v:"),
    "magnitude, 4 cuts": ("weights", "magnitude", 4, "C0o--"),
    "Taylor, 4 cuts": ("weights", "Taylor", 4, "C5^--"),
    "filters": ("filters", "magnitude", 1, "C1D-"),
    "filters, random": ("filters", "random", 1, "C3X:"),
    "filters, 4 cuts": ("filters", "magnitude", 4, "C1D--"),
    "small from scratch": ("scratch", "", 0, "C2P-."),
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
# The learning rate is chosen for each way on three seeds of their own and on digits outside the test set, at a
# sparsity between those measured later.

# %%
rates, lr = [5e-3, 1e-2, 2e-2], {}
pilots = [start(seed) for seed in (5000, 5100, 5200)]
print("validation accuracy at rate  " + "".join(f"{rate:9.3f}" for rate in rates))
for arm in arms:
    widths = full if arm == "not pruned" else (3, 6, 12)
    runs = [[accuracy(prune(model, rows, arm, widths, rate), rest) for model, rows, rest in pilots] for rate in rates]
    found = [sum(accuracies) / len(pilots) for accuracies in runs]
    lr[arm] = rates[found.index(max(found))]
    print(f"{arm:28s} " + "".join(f"{a:7.1f} %" for a in found) + f"   -> {lr[arm]:.3f}")

# %% [markdown]
# With three times 200 digits, one digit is a sixth of a point. Where two rates are close, the seeds decide. Where
# the highest one wins, a still higher one might have been better; each way had the same three to choose from.
#
# ## Cut on until it breaks
#
# Four sparsities, three seeds, the same trained network for all ways of one seed.

# %%
levels = [(8, 16, 32), (4, 8, 16), (2, 4, 8), (1, 2, 4)]
weights_left = [sum(sizes(network(*widths))) for widths in levels]
assert weights_left == [9_736, 2_532, 682, 195], f"the small networks should have the sizes of the text: {weights_left}"
results, share, more = {}, {}, []  # test accuracies; weights left in each layer; accuracies without pruning
silent = {}  # how many of the ten classes have no weight left in the output layer
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
            assert abs(left.sum() - weights_left[level]) < 3, f"{arm}: {left.sum()} weights left"
            results.setdefault(arm, []).append(accuracy(pruned, test_rows))
            share.setdefault((arm, level), []).append(left)
            silent.setdefault((arm, level), []).append((pruned[8].weight == 0).all(1).sum().item())
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
panels[1].plot(percent, results["magnitude"].mean(0), "C0o:", linewidth=1, label="magnitude (left)")
for panel, title in zip(panels, ("single weights", "whole filters and units"), strict=True):
    panel.set_xscale("log")
    panel.set_xticks(percent, [f"{p:.1f}" for p in percent])
    panel.minorticks_off()
    panel.invert_xaxis()
    panel.set_ylim(0, 102)
    panel.set_xlabel("weights left, %")
    panel.set_title(title)
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncol=2, fontsize="small", frameon=False)
panels[0].set_ylabel("test accuracy, %")
plt.show()

# %% [markdown]
# <!-- figure: Two panels of test accuracy against the share of weights left, from 25 to 0.5 %. Left, single weights: random falls first, magnitude by layer second, the others stay high until 2 % and fall at 0.5 %, Taylor in four cuts least. Right, whole filters: all stay high at first; random filters and the small network from scratch fall at 2 %, filters by magnitude only at 0.5 %, and less steeply than the dotted curve of single weights by magnitude. -->
# Figure: Everything together, mean and range of three seeds. At each position all networks have the same number of weights; only the way to them differs. Small gaps at the left become large ones at the right.
#
# Look at each curve for where it leaves the top, not for its height there. Eight more epochs without pruning are the
# fair reference for the top: what looks like a gain by pruning can be a gain by training on. Magnitude with one
# threshold and Taylor are close to that reference down to a fifteenth, in one cut and in four.

# %%
mean = {arm: runs.mean(0).tolist() for arm, runs in results.items()}
careful = ["magnitude", "Taylor", "magnitude, 4 cuts", "Taylor, 4 cuts"]
for arm in careful:
    loss = more - min(mean[arm][:2])
    assert loss < 4, f"{arm}: down to 7 % of the weights the loss should be small, it is {loss:.1f} points"
gap = mean["magnitude"][1] - mean["random"][1]
assert gap > 20, f"at 7 % random choice should have failed, it is {gap:.1f} points behind"
gap = mean["magnitude"][2] - mean["magnitude by layer"][2]
assert gap > 20, f"at 2 % the same share in each layer should have failed, it is {gap:.1f} points behind"
for one in ("magnitude", "Taylor"):
    gains = [b - a for a, b in zip(mean[one], mean[one + ", 4 cuts"], strict=True)]
    print(f"four cuts instead of one, {one + ', points:':18s}" + "".join(f"{g:+8.1f}" for g in gains))
    assert max(gains[:2]) < 3, f"{one}: down to 7 % four cuts should gain little, {gains}"
assert gains[3] > 20, f"Taylor: at 0.5 % four cuts should gain much, {gains}"
for arm in ("magnitude", "magnitude by layer", "Taylor", "random"):
    assert mean[arm][3] < 60, f"{arm}: one cut to 0.5 % should be fatal, accuracy {mean[arm][3]:.1f} %"
gap = mean["filters"][2] - mean["magnitude by layer"][2]
assert gap > 20, f"at 2 % filters should beat single weights by layer, by {gap:.1f} points"
gap = mean["filters"][3] - mean["magnitude"][3]
assert gap > 10, f"at 0.5 % filters should beat single weights in one cut, by {gap:.1f} points"
gaps = [abs(a - b) for a, b in zip(mean["filters"][:2], mean["small from scratch"][:2], strict=True)]
assert max(gaps) < 5, f"down to 7 % the small network from scratch should be as good, gaps {gaps}"

# %% [markdown]
# Down to a fifteenth, four cuts gained less than 3 points. For Taylor they decided at the right edge; for magnitude no
# gain is asserted, at any sparsity. Whole filters, which give the criterion far less
# choice, were more than 10 points better than single weights by magnitude at the right edge, both in one cut. Down to a
# fifteenth, the small network from fresh weights came within 5 points of the one cut out of the large one. Compare the
# two further down as well: what holds at a fifteenth need not hold there.
#
# ## Where the weights go
#
# Why does the same share in each layer fail where one threshold does not, and why do coarse filters survive? Count
# what is left of each layer.

# %%
print("weights left by layer, mean of 3 seeds")
print(f"                     {weights_left[2]} in all                     {weights_left[3]} in all")
print("                     " + 2 * ("".join(f"{name:>8s}" for name in layers) + "     "))
left = {key: torch.stack(value).float().mean(0) for key, value in share.items()}
chosen = ["magnitude", "magnitude by layer", "Taylor", "random", "magnitude, 4 cuts", "Taylor, 4 cuts", "filters"]
for arm in chosen:
    print(f"{arm:21s}" + "     ".join("".join(f"{n:8.0f}" for n in left[arm, level]) for level in (2, 3)))
for arm in ("magnitude", "magnitude by layer", "Taylor", "Taylor, 4 cuts", "filters"):
    values = 100 * left[arm, 2] / torch.tensor(sizes(network(*full)))
    plt.semilogy(list(layers), values, arms[arm][3], label=arm)
plt.xlabel("layer")
plt.ylabel("weights left in the layer, %")
plt.legend(frameon=False)
plt.show()

equal, free = left["magnitude by layer", 2], left["magnitude", 2]
unheard = {arm: sum(silent[arm, 2]) / 3 for arm in ("magnitude by layer", "magnitude")}
print(f"of ten classes without a weight at {weights_left[2]}: " + ", ".join(f"{a} {n:.1f}" for a, n in unheard.items()))
assert min(silent["magnitude by layer", 2]) > 0, f"by layer each seed should lose a class, {silent}"
assert unheard["magnitude by layer"] > unheard["magnitude"], f"one threshold should lose fewer classes, {unheard}"
assert free[3] > 1.5 * equal[3], f"one threshold should leave the output more, {free[3]:.0f} and {equal[3]:.0f}"
assert free[2] < equal[2] / 1.5, f"and take more from the hidden layer, {free[2]:.0f} and {equal[2]:.0f} left"
scarcest = {arm: torch.stack(share[arm, 3])[:, 1:3].amin(1).tolist() for arm in ("Taylor", "Taylor, 4 cuts")}
for arm, numbers in scarcest.items():
    print(f"{arm}: " + ", ".join(map(str, numbers)) + f" weights in the scarcer middle layer (of {weights_left[3]})")
assert max(scarcest["Taylor"]) < 3 and min(scarcest["Taylor, 4 cuts"]) > 5, f"one cut should empty a layer, {scarcest}"
few, more_left = left["magnitude", 3][3], left["magnitude, 4 cuts", 3][3]
assert few < more_left, f"four cuts by magnitude should spare the output, {few:.0f} and {more_left:.0f} left"

# %% [markdown]
# <!-- figure: Share of weights left in each of the four layers on a log scale. By layer is flat at 2 %. Magnitude, Taylor and filters start high at the first convolution, have their lowest point at the hidden layer (filters at both middle layers alike) and rise again at the output. -->
# Figure: The share left of each layer with 682 weights in all. One threshold, and whole filters, spare the small layers at both ends.
#
# With the same share everywhere the output layer is left, by arithmetic, with about one weight for each class, and the
# weights are not spread evenly: for each seed some class had none, so that its logit is the same for every image.
# With one threshold fewer classes were lost, since it takes more from the large hidden layer and leaves the
# output more. Filters spare the output by arithmetic: a layer with a fixed side, like the output with its ten classes,
# shrinks on one side only. At 0.5 % a single Taylor cut takes all or nearly all of a middle
# layer, through which every path must pass, so next to nothing of the digit gets through. With four cuts the scores are
# taken again on the smaller network, and no middle layer was emptied. A single cut by magnitude leaves the output fewer
# weights than four do. That the thin layers cause the failures is likely, but they were not filled up to see.
#
# ## What it buys
#
# Two networks of the first seed with 2,532 weights each, single weights and filters by magnitude in one cut. Look at
# three currencies: bytes of the weights as they are and gzipped; multiply-adds for one image, of a dense kernel and of
# one that skips zeros; and time, on 500 images, in turns: the median of 40 ratios, each of two runs side by side.

# %%
def raw(model):
    return b"".join(model[i].weight.detach().numpy().tobytes() for i in layers.values())


unpruned = next(iter(trained.values()))[0]
nets = {"not pruned": unpruned, "single weights": models["magnitude", 1], "filters": models["filters", 1]}
positions = [64, 16, 1, 1]  # how often each weight is used for one image
ratios = {name: [] for name in nets}
images = x[:500]
with torch.no_grad():
    for _ in range(40):
        for name, model in nets.items():
            begin = time.perf_counter()
            unpruned(images)
            between = time.perf_counter()
            model(images)
            ratios[name].append((time.perf_counter() - between) / (between - begin))
cost = {}
print("                     bytes   gzipped   multiply-adds   without zeros   time, ratio")
for name, model in nets.items():
    nonzero = [(model[i].weight != 0).sum().item() for i in layers.values()]
    adds, needed = (sum(p * n for p, n in zip(positions, c, strict=True)) for c in (sizes(model), nonzero))
    cost[name] = len(raw(model)), len(gzip.compress(raw(model))), adds, needed, sorted(ratios[name])[20]
    print("{:16s}{:10,}{:10,}{:16,}{:16,}{:14.2f}".format(name, *cost[name]))

dense_cost, single, filters = cost.values()
assert single[1] < 0.2 * dense_cost[0], f"gzip should find the zeros, {single[1]:,} bytes left"
assert single[1] > filters[0], f"the removed filters should save more, {single[1]:,} and {filters[0]:,} bytes"
assert filters[0] == 4 * 2_532 and filters[2] == 9_120, f"filters should save both, {filters[:3]}"
assert single[3] > 1.3 * filters[3], f"single weights should cost more work, {single[3]:,} and {filters[3]:,}"
assert 0.5 < single[4] < 2, f"zeros should not change the time, ratio {single[4]:.2f}"
assert filters[4] < 0.85, f"removed filters should save time, ratio {filters[4]:.2f}"

# %% [markdown]
# Zeros are stored and multiplied like other numbers, so they cannot save a byte or a multiply-add of a dense kernel,
# and they saved no time either. Compressed they did save bytes, but less than the removed filters. (gzip is a general
# code; a format for sparse matrices stores an index beside each weight that is left.) Even a kernel that
# skips zeros would have more to do than the network with fewer filters, because one threshold spares the
# convolutions, whose weights are used at every position. Only the filters saved time with ordinary kernels.
#
# ## Answer
#
# **What decides changes with the sparsity.** Down to a fifteenth of the weights, magnitude with one threshold and
# Taylor, in one cut or four, lost less than 4 points against the same network with as many more epochs: neither the
# criterion nor the schedule mattered much, as long as the choice was not random. Random choice, in the same share of
# each layer up to chance, was more than 20 points behind magnitude there.
#
# At 1.8 % it was the layer from which weights are taken. With the same formula, the same share in each layer was more
# than 20 points behind one threshold, and behind whole filters as well: for each seed it left some of the ten classes
# without any weight in the output layer.
#
# At 0.5 % each single cut of weights was broken, below 60 %. There the schedule decided for Taylor: four cuts were more
# than 20 points better than one, which all but emptied a middle layer. Filters were more than 10 points better than one
# cut by magnitude. Whole filters, the coarser choice, are therefore not the worse one at every size.
#
# Removed filters saved bytes, multiply-adds and time with ordinary kernels; zeros saved bytes once compressed, and
# nothing else.
# Down to 6.6 % the same small network trained from fresh weights was within 5 points of the pruned filters. So compare
# them with a smaller network first: [@liu2019, abstract] ask for more careful baselines for structured pruning.
#
# What this does not show: other data, deeper networks, longer training. Three seeds, three others for the learning rates,
# and no rate above 0.02: the order of curves that lie close should not be read. No order is claimed of magnitude and
# Taylor in one cut, of the small network from scratch and the pruned filters below 6.6 %, or of filters in one cut and
# in four. The shares of filters were the same
# in all layers; a ranking across layers was not tried.
#
# ### Sources
#
# - [@molchanov2019, abstract]: the loss as a function of what is removed, by a Taylor expansion.
# - [@li2017]: whole filters, ranked by the sum of absolute weights.
# - [@liu2019, abstract]: pruned networks against the same small networks trained from fresh weights.
# - [@han2015]: prune, train again, repeat.
