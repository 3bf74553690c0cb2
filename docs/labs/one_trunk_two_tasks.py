# %% [markdown]
# # One trunk, two tasks
#
# Does it pay to let two tasks share a network when each has few labelled examples? We train hard sharing, soft sharing
# and separate networks on the same images, for 20 to 200 labels a task, with the learning rate tuned alike on each
# side. The control is a partner from which nothing can be learned. Then we count the parameters, exchange the partner,
# look at the angle between the gradients, and vary the weight of the partner's loss.
#
# It goes deeper than the answers on [multi-task learning](../tasks/multi-task-learning.md#hard-parameter-sharing),
# where sharing gained nothing on the same 50 images, and something where the partner had more labels.
#
# ## Two tasks, and a coin
#
# The images are the digits of scikit-learn, 8x8 pixels. The two tasks are *size*, whether the digit is 5 or more, and
# *parity*, whether it is odd. Both are functions of the digit, and neither determines the other. The partners that
# show the range are *digit* itself, which determines size, and *coin*: a fixed random label for each image, which can
# be learned only by heart.

# %%
import math
from functools import cache

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x, digit = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (1797, 64), (1797,)
torch.manual_seed(7)
targets = {"size": (digit >= 5).long(), "parity": digit % 2, "digit": digit, "coin": torch.randint(2, (len(x),))}
classes = {name: 10 if name == "digit" else 2 for name in targets}

guess = {}
for partner, labels in targets.items():  # guess the size that is most frequent among images with the same label
    right = sum(torch.bincount(targets["size"][labels == c]).max().item() for c in range(classes[partner]))
    guess[partner] = right / len(x)
    print(f"size guessed from {partner:6s} alone: {100 * guess[partner]:5.1f} % right")
assert guess["size"] == guess["digit"] == 1, "the digit should determine its size"
assert guess["coin"] < 0.56 < guess["parity"] < 0.65, f"parity should say a little about size, {guess['parity']:.2f}"

# %% [markdown]
# So the partners form a ladder. Size with labels for other images is the most related partner that there can be, the
# digit is next, parity says little about size, and the coin nothing.
#
# ## One dial from separate to shared
#
# Each task has a trunk of two hidden layers and a head. Soft sharing adds $\frac{\lambda}{2} \|W_1 - W_2\|^2$ to the
# sum of the losses, with $W_t$ all weights of trunk $t$ and $\lambda$ the strength of the tie. At $\lambda = 0$ the
# networks are separate; at $\lambda = \infty$ there is one trunk, which is hard sharing. Every variant starts from the
# same weights, and each task has images of its own: sharing lets the trunk see twice as many.
#
# Twelve seeds are trained at once. All weights get a leading axis for the seed, and nothing mixes along it.

# %%
seeds = range(0, 1200, 100)


def start(names, width):
    """For each seed an order of the images, a trunk and a head for each task, stacked along a leading axis."""
    orders, starts = [], []
    for seed in seeds:
        torch.manual_seed(seed)
        orders.append(torch.randperm(len(x)))
        layers = [nn.Linear(64, width), nn.Linear(width, width), *(nn.Linear(width, classes[n]) for n in names)]
        starts.append([p.detach() for layer in layers for p in (layer.weight.T, layer.bias[None])])
    stacked = [torch.stack(same) for same in zip(*starts, strict=True)]  # (seeds, in, out), (seeds, 1, out), ...
    return torch.stack(orders), stacked[:4], [stacked[4 + 2 * t:6 + 2 * t] for t in range(len(names))]


def logits_of(inputs, trunk, head):
    hidden = torch.baddbmm(trunk[1], inputs, trunk[0]).relu()  # (seeds, N, 64) to (seeds, N, width)
    hidden = torch.baddbmm(trunk[3], hidden, trunk[2]).relu()
    return torch.baddbmm(head[1], hidden, head[0])  # (seeds, N, classes)


def loss_of(inputs, labels, trunk, head):
    """The mean over the images, summed over the seeds: each seed gets the gradient of its own loss."""
    logits = logits_of(inputs, trunk, head).flatten(0, 1)
    return nn.functional.cross_entropy(logits, labels.flatten(), reduction="sum") / labels.shape[1]

# %% [markdown]
# Training takes 100 steps of Adam on all labelled images. The first 400 images of the order are kept for the first
# task, the next 400 for its partner, 400 more for validation, and the rest for the test. Where asked to, `train`
# also notes the cosine between the two gradients of the trunk, and the ratio of their lengths.

