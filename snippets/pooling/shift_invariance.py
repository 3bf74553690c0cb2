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
def run(kind, seed, marks=(20,)):
    """At each epoch in `marks`: % read rightly, % read otherwise at shifts 0 to 4."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed, 300)
    ground = images.min()  # moved to 0, so that it goes on beyond the border
    train_x = nn.functional.pad(train_x - ground, (2, 6, 2, 2))  # (300, 1, 12, 16)
    test_x = nn.functional.pad(test_x[:300] - ground, (2, 6, 2, 2))
    model, found = network(kind), []
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(learned, lr=0.01)
    for epoch in range(1, 21):
        train_epoch(model, optimizer, train_x, train_y)
        if epoch in marks:
            shifts = [test_x.roll(shift, dims=3) for shift in range(5)]
            with torch.no_grad():
                read = torch.stack([model(x).argmax(1) for x in shifts])  # (5, 300)
            right = (read[0] == test_y[:300]).float().mean()
            found.append([right, *(read != read[0]).float().mean(1)])
    return 100 * torch.tensor(found)


# endregion
found = {kind: run(kind, seed=0)[0].tolist() for kind in ("stride", "max", "blur")}
for kind, (right, _, moved, *_) in found.items():
    print(f"{kind:6s}  right {right:.0f} %, read otherwise after 1 pixel {moved:.0f} %")
# region: the picture
import matplotlib.pyplot as plt

for (kind, (_, *moved)), style in zip(found.items(), ("^:", "o-", "s--"), strict=True):
    plt.plot(range(5), moved, style, label=kind)
plt.xlabel("shift of the digit in pixels")
plt.ylabel("read otherwise, in %")
plt.xticks(range(5))
plt.legend()
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
# endregion

# %% proof: 12 seeds, shifts of 0 to 4 pixels, and max pooling stopped early
seeds = range(1000, 2200, 100)
runs = {}
measured = {}
print("              right %   read otherwise in % at a shift of 0, 1, 2, 3, 4")
for kind, style in (("stride", "^:"), ("max", "o-"), ("blur", "s--")):
    marked = torch.stack([run(kind, seed, (8, 20)) for seed in seeds])  # (12, 2, 6)
    for column, when in enumerate(("early", "late")):
        runs[kind, when] = marked[:, column]
        right, *moved = marked[:, column].mean(0).tolist()
        rest = "  ".join(f"{m:4.1f}" for m in moved)
        print(f"{kind:6s} {when:5s}  {right:7.1f}   {rest}")
    mean, spread = marked[:, 1, 1:].mean(0), marked[:, 1, 1:].std(0)
    plt.plot(range(5), mean, style, label=kind)
    plt.fill_between(range(5), mean - spread, mean + spread, alpha=0.2)
    measured |= {kind: mean[1].item(), f"{kind}_right": marked[:, 1, 0].mean().item()}
plt.xlabel("shift of the digit in pixels")
plt.ylabel("read otherwise, in %")
plt.xticks(range(5))
plt.legend()
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
early = runs["max", "early"].mean(0).tolist()
measured |= {"early": early[2], "early_right": early[0]}
measured["two"] = runs["max", "late"].mean(0)[3].item()


def sure(first, second, column):
    """Whether the first is larger than the second by two standard errors, in pairs."""
    gap = runs[first][:, column] - runs[second][:, column]
    return gap.mean() > 2 * gap.std() / len(gap) ** 0.5


for column in (2, 4):  # shifts of 1 and of 3
    for pair in (
        (("stride", "late"), ("max", "late")),
        (("max", "late"), ("blur", "late")),
    ):
        assert sure(*pair, column), f"{pair} at shift {column - 1}: should differ"
assert sure(("max", "early"), ("blur", "late"), 2), f"early max too, {measured}"
assert measured["early_right"] < measured["blur_right"] + 2, f"as right, {measured}"
assert measured["stride"] > 1.5 * measured["max"], f"the stride most, {measured}"
assert 15 < measured["max"] < 45, f"max should read a quarter otherwise, {measured}"
assert measured["two"] < measured["max"] / 2, (
    f"at shift 2 max should hardly change, {measured}"
)
for kind in ("stride", "max"):
    last = runs[kind, "late"].mean(0)[5].item()
    assert last < 8 and found[kind][5] < 15, f"{kind}: as before at shift 4, {last:.1f}"
blurred = runs["blur", "late"].mean(0)[5].item()
assert blurred < measured["blur"], f"the blur less than at shift 1, {blurred:.1f} %"
assert min(measured["stride_right"], measured["max_right"]) > 85, f"learned, {measured}"
