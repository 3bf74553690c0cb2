"""Some units are dead from the start, a large rate kills others, and few return."""

import matplotlib.pyplot as plt
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


# region: the network
def network(bias):
    """Two hidden layers of 64 ReLU units, with He's weights and a chosen bias."""
    layers = [nn.Flatten()]  # (N, 64)
    for _ in range(2):
        linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.constant_(linear.bias, bias)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


# endregion
@torch.no_grad()
def dead(model, x):
    """Which units of both hidden layers are zero for every image: (2, 64)."""
    first = model[:3](x)  # (N, 64)
    second = model[3:5](first)
    return torch.stack([(first == 0).all(0), (second == 0).all(0)])


lr = 1.0  # try: 0.1, 3.0
bias = 0.0  # try: -4.0
torch.manual_seed(0)
train_x, train_y, test_x, test_y = split(0)
model = network(bias)
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
counts = [dead(model, train_x).sum(1)]
for epoch in range(5):
    train_epoch(model, optimizer, train_x, train_y)
    counts.append(dead(model, train_x).sum(1))
for layer in (0, 1):
    before, after = counts[0][layer], counts[-1][layer]
    print(f"layer {layer + 1}: {before:2d} of 64 dead at first, {after:2d} at last")
print(f"test accuracy {accuracy(model, test_x, test_y):.0%}")
# region: the picture
for layer, style in ((0, "C0o-"), (1, "C1s--")):
    values = [count[layer] for count in counts]
    plt.plot(range(6), values, style, label=f"layer {layer + 1}")
plt.ylim(-3, 67)
plt.xlabel("epoch")
plt.ylabel("dead units of 64")
plt.legend(title=f"rate {lr}, bias {bias}")
plt.gcf().set_size_inches(4.4, 2.7)
plt.show()
# endregion

# %% proof: 24 seeds, five rates, a low bias, the controls, and who comes back


