"""In front of batch normalization dropout leaves a variance that eval() never meets."""

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
def network(before, behind):
    """Dropout before the last BN, or behind it."""
    first = nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(before)
    second = nn.Linear(128, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(behind)
    return nn.Sequential(nn.Flatten(), *first, *second, nn.Linear(128, 10))


def met_over_stored(model, x):
    """The variance that the last BN meets in eval(), over the one that it stored."""
    model.eval()
    with torch.no_grad():
        met = model[:6](x).var(0)  # (128,), what goes into that BN
    return (met / model[6].running_var).median().item()


p = 0.5  # try: 0.2, 0.8
train_x, train_y, test_x, test_y = split(0)
for place, rates in (("before", (p, 0)), ("behind", (0, p))):
    torch.manual_seed(0)
    model = network(*rates)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for epoch in range(8):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    print(f"Dropout({p}) {place} BN: variance met over variance stored", end=" ")
    print(f"{met_over_stored(model, test_x):.2f}")

# %% proof: 12 seeds, three p, what the masks predict, and statistics measured again
import matplotlib.pyplot as plt


def run(before, behind, seed):
    """Ratio of variances, its prediction, test loss, the same with new statistics."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model = network(before, behind)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(8):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
    ratio = met_over_stored(model, test_x)
    with torch.no_grad():
        hidden = model[:4](test_x)  # (N, 128), what the first dropout acts on
        clean = model[5](hidden).var(0)  # (128,)
        power = hidden.square().mean(0) @ model[5].weight.square().T  # (128,)
        added = before / (1 - before) * power  # what the masks add to the variance
        predicted = (clean / (clean + added)).median().item()
        loss = nn.functional.cross_entropy(model(test_x), test_y).item()
        for bn in (model[2], model[6]):  # all training images, and no masks
            bn.train()
            bn.momentum = 1.0
        model(train_x)
        again = nn.functional.cross_entropy(model.eval()(test_x), test_y).item()
    return ratio, predicted, loss, again


measured = {}
rates, rows = [0.25, 0.5, 0.75], {}
print("dropout     p     met / stored   test loss   with BN measured again")
for place in ("before", "behind"):
    for p in rates:
        places = (p, 0.0) if place == "before" else (0.0, p)
        runs = [run(*places, seed) for seed in range(0, 1200, 100)]
        rows[place, p] = torch.tensor(runs)  # (12, 4)
        ratio, predicted, loss, again = rows[place, p].mean(0).tolist()
        print(f"{place}   {p:5.2f}   {ratio:12.2f}   {loss:9.3f}   {again:16.3f}")
for place, marks in (("behind", "s-"), ("before", "o-")):
    ratios = [rows[place, p][:, 0].mean() for p in rates]
    plt.plot(rates, ratios, marks, label=f"dropout {place} BN")
predicted = [rows["before", p][:, 1].mean().item() for p in rates]
plt.plot(rates, predicted, "C2:", linewidth=3, label="before BN, predicted")
plt.xlabel("p of the dropout layer")
plt.ylabel("variance met / stored")
plt.ylim(0, 1.2)
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
for p in rates:
    ratio, predicted, *_ = rows["before", p].mean(0).tolist()
    off = abs(ratio - predicted)
    assert off < 0.1, f"{p}: the masks should explain it, {ratio:.2f}, {predicted:.2f}"
    behind = rows["behind", p][:, 0].mean().item()
    assert abs(behind - 1) < 0.1, f"{p}: behind BN nothing should shift, {behind:.2f}"
falling = [rows["before", p][:, 0].mean().item() for p in rates]
assert falling == sorted(falling, reverse=True), f"a larger p shifts more, {falling}"
at_half = falling[1]
assert 0.6 < at_half < 0.8, (
    f"at p = 0.5 over a quarter should be missing, {at_half:.2f}"
)
for place in ("before", "behind"):
    for p in (0.5, 0.75):
        gain = rows[place, p][:, 2] - rows[place, p][:, 3]  # by measuring again
        mean, error = gain.mean().item(), gain.std().item() / 12**0.5
        share = mean / rows[place, p][:, 2].mean().item()
        print(f"{place} {p}: new statistics take {share:.0%} off the loss", end=" ")
        print(f"({mean:.3f} +- {error:.3f})")
        if place == "behind":
            assert abs(share) < 0.1, f"behind BN they should change little, {share:.2f}"
        else:
            measured[f"cured_{100 * p:.0f}"] = share
            assert share > 0.12, f"before BN they should cure a part, {share:.2f}"
            assert mean > 3 * error, f"by more than chance, {mean:.3f}, {error:.3f}"
measured |= {"ratio": at_half, "behind": rows["behind", 0.5][:, 0].mean().item()}
