"""A leaky unit always has a gradient, and leaves a bad start where ReLU stays."""

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
def network(slope, bias):
    """Two hidden layers of 64 leaky units that start far on the negative side."""
    layers = [nn.Flatten()]  # (N, 64)
    for _ in range(2):
        linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.constant_(linear.bias, bias)
        layers += [linear, nn.LeakyReLU(slope)]  # slope 0 is ReLU
    return nn.Sequential(*layers, nn.Linear(64, 10))


# endregion
bias = -6.0  # try: 0.0, -3.0
train_x, train_y, test_x, test_y = split(0)
curves = {}
for slope in (0.0, 0.01):
    torch.manual_seed(0)
    model = network(slope, bias)
    nn.functional.cross_entropy(model(train_x), train_y).backward()
    blocked = (model[3].weight.grad == 0).all(1).sum().item()
    print(f"slope {slope:4.2f}: {blocked:2d} of 64 units of layer 2", end=" ")
    print("get no gradient,", end=" ")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    curves[slope] = []
    for epoch in range(8):
        train_epoch(model, optimizer, train_x, train_y)
        curves[slope].append(100 * accuracy(model, test_x, test_y))
    print(f"{curves[slope][-1]:.0f} % right after 8 epochs")
# region: the picture
for (slope, curve), style in zip(curves.items(), ("C0o-", "C1s--"), strict=True):
    plt.plot(range(1, 9), curve, style, label=f"slope {slope}" + ", ReLU" * (not slope))
plt.ylim(0, 102)
plt.xlabel("epoch")
plt.ylabel("test accuracy in %")
plt.legend(title=f"bias {bias}", loc="center right")
plt.gcf().set_size_inches(4.4, 2.7)
plt.show()
# endregion

# %% proof: 12 seeds, two bad starts and a bad rate, four slopes, two optimizers
kinds = {"ReLU": nn.ReLU, "leaky ReLU": nn.LeakyReLU, "PReLU": nn.PReLU}


def run(kind, optimizer_class, lr, bias, seed):
    """Share of layer 2 without gradient at the start, accuracy, and divergence."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model = network(0.0, bias)
    model[2], model[4] = kinds[kind](), kinds[kind]()
    nn.functional.cross_entropy(model(train_x), train_y).backward()
    blocked = (model[3].weight.grad == 0).all(1).float().mean().item()
    optimizer = optimizer_class(model.parameters(), lr=lr)
    for _ in range(8):
        train_epoch(model, optimizer, train_x, train_y)
    finite = all(p.isfinite().all() for p in model.parameters())
    right = accuracy(model, test_x, test_y)
    return 100 * blocked, 100 * right, 100.0 * (not finite)


settings = {
    "a bad start, Adam": (torch.optim.Adam, 0.003, -6.0),
    "a bad start, SGD": (torch.optim.SGD, 0.1, -6.0),
    "a good rate, SGD": (torch.optim.SGD, 0.3, 0.0),
    "a bad rate, SGD": (torch.optim.SGD, 3.0, 0.0),
}
print(f"\n{'':31}no gradient  accuracy  diverged")
table = {}
for name, setting in settings.items():
    for kind in kinds:
        runs = [run(kind, *setting, seed) for seed in range(0, 1200, 100)]
        table[name, kind] = torch.tensor(runs)  # (12, 3)
        mean = table[name, kind].mean(0).tolist()
        words = "{:18} {:10}  {:10.0f} %  {:6.0f} %  {:6.0f} %"
        print(words.format(name, kind, *mean))

measured = {}
names = {"a bad start, Adam": "adam", "a bad start, SGD": "sgd"}
names |= {"a good rate, SGD": "good", "a bad rate, SGD": "bad"}
for (name, kind), runs in table.items():
    key = f"{names[name]}_{kind.split()[0].lower()}"
    if key not in ("sgd_relu", "sgd_prelu", "bad_leaky", "bad_prelu"):
        measured[key] = runs[:, 1].mean().item()
blocked = table["a bad start, Adam", "ReLU"][:, 0].min().item()
assert blocked > 90, f"nearly all units of ReLU should be blocked, {blocked:.0f} %"
guess = 20  # ten classes: well above it something is learned
assert measured["adam_relu"] < guess, f"ReLU should stay there, {measured}"
assert measured["sgd_leaky"] < guess, f"0.01 with SGD is too slow here, {measured}"
for kind in ("leaky ReLU", "PReLU"):
    free = table["a bad start, Adam", kind][:, 0].max().item()
    assert free == 0, f"no unit of {kind} should be without gradient, {free:.0f} %"
    lead = (
        table["a bad start, Adam", kind][:, 1]
        - table["a bad start, Adam", "ReLU"][:, 1]
    )
    sure = (lead.mean() - 2 * lead.std() / 12**0.5).item()
    assert sure > 40, f"{kind} should learn with Adam where ReLU does not, {sure:.0f}"
    share = table["a bad rate, SGD", kind][:, 2].mean().item()
    assert share > 80, f"rate 3: {kind} should diverge, did in {share:.0f} %"
    less = table["a bad rate, SGD", kind][:, 1].mean().item()
    assert less < guess, f"rate 3: {kind} should not learn, {less:.0f} %"
    even = (
        table["a good rate, SGD", kind][:, 1] - table["a good rate, SGD", "ReLU"][:, 1]
    )
    print(
        f"rate 0.3: {kind} {even.mean():.1f} +- {even.std() / 12**0.5:.1f} points ahead"
    )
dies = table["a bad rate, SGD", "ReLU"]
measured["relu_nan"] = dies[:, 2].mean().item()
assert measured["relu_nan"] < 50, f"at rate 3 ReLU should mostly die, {measured}"
assert measured["bad_relu"] < guess, f"and learn as little, {measured}"
