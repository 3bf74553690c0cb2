"""A pruned network trains better from its own initial weights at a low rate."""

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
# region: the network, its masks, 5 epochs of training
def network():
    """64-300-100-10, 50,200 weights; its three weight layers stand at 1, 3, 5."""
    hidden = [nn.Linear(64, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU()]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(100, 10))


def trained(start, masks, lr, x, y):
    """A copy of the start, trained for 5 epochs with the masks on."""
    model = copy.deepcopy(start)
    for i, mask in zip((1, 3, 5), masks, strict=True):
        prune.custom_from_mask(model[i], "weight", mask)
    # fused: the same steps in one call for all weights, which is faster
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    for _ in range(5):
        train_epoch(model, optimizer, x, y, batch_size=100)
    return model


# endregion
def find_masks(initial, rounds, x, y):
    """Train, cut the smallest, go back to the initial weights, and again."""
    masks = [torch.ones_like(initial[i].weight) for i in (1, 3, 5)]
    for _ in range(rounds):
        model = trained(initial, masks, 0.005, x, y)
        for i, mask, keep in zip((1, 3, 5), masks, (0.38, 0.38, 0.65), strict=True):
            size = model[i].weight.detach().abs()
            mask[size < size[mask == 1].quantile(1 - keep)] = 0
    return masks


rounds = 4  # try: 1, 2
torch.manual_seed(0)
x, y, test_x, test_y = split(seed=0)
initial, fresh = network(), network()
masks = find_masks(initial, rounds, x, y)
found = []
for lr in (0.0025, 0.01, 0.04, 0.16):
    runs = [trained(start, masks, lr, x, y) for start in (initial, fresh)]
    own, other = (accuracy(run, test_x, test_y) for run in runs)
    found.append((lr, 100 * own, 100 * other))
# region: the table and the plot
left = sum(mask.sum() for mask in masks) / 50_200
print(f"{left:.0%} of the weights left; accuracy from")
print("rate    own weights   fresh weights")
for row in found:
    print("{:.4f}{:11.1f} %{:13.1f} %".format(*row))
rates, *curves = zip(*found, strict=True)
ax = plt.figure(figsize=(6, 3)).gca()
ax.semilogx(rates, curves[0], "o-", label="own initial weights")
ax.semilogx(rates, curves[1], "v:", label="fresh weights")
ax.set_xticks(rates, rates)
ax.minorticks_off()
ax.set_xlabel("learning rate")
ax.set_ylabel("test accuracy, %")
ax.legend()
plt.show()
# endregion

# %% proof: 12 seeds, four starts, rates by 3 other seeds
assert rounds == 4, f"what is written is about four rounds, not {rounds}"


def with_weights(weights):
    """A network with these weights in its layers, and biases of 0."""
    model = network()
    with torch.no_grad():
        for i, w in zip((1, 3, 5), weights, strict=True):
            model[i].weight.copy_(w)
            model[i].bias.zero_()
    return model


def starts_for(initial, masks):
    """Four networks to train under the same masks."""
    own = [initial[i].weight.detach() for i in (1, 3, 5)]
    other = network()
    fresh = [other[i].weight.detach() for i in (1, 3, 5)]
    signed = [f.abs() * w.sign() for f, w in zip(fresh, own, strict=True)]
    shuffled = [w.clone() for w in own]
    for w, mask in zip(shuffled, masks, strict=True):  # the same values, other places
        w[mask == 1] = w[mask == 1][torch.randperm(int(mask.sum()))]
    names = ("own weights", "own signs, fresh sizes", "own sizes, shuffled", "fresh")
    weights = (own, signed, shuffled, fresh)
    return {name: with_weights(w) for name, w in zip(names, weights, strict=True)}


RATES = (0.0025, 0.01, 0.04, 0.16)


def accuracies(starts, masks, x, y, x_to_judge, y_to_judge):
    """In %, of each start at each rate: (4, rates)."""
    runs = [[trained(start, masks, lr, x, y) for lr in RATES] for start in starts]
    return [
        [100 * accuracy(run, x_to_judge, y_to_judge) for run in row] for row in runs
    ]


