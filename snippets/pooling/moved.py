"""Where digits move, pooling narrows the gap between training and test."""

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
# region: digits on a larger ground
def place(x, moved):
    """Put digits on 12x12 grounds, at a random place each or in the middle."""
    y = torch.full((len(x), 1, 12, 12), images.min().item())  # (N, 1, 12, 12)
    corners = torch.randint(0, 5, (len(x), 2)) if moved else torch.full((len(x), 2), 2)
    for ground, digit, (row, column) in zip(y, x, corners.tolist(), strict=True):
        ground[:, row : row + 8, column : column + 8] = digit
    return y


# endregion
def network(kind):
    """Two convolutions that halve the map, by max pooling or by their stride."""
    stride = 2 if kind == "stride" else 1
    pool = nn.Identity() if kind == "stride" else nn.MaxPool2d(2)
    layers = []
    for first, second in ((1, 8), (8, 16)):
        conv = nn.Conv2d(first, second, 3, stride=stride, padding=1)
        layers += [conv, nn.ReLU(), pool]  # 12x12 to 6x6, then 6x6 to 3x3
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 3 * 3, 10))


kind = "max pooling"  # try: "stride"
moved = True  # try: False


# region: a run
def run(kind, moved, seed):
    """Train on 300 digits; the accuracy in % on these and on 700 others."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed, 300)
    train_x, test_x = place(train_x, moved), place(test_x[:700], moved)
    model = network(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(15):
        train_epoch(model, optimizer, train_x, train_y)
    train = 100 * accuracy(model, train_x, train_y)
    return train, 100 * accuracy(model, test_x, test_y[:700])


# endregion
train, test = run(kind, moved, seed=0)
print(
    f"{kind}: training {train:.0f} %, test {test:.0f} %, gap {train - test:.0f} points"
)

# %% proof: 12 seeds, moved and centred, both kinds at the same rate
import matplotlib.pyplot as plt

seeds = range(1000, 2200, 100)
kinds = "max pooling", "stride"
size = {k: sum(p.numel() for p in network(k).parameters()) for k in kinds}
measured = {}
print("digits   network       training   test    gap")
for ground in ("moved", "centred"):
    runs = {k: [run(k, ground == "moved", s) for s in seeds] for k in kinds}
    runs = {k: torch.tensor(r) for k, r in runs.items()}  # (12, 2) each
    for row, (k, r) in enumerate(runs.items()):
        gap = (r[:, 0] - r[:, 1]).mean().item()
        measured[f"{ground}_{k.split()[0]}"] = gap
        mean = r.mean(0)
        print(f"{ground:7s}  {k:12s}  {mean[0]:8.1f}  {mean[1]:5.1f}  {gap:5.1f}")
        at = 2.5 * (ground == "centred") + row
        plt.plot(r[:, 0], [at] * 12, "|", color="C3", markersize=12)
        plt.plot(r[:, 1], [at] * 12, "os"[row], alpha=0.6, color=f"C{row}")
    lead = runs["max pooling"][:, 1] - runs["stride"][:, 1]
    measured[f"{ground}_lead"] = lead.mean().item()
    measured[f"{ground}_lead_se"] = (lead.std() / 12**0.5).item()
rows = ["moved, pooling", "moved, stride", "centred, pooling", "centred, stride"]
plt.yticks([0, 1, 2.5, 3.5], rows)
plt.ylim(4, -0.5)
plt.xlabel("accuracy in %: training (bars), test (marks)")
plt.gcf().set_size_inches(5.4, 2.6)
plt.show()
for ground in ("moved", "centred"):
    ahead, error = measured[f"{ground}_lead"], measured[f"{ground}_lead_se"]
    print(f"{ground:7s}: test lead of pooling {ahead:.1f} +- {error:.1f} points")
assert size["max pooling"] == size["stride"], f"both should have the same size, {size}"
assert measured["moved_lead"] > 15, f"moved: should lead by 15 points, {measured}"
assert measured["moved_lead"] > 5 * measured["moved_lead_se"], f"clearly, {measured}"
narrowed = measured["moved_max"] / measured["moved_stride"]
assert narrowed < 0.75, f"moved: the gap should narrow by a quarter, {narrowed:.2f}"
assert abs(measured["centred_lead"]) < 4, f"centred: within 4 points, {measured}"
assert measured["centred_lead_se"] < 1, f"centred: measured well enough, {measured}"
much = abs(measured["centred_stride"] - measured["centred_max"])
assert much < 4, f"centred: the gaps should be within 4 points, {much:.1f}"
wide = max(measured["centred_max"], measured["centred_stride"])
assert wide < measured["moved_max"] / 2, f"centred: both should be small, {measured}"
