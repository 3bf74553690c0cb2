"""Copies of one unit get equal gradients; what parts them has to come from outside."""

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
train_x, train_y, test_x, test_y = split(0, train_size=600)
precision = "float64"  # try: "float32"
width = 33  # try: 32, 40
starts = {  # what one weight of the first copy is off by, and dropout
    "copies": (0.0, 0.0),
    "one weight off by 1e-6": (1e-6, 0.0),
    "copies with dropout": (0.0, 0.5),
}


def copies(off, p):
    """A network whose hidden units are copies of one."""
    hidden, output = nn.Linear(64, width), nn.Linear(width, 10)
    with torch.no_grad():
        hidden.weight.copy_(hidden.weight[:1].clone().expand(width, 64))
        hidden.bias.copy_(hidden.bias[:1].clone().expand(width))
        output.weight.copy_(output.weight[:, :1].clone().expand(10, width))
        hidden.weight[0, 20] += off
    parts = hidden, nn.Tanh(), nn.Dropout(p), output
    return nn.Sequential(nn.Flatten(), *parts).to(getattr(torch, precision))


# region: training, the test error, the output and the picture
def train(model, x, y, num_steps=400, lr=0.1):
    """The largest difference between two hidden units before each step."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    gaps = []
    for _ in range(num_steps):
        rows = model[1].weight.detach()
        gaps.append((rows - rows[0]).abs().max().item())
        loss = nn.functional.cross_entropy(model(x.to(rows)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return gaps


@torch.no_grad()
def error(model, x, y):
    """The share of images that the model puts into a wrong class, in %."""
    wrong = model.eval()(x.to(model[1].weight)).argmax(1) != y
    return 100 * wrong.double().mean().item()


import matplotlib.pyplot as plt

for (name, (off, p)), style in zip(starts.items(), ("-", "--", ":"), strict=True):
    torch.manual_seed(0)
    model = copies(off, p)
    gaps = train(model, train_x, train_y)
    print(f"{name:22s}: units differ by {gaps[60]:.0e} after 60 steps", end=", ")
    print(f"{gaps[-1]:.0e} in the end, test error {error(model, test_x, test_y):.0f} %")
    drawn = [gap or float("nan") for gap in gaps]  # a log axis has no 0
    plt.semilogy(drawn, style, label=name)
plt.xlabel("step")
plt.ylabel("largest difference\nbetween two units")
plt.ylim(1e-18, 10)
plt.legend(bbox_to_anchor=(0.5, 1.02), loc="lower center", ncols=2, fontsize=9)
plt.gcf().set_size_inches(4.6, 3.2)
plt.show()
# endregion

# %% proof: without any rounding, 12 seeds of each start, and starts from zero
from fractions import Fraction

measured = {}


def exact(off, num_steps=5):
    """The weights of two ReLU units trained by fractions, where nothing rounds."""
    data = [(1, 2, 1), (-1, 1, 0), (2, -1, 2)]  # two inputs and a target
    units = [[Fraction(1, 2) + off, Fraction(1, 3), Fraction(1, 4)]]
    units += [[Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)]]  # w1, w2, v
    for _ in range(num_steps):
        steps = [[Fraction(0)] * 3 for _ in units]
        for a, b, target in data:
            h = [max(w1 * a + w2 * b, Fraction(0)) for w1, w2, _ in units]
            e = sum(u[2] * z for u, z in zip(units, h, strict=True)) - target
            for unit, z, step in zip(units, h, steps, strict=True):
                on = 1 if z > 0 else 0
                gradient = (e * unit[2] * on * a, e * unit[2] * on * b, e * z)
                step[:] = [s + g for s, g in zip(step, gradient, strict=True)]
        pairs = zip(units, steps, strict=True)
        units = [[w - s / 16 for w, s in zip(u, t, strict=True)] for u, t in pairs]
    return units


first, second = exact(Fraction(0))
assert first == second, "without rounding two equal units should stay equal"
assert first[0] != Fraction(1, 2), "although they learn"
first, second = exact(Fraction(1, 1000))
assert first != second, "units that begin apart should stay apart"


# How fast nearly equal units part, and what each start comes to
def other(kind):
    """A start of random weights, of zeros, or a linear model of zeros."""
    hidden, output = nn.Linear(64, 32), nn.Linear(32, 10)
    parts = (nn.Linear(64, 10),) if kind == "linear" else (hidden, nn.Tanh(), output)
    model = nn.Sequential(nn.Flatten(), *parts).double()
    if kind != "random":
        for parameter in model.parameters():
            nn.init.zeros_(parameter)
    return model


precision, width = "float64", 32
kinds = {"off": (1e-6, 0.0), "dropout": (0.0, 0.5)}
for kind in ("off", "dropout", "random", "zeros", "linear"):
    rows = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        x, y, far_x, far_y = split(seed, train_size=600)
        model = copies(*kinds[kind]) if kind in kinds else other(kind)
        gaps = train(model, x, y, num_steps=400 if kind == "off" else 150)
        rows.append([gaps[20], gaps[120], gaps[-1], error(model, far_x, far_y)])
        if kind == "zeros":
            stays = [(model[k].weight == 0).all() for k in (1, 3)]
            assert all(stays) and (model[1].bias == 0).all(), (
                "all but one should stay 0"
            )
            share = torch.bincount(y) / len(y)
            entropy = -(share * share.log()).sum().item()
            loss = nn.functional.cross_entropy(model(x.double()), y).item()
            off = abs(loss - entropy)
            assert off < 1e-3, (
                f"it should learn the class frequencies, off by {off:.0e}"
            )
    rows = torch.tensor(rows, dtype=torch.float64)
    early, later, end = rows.log().mean(0).exp()[:3].tolist()
    wrong = rows[:, 3].mean().item()
    print(f"{kind:8s}: units differ by {early:.0e}, {later:.0e}, {end:.0e}", end="; ")
    print(f"{wrong:.1f} % of the test digits wrong")
    if kind != "off":
        measured[f"{kind}_error"] = wrong
    if kind == "off":
        measured["growth"] = later / early
        least = rows[:, 2].min().item()
        assert least > 0.01, f"units that differ by 1e-6 should part, {least:.0e}"
        assert measured["growth"] > 5, (
            f"the difference should grow, {later / early:.1f}"
        )
    if kind == "dropout":
        least = rows[:, 2].min().item()
        assert least > 0.1, f"dropout should part the copies, {least:.0e}"

# 32 copies are one unit: what they compute, one unit with the sum of their v computes
torch.manual_seed(0)
model = copies(0.0, 0.0)
h = torch.tanh(model[1](images.flatten(1).double())[:, :1])  # (1797, 1)
one = h @ model[4].weight.sum(1, keepdim=True).T + model[4].bias
gap = (one - model(images.double())).abs().max().item()
assert gap < 1e-12, f"one unit should compute the same, gap {gap:.0e}"
train(model, train_x, train_y, num_steps=30)  # before rounding could part them
measured["copies_error"] = error(model, test_x, test_y)
spare = measured["copies_error"] - measured["random_error"]
print(f"copies  : {measured['copies_error']:.1f} % wrong after 30 steps")
assert spare > 20, f"copies should err more than random units, by {spare:.1f} points"
assert measured["zeros_error"] > 80, f"from zero nothing should be learned, {measured}"
good = max(measured["random_error"], measured["linear_error"])
assert good < 0.5 * measured["copies_error"], f"random and linear learn, {measured}"
behind = measured["dropout_error"] - measured["random_error"]
assert abs(behind) < 0.1 * spare, (
    f"copies that parted should learn like random ones, {behind:.1f}"
)

# Biases may begin at zero: random weights give each a gradient of its own
torch.manual_seed(0)
model = other("random")
for k in (1, 3):
    nn.init.zeros_(model[k].bias)
nn.functional.cross_entropy(model(train_x.double()), train_y).backward()
gradients = model[1].bias.grad.sort().values
least = gradients.diff().min().item()
assert least > 1e-8, f"each bias should get a gradient of its own, {least:.0e}"