tried, found, dense, sizes = [], [], [], []
for seed in [*range(5000, 5300, 100), *range(0, 1200, 100)]:
    torch.manual_seed(seed)
    x, y, test_x, test_y = split(seed)
    initial = network()
    masks = find_masks(initial, 4, x, y)
    starts = starts_for(initial, masks)
    table = accuracies(starts.values(), masks, x, y, test_x, test_y)
    if seed >= 5000:
        tried.append(table)
        continue
    found.append(table)
    ones = [torch.ones_like(mask) for mask in masks]
    dense.append(100 * accuracy(trained(initial, ones, 0.005, x, y), test_x, test_y))
    own = [initial[i].weight.detach().abs() for i in (1, 3, 5)]
    sizes.append([w[m == 1].mean() / w.mean() for w, m in zip(own, masks, strict=True)])
names, found = list(starts), torch.tensor(found)  # (seeds, 4, rates)
chosen = torch.tensor(tried).mean(0).argmax(1)  # the best rate of each start
best = found[:, torch.arange(4), chosen]  # (seeds, 4)


def mean_and_error(values):
    return values.mean().item(), values.std().item() / 12**0.5


print(f"all weights {sum(dense) / 12:.1f} %; 2 % left, mean of 12 seeds, at rate")
print(f"{'':22s}" + "".join(f"{lr:8.4f}" for lr in RATES) + "   its best, minus fresh")
ax = plt.figure(figsize=(6, 3.4)).gca()
for row, name in enumerate(names):
    mean, error = found[:, row].mean(0), found[:, row].std(0) / 12**0.5
    lead, lead_se = mean_and_error(best[:, row] - best[:, 3])
    print(f"{name:22s}" + "".join(f"{value:8.1f}" for value in mean), end="")
    print(f"{best[:, row].mean():11.1f} {lead:+6.1f} ± {lead_se:.1f}")
    ax.semilogx(RATES, mean, ("o-", "s--", "^-.", "v:")[row], label=name)
    ax.fill_between(RATES, mean - error, mean + error, alpha=0.25)
sizes = torch.tensor(sizes).mean(0)
print("size of survivors at the start / of all: ", end="")
print(", ".join(f"{ratio:.2f}" for ratio in sizes))
ax.set_xticks(RATES, RATES)
ax.minorticks_off()
ax.set_xlabel("learning rate")
ax.set_ylabel("test accuracy, %")
ax.legend()
plt.show()

gaps = found[:, 0] - found[:, 3]  # own minus fresh: (seeds, rates)
low, low_se = mean_and_error(gaps[:, 0])
ahead, ahead_se = mean_and_error(best[:, 0] - best[:, 3])
shrinks, shrinks_se = mean_and_error(gaps[:, 0] - (best[:, 0] - best[:, 3]))
measured = {"low": low, "low_se": low_se, "ahead": ahead, "ahead_se": ahead_se}
measured |= {"own": best[:, 0].mean().item(), "fresh": best[:, 3].mean().item()}
measured |= {"dense": sum(dense) / 12, "size": sizes.min().item()}
for row, name in ((1, "signs"), (2, "shuffled")):
    over_rates = (found[:, row] - found[:, 3]).mean(1)  # (seeds,)
    lead, lead_se = mean_and_error(over_rates)
    measured |= {name: lead, name + "_se": lead_se}
    measured[name + "_low"], low_error = mean_and_error(
        found[:, row, 0] - found[:, 3, 0]
    )
    measured[name + "_low_se"] = low_error
    assert lead > 2 * lead_se, (
        f"{name} should be ahead of fresh: {lead:.1f} ± {lead_se:.1f}"
    )
start = found[:, :, 0].mean(0).tolist()  # at the lowest rate
assert start[3] < start[2] < start[0], f"shuffled should be in between: {start}"
assert measured["signs"] > measured["shuffled"], f"signs should do more: {measured}"
least = measured["signs_low"] - 2 * measured["signs_low_se"]
assert least > 0.4 * low, (
    f"signs should make up for most of it: {least:.1f} of {low:.1f}"
)
measured |= {"own_rate": str(RATES[chosen[0]]), "fresh_rate": str(RATES[chosen[3]])}
assert ((chosen > 0) & (chosen < 3)).all(), f"best rates should be inside: {chosen}"
assert low - 2 * low_se > 10, f"at the low rate it should matter much: {low:.1f}"
assert ahead > 2 * ahead_se, f"and a little at the best: {ahead:.1f} ± {ahead_se:.1f}"
most = ahead + 2 * ahead_se
assert most < 0.5 * low, f"but not half as much: {ahead:.1f} ± {ahead_se:.1f}"
least = shrinks - 2 * shrinks_se
assert least > 0.5 * low, f"most of the gap should go: {shrinks:.1f} of {low:.1f}"
assert sizes.min() > 1.4, f"survivors should have begun larger: {sizes}"
