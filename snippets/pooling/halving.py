"""Max pooling, average pooling and a stride halve a map with the same parameters."""

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
def network(kind):
    """Two stages; each halves height and width in one of three ways."""
    stride = 2 if kind == "stride" else 1
    pool = {"max": nn.MaxPool2d(2), "average": nn.AvgPool2d(2), "stride": nn.Identity()}
    layers = []
    for first, second in ((1, 8), (8, 16)):
        conv = nn.Conv2d(first, second, 3, stride=stride, padding=1)
        layers += [conv, nn.ReLU(), pool[kind]]  # 8x8 to 4x4, then 4x4 to 2x2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 2 * 2, 10))


kind = "max"  # try: "average", "stride"
lr = {"max": 0.02, "average": 0.04, "stride": 0.02}[kind]
seed = 0
torch.manual_seed(seed)
train_x, train_y, test_x, test_y = split(seed)
model = network(kind)
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(12):
    train_epoch(model, optimizer, train_x, train_y, batch_size=100)
parameters = sum(p.numel() for p in model.parameters())
error = 100 - 100 * accuracy(model, test_x, test_y)
print(f"{kind}: {parameters:,} parameters, test error {error:.1f} %")
# region: the picture
import matplotlib.pyplot as plt

with torch.no_grad():
    maps = model[:3](test_x[:1])[0]  # (8, 4, 4), behind the first stage
figure, axes = plt.subplots(1, 4, figsize=(4.6, 1.5))
axes[0].imshow(test_x[0, 0])
axes[0].set_title("digit")
for c in range(3):
    axes[c + 1].imshow(maps[c], cmap="viridis", vmin=0, vmax=maps.max())
    axes[c + 1].set_title(f"map {c}")
for ax in axes:
    ax.axis("off")
plt.show()
# endregion


# %% proof: 16 seeds, each way at the rate that was best on four other seeds
def test_errors(kind, lr, seed):
    """The test error in % after 3 epochs, and the mean of those after 10 to 12."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model, errors = network(kind), {}
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(1, 13):
        train_epoch(model, optimizer, train_x, train_y, batch_size=100)
        if epoch in (3, 10, 11, 12):
            errors[epoch] = 100 - 100 * accuracy(model, test_x, test_y)
    return errors[3], (errors[10] + errors[11] + errors[12]) / 3


rates = {"max": 0.02, "average": 0.04, "stride": 0.02}  # of 0.005 to 0.08, doubling
seeds = range(1000, 2600, 100)
errors, size = {}, {}
print("             test error in % after 3 epochs, after 10 to 12")
for kind, lr in rates.items():
    runs = torch.tensor([test_errors(kind, lr, seed) for seed in seeds])  # (16, 2)
    errors[kind] = runs
    size[kind] = sum(p.numel() for p in network(kind).parameters())
    print(f"{kind:8s}  {runs[:, 0].mean():20.1f}  {runs[:, 1].mean():14.1f}")


def lead(kind, column):
    """By how many points max pooling is ahead, pair by pair; mean, standard error."""
    gaps = errors[kind][:, column] - errors["max"][:, column]
    return gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


measured = {}
for kind in ("average", "stride"):
    for column, when in enumerate(("early", "late")):
        gap, error = lead(kind, column)
        measured |= {f"{kind}_{when}": gap, f"{kind}_{when}_se": error}
        print(f"max ahead of {kind:7s} {when:5s} by {gap:4.1f} +- {error:.1f} points")
for row, (kind, runs) in enumerate(errors.items()):
    plt.plot(runs[:, 1], [row] * len(runs), "os^"[row], alpha=0.6)
    plt.plot([runs[:, 1].mean()] * 2, [row - 0.3, row + 0.3], color=f"C{row}")
plt.yticks(range(3), list(errors))
plt.xlabel("test error in % after 10 to 12 epochs, one mark per seed")
plt.ylim(2.5, -0.5)
plt.gcf().set_size_inches(5, 2.2)
plt.show()
assert len(set(size.values())) == 1, f"all should have the same parameters, {size}"
for kind in ("average", "stride"):
    best, worst = errors[kind][:, 1].min(), errors["max"][:, 1].max()
    assert best < worst, f"the rows of {kind} and max should overlap, {errors}"
    late, error = measured[f"{kind}_late"], measured[f"{kind}_late_se"]
    assert late > 2 * error, f"max should end ahead of {kind}, {measured}"
    assert 0.4 < late < 3, f"it should lead by a point or so, by {late:.1f}"
assert measured["average_late"] < measured["average_early"], "the lead should shrink"
assert measured["average_early"] > 2 * measured["average_early_se"], "clear early"
assert measured["average_late"] > 2 * measured["average_late_se"], "clear late"
least = measured["stride_late"]
assert measured["stride_early"] + measured["stride_early_se"] < least, f"{measured}"
