"""A shift of one pixel changes what is read, less with max pooling and a blur."""

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
def blur(channels):
    """Every second pixel of each channel, after a blur with the weights 1 2 1."""
    w = torch.tensor([1.0, 2, 1]) / 4
    layer = nn.Conv2d(channels, channels, 3, 2, 1, groups=channels, bias=False)
    layer.weight.data.copy_((w[:, None] * w).expand_as(layer.weight))  # (C, 1, 3, 3)
    return layer.requires_grad_(False)


def network(kind):
    """Two convolutions, each halved, and a global maximum."""
    stride = 2 if kind == "stride" else 1
    layers = []
    for first, second in ((1, 8), (8, 16)):
        layers += [nn.Conv2d(first, second, 3, stride=stride, padding=1), nn.ReLU()]
        if kind == "max":
            layers += [nn.MaxPool2d(2)]
        if kind == "blur":
            layers += [nn.MaxPool2d(2, stride=1), blur(second)]
    head = nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(16, 10)
    return nn.Sequential(*layers, *head)


# region: a run
def run(kind, seed, marks=(16,)):
    """At each epoch in `marks`: % read rightly; % read otherwise at shifts 0 to 4,
    and at 4 on a ground that is wider by 16 pixels on the left and on the right."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed, 300)
    ground = images.min()  # moved to 0, so that it goes on beyond the border
    train_x = nn.functional.pad(train_x - ground, (2, 6, 2, 2))  # (300, 1, 12, 16)
    test_x = nn.functional.pad(test_x[:300] - ground, (2, 6, 2, 2))
    model, found = network(kind), []
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(learned, lr=0.01)
    for epoch in range(1, marks[-1] + 1):
        train_epoch(model, optimizer, train_x, train_y)
        if epoch in marks:
            shifts = [test_x.roll(shift, dims=3) for shift in range(5)]
            wide = nn.functional.pad(test_x, (16, 16))  # (300, 1, 12, 48)
            with torch.no_grad():
                read = torch.stack([model(x).argmax(1) for x in shifts])  # (5, 300)
                far = [model(x).argmax(1) for x in (wide, wide.roll(4, dims=3))]
            right = (read[0] == test_y[:300]).float().mean()
            moved = (read != read[0]).float().mean(1)
            found.append([right, *moved, (far[0] != far[1]).float().mean()])
    return 100 * torch.tensor(found)


# endregion
found = {kind: run(kind, seed=0)[0].tolist() for kind in ("stride", "max", "blur")}
for kind, (right, _, moved, *_) in found.items():
    print(f"{kind:6s}  right {right:.0f} %, read otherwise after 1 pixel {moved:.0f} %")
# region: the picture
import matplotlib.pyplot as plt

for (kind, row), style in zip(found.items(), ("^:", "o-", "s--"), strict=True):
    plt.plot(range(5), row[1:6], style, label=kind)
plt.xlabel("shift of the digit in pixels")
plt.ylabel("read otherwise, in %")
plt.xticks(range(5))
plt.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=3)
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
# endregion

# %% proof: 12 seeds, shifts of 0 to 4 pixels, a wider ground, max stopped early
seeds = range(1000, 2200, 100)
runs = {}
measured = {}
print("              right %   read otherwise in % at a shift of 0 to 4, at 4 if wide")
for kind, style in (("stride", "^:"), ("max", "o-"), ("blur", "s--")):
    marked = torch.stack([run(kind, seed, (7, 16)) for seed in seeds])  # (12, 2, 7)
    for column, when in enumerate(("early", "late")):
        runs[kind, when] = marked[:, column]
        right, *moved = marked[:, column].mean(0).tolist()
        rest = "  ".join(f"{m:4.1f}" for m in moved)
        print(f"{kind:6s} {when:5s}  {right:7.1f}   {rest}")
    mean, spread = marked[:, 1, 1:6].mean(0), marked[:, 1, 1:6].std(0)
    plt.plot(range(5), mean, style, label=kind)
    plt.fill_between(range(5), mean - spread, mean + spread, alpha=0.2)
    measured |= {kind: mean[1].item(), f"{kind}_right": marked[:, 1, 0].mean().item()}
plt.xlabel("shift of the digit in pixels")
plt.ylabel("read otherwise, in %")
plt.xticks(range(5))
plt.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=3)
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
late = {kind: runs[kind, "late"].mean(0).tolist() for kind in found}
early = runs["max", "early"].mean(0).tolist()
measured |= {"early": early[2], "early_right": early[0], "two": late["max"][3]}
measured |= {"four": late["blur"][5], "wide": max(row[6] for row in late.values())}


def sure(first, second, *columns):
    """Whether the first is larger than the second by two standard errors, in pairs."""
    gap = (runs[first] - runs[second])[:, columns].mean(1)
    return gap.mean() > 2 * gap.std() / len(gap) ** 0.5


for first, second in (("stride", "max"), ("max", "blur")):
    assert sure((first, "late"), (second, "late"), 2, 4), f"odd shifts differ, {late}"
    for column in (2, 4):  # shifts of 1 and of 3
        more, less = late[first][column], late[second][column]
        assert more > less, f"{first} should change more than {second}, {late}"
assert sure(("max", "early"), ("blur", "late"), 2), f"early max too, {measured}"
assert sure(("max", "late"), ("blur", "late"), 0), f"the blur learns less, {measured}"
assert measured["early_right"] < measured["blur_right"] + 2, f"as right, {measured}"
assert measured["max"] > 15, f"a shift by 1 should change much, {measured}"
assert measured["two"] < measured["max"] / 2, f"at 2 hardly any for max, {measured}"
for rows in (found, late):  # both figures: strides highest, max with a dip at 2
    peak = max(max(row[1:6]) for row in rows.values())
    assert peak == max(rows["stride"][1:6]), f"strides should rise highest, {rows}"
    dip, sides = rows["max"][3], (rows["max"][2], rows["max"][4])
    assert dip < min(sides), f"max should have a dip at a shift of 2, {rows}"
    for kind in ("stride", "max"):
        assert rows[kind][5] < 20, f"{kind} should read as before at 4, {rows}"
assert max(late["stride"][1:6]) == late["stride"][3], f"strides peak at 2, {late}"
assert max(late["stride"][5], late["max"][5]) < 8, f"as before at 4, {late}"
assert measured["four"] > max(late["stride"][5], late["max"][5]), f"blur more, {late}"
assert measured["four"] > measured["wide"] + 3, f"by the border, {measured}"
assert measured["wide"] < 0.1, f"far from the border all read as before, {measured}"
assert min(measured["stride_right"], measured["max_right"]) > 50, f"learned, {measured}"