# %%
@cache
def train(names, counts, lr, tie=math.inf, weight=1.0, width=32, watch=False):
    """Return accuracy (validation and test, task, seed), and the log of the gradients."""
    order, trunk, heads = start(names, width)
    copies = 1 if tie == math.inf else 2
    trunks = [[p.clone().requires_grad_() for p in trunk] for _ in range(copies)]
    heads = [[p.clone().requires_grad_() for p in head] for head in heads]
    optimizer = torch.optim.Adam([p for part in trunks + heads for p in part], lr=lr)
    parts = [order[:, 400 * t:400 * t + count] for t, count in enumerate(counts)]
    data = [(x[part], targets[name][part]) for name, part in zip(names, parts, strict=True)]
    log = []
    for step in range(100):
        first, second = (loss_of(*data[t], trunks[t % copies], heads[t]) for t in range(2))
        if watch and step % 5 == 0:
            g, h = (torch.cat([p.flatten(1) for p in torch.autograd.grad(loss, trunks[0], retain_graph=True)], 1)
                    for loss in (first, second))  # (seeds, weights of the trunk)
            log.append(torch.stack([torch.cosine_similarity(g, h), h.norm(dim=1) / g.norm(dim=1)]))
        loss = first + weight * second
        if copies == 2 and tie > 0:
            loss = loss + tie / 2 * sum((a - b).square().sum() for a, b in zip(*trunks, strict=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = [[(logits_of(x[part], trunks[t % copies], heads[t]).argmax(2) == targets[name][part]).float().mean(1)
                  for t, name in enumerate(names)] for part in (order[:, 800:1200], order[:, 1200:])]
    return torch.stack([torch.stack(row) for row in right]), torch.stack(log) if log else None


rates, ties = (3e-3, 1e-2, 3e-2), (1e-3, 1e-2, 1e-1)


def test_accuracy(names, counts, task, ties=(math.inf,), **settings):
    """Percent for each seed at the rate and tie with the best mean validation accuracy of this task."""
    runs = [train(names, counts, lr, tie, **settings)[0][:, task] for lr in rates for tie in ties]  # (2, seeds) each
    return 100 * max(runs, key=lambda run: run[0].mean())[1]

# %% [markdown]
# `test_accuracy` chooses the rate, and for soft sharing also the tie, by the task that is reported, on every side.
# That is generous to sharing, where both tasks have to live with one rate, and more so to soft sharing, which may
# choose among nine settings instead of three. The validation set is larger than a project with 50 labels would have.
#
# ## Baseline: two networks

# %%
pair, counts = ("size", "parity"), (20, 50, 100, 200)
alone = torch.stack([torch.stack([test_accuracy(pair, (n, n), task, ties=(0,)) for task in (0, 1)]) for n in counts])
print("labels   size alone, %      parity alone, %   (mean ± sd of 12 seeds)")
for n, (first, second) in zip(counts, alone, strict=True):  # alone: (counts, tasks, seeds)
    print(f"{n:6d} {first.mean():9.1f} ± {first.std():3.1f} {second.mean():15.1f} ± {second.std():3.1f}")

plt.figure(figsize=(5, 3.2))
for task, (name, style) in enumerate(zip(pair, ("o-", "s--"), strict=True)):
    plt.plot(counts, alone[:, task].mean(1), style, color=f"C{task}", label=name)
    plt.fill_between(counts, alone[:, task].amin(1), alone[:, task].amax(1), color=f"C{task}", alpha=0.2)
plt.xscale("log")
plt.xticks(counts, counts)
plt.minorticks_off()
plt.xlabel("labelled images")
plt.ylabel("test accuracy, %")
plt.legend(loc="lower right", frameon=False)
plt.show()

rise = alone.mean(2)[-1] - alone.mean(2)[0]
assert rise.min() > 8, f"ten times the labels should raise both tasks clearly, by {rise.tolist()} points"
assert (alone.mean((1, 2)).diff() > 1).all(), "each step in labels should pay"

# %% [markdown]
# <!-- figure: Test accuracy against the number of labelled images on a log axis. Both curves rise steeply from about 75 % to above 90 %, and their bands narrow. -->
# Figure: Separate networks. Lines: means of twelve seeds, bands: ranges. There is much to gain from more labels.
#
# With few labels both tasks are far from what the network can reach, and the seeds differ widely. If sharing works like
# more labels, there is room for it to show.
#
# ## Share all, a little, or with a coin
#
# Now the same images with hard and soft sharing, and hard sharing between each task and the coin. Every gain is
# paired: the same seed, the same images, the same first weights. Look at the gains as the labels grow.

# %%
rows = {"hard": [], "soft": [], "hard, with the coin": []}
for n, own in zip(counts, alone, strict=True):
    control = [test_accuracy(("size", "coin"), (n, n), 0), test_accuracy(("coin", "parity"), (n, n), 1)]
    rows["hard"].append(torch.stack([test_accuracy(pair, (n, n), task) for task in (0, 1)]) - own)
    rows["soft"].append(torch.stack([test_accuracy(pair, (n, n), task, ties=ties) for task in (0, 1)]) - own)
    rows["hard, with the coin"].append(torch.stack(control) - own)
gains = {name: torch.stack(row) for name, row in rows.items()}  # (counts, tasks, seeds) each, in points
print("gain over own networks, points: mean of both tasks (size, parity)")
print("sharing              " + "".join(f"{n:5d} labels      " for n in counts))
for name, gain in gains.items():
    print(f"{name:20s}" + "".join(f"{g.mean():6.1f} ({g[0].mean():4.1f}, {g[1].mean():4.1f})" for g in gain))

for shift, (gain, style, name) in enumerate(zip(gains.values(), ("o-", "s--", "^:"), gains, strict=True)):
    both = gain.mean(1)  # (counts, seeds)
    error = 2 * both.std(1) / math.sqrt(len(seeds))
    plt.errorbar([n * 1.03 ** (shift - 1) for n in counts], both.mean(1), error, fmt=style, capsize=3, label=name)
plt.axhline(0, color="gray", linestyle="--", linewidth=1)
plt.xscale("log")
plt.xticks(counts, counts)
plt.minorticks_off()
plt.xlabel("labelled images for each task")
plt.ylabel("gain over own networks, points")
plt.legend(frameon=False)
plt.show()
hard, soft, coin = (gain.mean((1, 2)) for gain in gains.values())  # (counts,) each
print(hard, soft, coin, [g.mean().item() for g in (hard,soft,coin)])
