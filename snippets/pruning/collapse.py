"""One threshold can empty a layer; shares by the size of the layers do not."""

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
left = 0.02  # try: 0.1, 0.05, 0.01
model = trained_network(seed=0)
weights = [model[i].weight.detach() for i in (1, 3, 5)]  # (outputs, inputs) each
budget = round(left * sum(w.numel() for w in weights))  # weights that stay

# One threshold for all: the budget-th largest size.
sizes = torch.cat([w.abs().flatten() for w in weights])
threshold = sizes.topk(budget).values.min()
by_threshold = [(w.abs() >= threshold).sum().item() for w in weights]

# Erdős–Rényi: a layer's count is in proportion to inputs + outputs.
sums = [sum(w.shape) for w in weights]
by_size = [round(budget * s / sum(sums)) for s in sums]

print(f"{budget:,} of 50,200 weights left   one threshold     by inputs + outputs")
for w, a, b in zip(weights, by_threshold, by_size, strict=True):
    outputs, inputs = w.shape
    print(f"{inputs:3d} to {outputs:3d}, {w.numel():6,} weights", end="")
    print(f"{a:8,d} ={a / w.numel():6.1%} {b:12,d} ={b / w.numel():6.1%}")
# region: the plot
fig, ax = plt.subplots(figsize=(6, 3.2))
for k, (name, counts) in enumerate(
    (("one threshold", by_threshold), ("by inputs + outputs", by_size))
):
    shares = [100 * n / w.numel() for n, w in zip(counts, weights, strict=True)]
    bars = ax.bar(
        [j + 0.4 * k for j in range(3)], shares, 0.38, label=name, hatch=("", "//")[k]
    )
    ax.bar_label(bars, labels=[f"{share:.1f}" for share in shares])
ax.axhline(100 * left, color="gray", linewidth=1)
ax.set_xticks([j + 0.2 for j in range(3)])
ax.set_xticklabels(["64 to 300", "300 to 100", "100 to 10"])
ax.set_ylabel("weights left in the layer, %")
ax.margins(y=0.15)
ax.legend()
plt.show()
# endregion

# %% proof: 12 seeds, five ways to keep 1,004 weights, rates by 3 other seeds
assert left == 0.02, f"what follows is about 2 %, left is {left}"


def largest(scores, keep):
    """Masks of the keep largest scores of all layers together."""
    flat = torch.cat([score.flatten() for score in scores])
    mask = torch.zeros_like(flat).index_fill(0, flat.topk(keep).indices, 1)
    parts = mask.split([score.numel() for score in scores])
    return [part.view_as(score) for part, score in zip(parts, scores, strict=True)]


def of_each(weights, counts):
    """Masks of the largest weights of each layer, so many as counted."""
    return [largest([w.abs()], n)[0] for w, n in zip(weights, counts, strict=True)]


def one_threshold(weights, keep):
    return largest([w.abs() for w in weights], keep)


def same_share(weights, keep):
    return of_each(weights, [round(keep * w.numel() / 50_200) for w in weights])


def erdos_renyi(weights, keep):
    return of_each(weights, [round(keep * sum(w.shape) / sum(sums)) for w in weights])


def synflow(weights, keep):
    """100 small cuts without training, by the flow of ones through absolute weights."""
    masks = [torch.ones_like(w) for w in weights]
    for step in range(1, 101):
        a, b, c = (w.abs() * mask for w, mask in zip(weights, masks, strict=True))
        into = [torch.ones(64), a.sum(1), b @ a.sum(1)]  # what reaches each layer
        onward = [b.T @ c.sum(0), c.sum(0), torch.ones(10)]  # what becomes of it
        flows = [
            w * out[:, None] * come
            for w, come, out in zip((a, b, c), into, onward, strict=True)
        ]
        totals = torch.stack([flow.sum() for flow in flows])  # of each layer
        gap = (totals / totals.mean() - 1).abs().max().item()
        assert gap < 1e-3, f"every layer should carry the same flow, gap {gap:.1e}"
        masks = largest(flows, round(50_200 * (keep / 50_200) ** (step / 100)))
    return masks


WAYS = {  # name: how masks are made, in how many cuts
    "one threshold": (one_threshold, 1),
    "same share a layer": (same_share, 1),
    "by inputs + outputs": (erdos_renyi, 1),
    "SynFlow": (synflow, 1),
    "four cuts, one threshold": (one_threshold, 4),
}
RATES = (0.0025, 0.01, 0.04, 0.16, 0.64)