def run(lr, bias=0.0, kind="plain", seed=0):
    """The network after three epochs, who was dead before, who is, and accuracy."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    if kind == "pixels":
        # Not centred: no value is negative. As large as before in the mean square.
        shifted = images - images.min()
        scale = shifted.square().mean().sqrt()
        train_x, test_x = ((t - images.min()) / scale for t in (train_x, test_x))
    model = network(bias)
    if kind == "biases frozen":
        model[1].bias.requires_grad_(False)
        model[3].bias.requires_grad_(False)
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(learned, lr=lr)
    before = dead(model, train_x)
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    after = dead(model, train_x)
    right = 100 * accuracy(model, test_x, test_y)
    return model, before, after, right, (train_x, train_y)


seeds = range(0, 2400, 100)
table = {}
settings = [(lr, 0.0, "plain") for lr in (0.03, 0.1, 0.3, 1.0, 3.0)]
settings += [(0.1, -4.0, "plain")]
settings += [(1.0, 0.0, kind) for kind in ("pixels", "biases frozen")]
print("\nrate  bias                 dead before   killed since   accuracy")
for setting in settings:
    rows = []
    for seed in seeds:
        _, before, after, right, _ = run(*setting, seed)
        born = 100 * before.float().mean(1)  # (2,), in %
        killed = 100 * (after & ~before).float().mean(1)
        rows.append([*born.tolist(), *killed.tolist(), right])
    table[setting] = torch.tensor(rows)  # (24, 5)
    mean = table[setting].mean(0).tolist()
    words = "{:4}  {:4}  {:13}  {:4.0f} {:4.0f} %   {:6.0f} {:4.0f} %  {:6.0f} %"
    print(words.format(*setting, *mean))
# region: a picture of the rates
rates = [0.03, 0.1, 0.3, 1.0, 3.0]
for layer, style in ((0, "C0o-"), (1, "C1s--")):
    points = torch.stack([table[lr, 0.0, "plain"][:, 2 + layer] for lr in rates])
    error = points.std(1) / 24**0.5
    plt.errorbar(rates, points.mean(1), error, fmt=style, label=f"layer {layer + 1}")
plt.xscale("log")
plt.xlabel("learning rate")
plt.ylabel("units killed in %")
plt.legend()
plt.gcf().set_size_inches(4.4, 2.7)
plt.show()
# endregion


def gap(one, other, column):
    """Mean and standard error of the differences, seed by seed."""
    values = (table[one] - table[other])[:, column]
    return values.mean().item(), (values.std() / 24**0.5).item()


at_one, gentle = table[1.0, 0.0, "plain"], table[0.3, 0.0, "plain"]
measured = {"one": at_one[:, 2].mean().item(), "two": at_one[:, 3].mean().item()}
assert gentle[:, 2:4].mean(0).max() < 3, f"rate 0.3 should kill few, {gentle}"
for column, least in ((2, 8), (3, 2)):
    more, error = gap((1.0, 0.0, "plain"), (0.3, 0.0, "plain"), column)
    assert more - 2 * error > least, f"rate 1 should kill, {more:.0f} +- {error:.0f}"
most = table[3.0, 0.0, "plain"][:, 2:4]
assert most.mean(0).min() > 80, f"rate 3 should kill nearly all, {most.mean(0)}"
assert at_one[:, :2].mean(0).max() < 3, f"few should be dead before, {at_one[:, :2]}"
low = table[0.1, -4.0, "plain"].mean(0)
measured |= {"born": low[0].item(), "born_two": low[1].item()}
assert low[0] > 60 and low[1] > 95, f"a bias of -4: dead before the first step, {low}"
assert low[2:4].max() < 5, f"and hardly one is killed since, {low}"
worse, error = gap((1.0, 0.0, "pixels"), (1.0, 0.0, "plain"), 2)
measured |= {"pixels": worse, "pixels_se": error}
assert worse > 2 * error, (
    f"without centring more should die, {worse:.0f} +- {error:.0f}"
)
frozen, error = gap((1.0, 0.0, "biases frozen"), (0.3, 0.0, "plain"), 2)
measured["frozen"] = table[1.0, 0.0, "biases frozen"][:, 2].mean().item()
assert frozen - 2 * error > 8, f"without biases too, {frozen:.0f} +- {error:.0f}"

# Who comes back when the rate is lowered? Units of 12 networks, killed at rate 1.
died, back, moved = torch.zeros(2), torch.zeros(2), []
for seed in seeds[:12]:
    model, before, after, _, (x, y) = run(1.0, seed=seed)
    was = after & ~before
    model.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    weights = model[1].weight.detach().clone()
    for layer, units in zip((model[1], model[3]), was, strict=True):
        size = layer.weight.grad[units].abs().sum() + layer.bias.grad[units].abs().sum()
        assert size == 0, f"dead units should get a gradient of exactly 0, {size:.1e}"
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(4):
        train_epoch(model, optimizer, x, y)
    now = dead(model, x)
    died += was.sum(1)
    back += (was & ~now).sum(1)
    change = (model[1].weight - weights).detach().abs().sum(1)  # (64,)
    assert change[was[0]].sum() == 0, "dead units of layer 1 should not move at all"
    if not after[1].all():  # else nothing reaches the layer below
        moved += [(change[~after[0]] > 0).float().mean().item()]
print(f"\nrate 1, then 0.1: of {died[0]:.0f} killed in layer 1 return {back[0]:.0f},")
print(f"of {died[1]:.0f} in layer 2 {back[1]:.0f}")
measured |= {"died": int(died[1]), "back": int(back[1]), "died_one": int(died[0])}
assert sum(moved) > 0.9 * len(moved) > 5, f"living ones should move, {moved}"
assert died.min() > 40, f"both layers should have dead units, {died}"
assert back[0] == 0, f"in layer 1 none should return, {back[0]:.0f} did"
assert 0 < back[1] < died[1] / 2, f"in layer 2 some should, not most, {back[1]:.0f}"

# Momentum and weight decay move a unit that gets no gradient.
for settings in ({"momentum": 0.9}, {"weight_decay": 0.01}, {}):
    torch.manual_seed(0)
    x, y, _, _ = split(0)
    model = network(0.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, **settings)
    train_epoch(model, optimizer, x, y)
    with torch.no_grad():
        model[1].bias[0] = -1e3
    killed = model[1].weight[0].detach().clone()
    assert dead(model, x)[0, 0], "the unit should be dead now"
    train_epoch(model, optimizer, x, y)
    moves = (model[1].weight[0] - killed).abs().sum().item()
    assert (moves > 0) == bool(settings), f"{settings}: moved by {moves}"
    if "weight_decay" in settings:  # w and b shrink alike, so z keeps its sign
        rest = 0.999**20
        gap = (model[1].weight[0] - rest * killed).abs().max().item()
        assert gap < 1e-5, f"20 steps should leave {rest:.3f} of w, gap {gap:.1e}"
        left = model[1].bias[0].item() / -1e3
        assert abs(left - rest) < 1e-4, f"and of b, {left:.4f}"


# Batch normalization in front of each ReLU
def normalized(lr, seed):
    """Share of dead units after three epochs, (2,)."""
    torch.manual_seed(seed)
    x, y, _, _ = split(seed)
    plain = network(0.0)
    model = nn.Sequential(
        *plain[:2], nn.BatchNorm1d(64), *plain[2:4], nn.BatchNorm1d(64), *plain[4:]
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(3):
        train_epoch(model, optimizer, x, y)
    model.eval()
    with torch.no_grad():
        outputs = model[:4](x), model[:7](x)
    return torch.stack([100 * (h == 0).all(0).float().mean() for h in outputs])


for lr in (1.0, 3.0, 10.0):
    shares = torch.stack([normalized(lr, seed) for seed in seeds[:12]]).mean(0).tolist()
    print(f"with BN, rate {lr:4}: {shares[0]:.0f} and {shares[1]:.0f} % dead")
    if lr > 1:
        measured |= {f"bn_one_{lr:.0f}": shares[0], f"bn_two_{lr:.0f}": shares[1]}
assert measured["bn_one_3"] < 5, f"with BN rate 3 should kill few, {measured}"
assert measured["bn_two_3"] < 10, f"with BN rate 3 should kill few, {measured}"
assert measured["bn_two_10"] > 60, f"with BN rate 10 should kill, {measured}"