def cut_and_train(model, way, num_cuts, lr, x, y):
    """8 epochs in all, after the cut or shared by the cuts; the network, its masks."""
    pruned = copy.deepcopy(model)
    layers = [pruned[i] for i in (1, 3, 5)]
    for cut in range(1, num_cuts + 1):
        keep = round(50_200 * left ** (cut / num_cuts))
        masks = way([layer.weight.detach() for layer in layers], keep)
        for layer, mask in zip(layers, masks, strict=True):
            prune.custom_from_mask(layer, "weight", mask)
        # fused: the same steps in one call for all weights, which is faster
        optimizer = torch.optim.Adam(pruned.parameters(), lr=lr, fused=True)
        for _ in range(8 // num_cuts):
            train_epoch(pruned, optimizer, x, y, batch_size=100)
    return pruned, masks


tried = {name: [] for name in WAYS}  # validation accuracy: (seeds, rates)
for seed in range(5000, 5300, 100):
    model = trained_network(seed)
    x, y, valid_x, valid_y = split(seed)
    for name, (way, num_cuts) in WAYS.items():
        runs = [cut_and_train(model, way, num_cuts, lr, x, y)[0] for lr in RATES]
        tried[name].append([100 * accuracy(run, valid_x, valid_y) for run in runs])
tried = {name: torch.tensor(values).mean(0) for name, values in tried.items()}
rate = {name: RATES[values.argmax()] for name, values in tried.items()}

found = {name: [] for name in WAYS}  # test accuracy, one a seed
middle, alive = {name: [] for name in WAYS}, {name: [] for name in WAYS}
for seed in range(0, 1200, 100):
    model = trained_network(seed)
    x, y, test_x, test_y = split(seed)
    mean_sizes = [model[i].weight.abs().mean() for i in (1, 3, 5)]
    assert min(mean_sizes) == mean_sizes[1], f"the middle's are smallest: {mean_sizes}"
    for name, (way, num_cuts) in WAYS.items():
        pruned, masks = cut_and_train(model, way, num_cuts, rate[name], x, y)
        found[name].append(100 * accuracy(pruned, test_x, test_y))
        total = sum(mask.sum().item() for mask in masks)
        assert abs(total - 1004) < 3, f"{name}: 1,004 weights should stay, {total}"
        middle[name].append(100 * masks[1].mean().item())
        joined = (masks[1].sum(1) > 0) & (masks[2].sum(0) > 0)  # an input and an output
        alive[name].append(joined.sum().item())
found = {name: torch.tensor(values) for name, values in found.items()}
middle = {name: sum(values) / 12 for name, values in middle.items()}
alive = {name: sum(values) / 12 for name, values in alive.items()}

print("1,004 weights left, 8 epochs     middle   its units   rate    test       minus")
print(
    "mean of 12 seeds                 layer    in use              accuracy   first row"
)
lead, error = {}, {}
for name, values in found.items():
    gain = values - found["one threshold"]
    lead[name], error[name] = gain.mean().item(), gain.std().item() / 12**0.5
    print(
        f"{name:32s}{middle[name]:5.1f} %{alive[name]:8.0f}{rate[name]:11.4f}", end=""
    )
    print(f"{values.mean():8.1f} %  {lead[name]:+6.1f} ± {error[name]:.1f}")

names = list(WAYS)
ax = plt.figure(figsize=(6, 3)).gca()
for row, name in enumerate(names):
    ax.plot(found[name], [row] * 12, "o", alpha=0.5, color="C0")
    ax.plot(found[name].mean(), row, "|", markersize=22, color="C1", markeredgewidth=2)
ax.set_yticks(range(5), names)
ax.invert_yaxis()
ax.set_xlabel("test accuracy, %, one dot a seed; bar: mean")
plt.show()

once, spread = found["one threshold"], found["by inputs + outputs"]
rounds = found["four cuts, one threshold"]
measured = {"threshold": once.mean().item(), "sized": spread.mean().item()}
measured |= {
    "sized_lead": lead["by inputs + outputs"],
    "sized_se": error["by inputs + outputs"],
}
measured |= {
    "same": found["same share a layer"].mean().item(),
    "synflow": found["SynFlow"].mean().item(),
}
measured |= {
    "rounds": rounds.mean().item(),
    "middle": middle["one threshold"],
    "alive": alive["one threshold"],
}
over = spread - rounds
measured |= {"over": over.mean().item(), "over_se": over.std().item() / 12**0.5}

assert all(RATES[0] < r < RATES[-1] for r in rate.values()), f"rates inside: {rate}"
thinned = middle["one threshold"] / middle["by inputs + outputs"]
assert thinned < 0.5, f"the middle should be nearly empty: {middle}"
assert alive["one threshold"] < 0.35 * alive["by inputs + outputs"], f"in use: {alive}"
lost = max(values.mean().item() for values in found.values()) - measured["threshold"]
assert lost > 20, f"one threshold should lose much: {lost:.1f} points"
for name in ("by inputs + outputs", "SynFlow", "four cuts, one threshold"):
    least = lead[name] - 2 * error[name]
    # what one threshold loses against the best of the five: most comes back
    assert least > 0.6 * lost, f"{name} should recover far more: {lead[name]:.1f}"
same = spread - found["same share a layer"]
least = same.mean() - 2 * same.std() / 12**0.5
assert least > 5, f"a thin last layer should cost: {least:.1f}"
least = over.mean() - 2 * measured["over_se"]
assert least > -2, f"one cut should do at least as well as four: {least:.1f}"
near = spread.mean() - found["SynFlow"].mean()
assert abs(near) < 2, f"SynFlow should be within 2 points, is {near:.1f} away"
measured |= {
    "near": abs(near.item()),
    "rounds_middle": middle["four cuts, one threshold"],
}
more = measured["rounds_middle"] / measured["middle"]
assert more > 3, f"rounds should spare the middle: {more:.1f} times the share"
