"""At the start BN makes gradients grow towards the input, by a fifth a layer."""

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
# region: a network of any depth, with BN, with shortcuts, or without
class Block(nn.Module):
    """A linear layer of 64 units with He's weights and a ReLU."""

    def __init__(self, use_bn, shortcut):
        super().__init__()
        self.linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)
        self.norm = nn.BatchNorm1d(64) if use_bn else nn.Identity()
        self.shortcut = shortcut

    def forward(self, x):  # (N, 64)
        y = self.norm(self.linear(x)).relu()
        return x + y if self.shortcut else y


def make_model(depth, use_bn, shortcut=False):
    """Blocks of 64 units between the 64 pixels and the ten logits."""
    blocks = [Block(use_bn, shortcut) for _ in range(depth)]
    return nn.Sequential(nn.Flatten(), *blocks, nn.Linear(64, 10))


# endregion
depth = 20  # try: 5, 10, 40
kinds = {"without BN": (False,), "BN": (True,), "BN and shortcuts": (True, True)}
norms = {}
for name, settings in kinds.items():
    torch.manual_seed(0)
    model = make_model(depth, *settings)
    nn.functional.cross_entropy(model(images[:200]), labels[:200]).backward()
    blocks = model[1:-1]
    norms[name] = [block.linear.weight.grad.norm().item() for block in blocks]
    ratio = norms[name][1] / norms[name][-1]
    print(f"{name}, depth {depth}: gradient of layer 2 / last = {ratio:.1f}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3))
for (name, values), style in zip(norms.items(), ("C1s--", "C0o-", "C2^:"), strict=True):
    axis.semilogy(range(1, depth + 1), values, style, markersize=4, label=name)
axis.set_xlabel("layer")
axis.set_ylabel("norm of its gradient")
axis.legend()
plt.show()
# endregion


# %% proof: growth a layer over 12 seeds, and training at depth 20 and 40
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
def growth(settings, seed, depth=30):
    """By how much the gradient grows from a layer to the one before it."""
    torch.manual_seed(seed)
    model = make_model(depth, *settings)
    batch = torch.randperm(len(labels))[:200]
    nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
    norms = [block.linear.weight.grad.norm() for block in model[1:-1]]
    return (norms[1] / norms[-1]).item() ** (1 / (depth - 2))


def test_accuracy(depth, scale, lr, seed, shortcut=False):
    """In %, of a network with BN whose weights start at scale times He's."""
    x, y, test_x, test_y = split(seed)
    torch.manual_seed(seed)
    model = make_model(depth, True, shortcut)
    with torch.no_grad():
        for block in model[1:-1]:
            block.linear.weight *= scale
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    for _ in range(8):
        train_epoch(model, optimizer, x, y, batch_size=100)
    return 100 * accuracy(model, test_x, test_y)


found = {
    name: [growth(s, seed) for seed in range(0, 1200, 100)] for name, s in kinds.items()
}
growths = {name: torch.tensor(v).log().mean().exp().item() for name, v in found.items()}
for name, value in growths.items():
    print(f"{name}: the gradient grows {value:.3f} times a layer")


def best_mean(depth, scale, lrs, shortcut=False):
    """The highest mean over three seeds, and the rate that has it."""
    others = range(5000, 5300, 100)
    means = []
    for lr in lrs:
        runs = [test_accuracy(depth, scale, lr, seed, shortcut) for seed in others]
        means.append(sum(runs) / len(runs))
    return max(means), lrs[means.index(max(means))]


# Depth 20: the rate that suits He's scale, for it and for ten times as much.
_, lr = best_mean(20, 1, (0.01, 0.03, 0.1))
seeds = range(0, 1200, 100)
at_one = torch.tensor([test_accuracy(20, 1, lr, seed) for seed in seeds])
at_ten = torch.tensor([test_accuracy(20, 10, lr, seed) for seed in seeds])
retuned, retuned_lr = best_mean(20, 10, (0.3, 1.0, 3.0))
print(
    f"depth 20, rate {lr}: {at_one.mean():.0f} % at He's scale, {at_ten.mean():.0f} %",
    end=" ",
)
print(f"at ten times it; rate {retuned_lr} for that scale: {retuned:.0f} %")
# Depth 40, each at the better of two rates.
deep, deep_lr = best_mean(40, 1, (0.03, 0.1))
saved, saved_lr = best_mean(40, 1, (0.03, 0.1), shortcut=True)
print(f"depth 40: {deep:.0f} % (rate {deep_lr}),", end=" ")
print(f"with shortcuts {saved:.0f} % (rate {saved_lr})")
measured = {"growth": growths["BN"], "plain_growth": growths["without BN"]}
measured |= {"shortcut_growth": growths["BN and shortcuts"]}
measured |= {"at_one": at_one.mean().item(), "at_ten": at_ten.mean().item()}
measured |= {"retuned": retuned, "lr": str(lr), "retuned_lr": str(retuned_lr)}
measured |= {"deep": deep, "saved": saved}
expected = (torch.pi / (torch.pi - 1)) ** 0.5  # derived on the page
gap = abs(growths["BN"] - expected)
assert gap < 0.02, f"should grow {expected:.3f} times, grows {growths['BN']:.3f} times"
gap = abs(growths["without BN"] - 1)
assert gap < 0.04, f"without BN it should stay, off by {gap:.3f} a layer"
assert growths["BN and shortcuts"] < 1.1, "shortcuts should take most of it away"
lead = at_one - at_ten
sure = (lead.mean() - 2 * lead.std() / len(lead) ** 0.5).item()
assert sure > 40, f"at depth 20 the scale should count, by {sure:.0f} points"
assert 0.01 < lr < 0.1, f"the best rate should lie inside, is {lr}"
assert retuned > at_ten.mean() + 20, f"a larger rate should help, {retuned:.0f} %"
assert retuned < at_one.mean() - 5, f"but not make up for it, {retuned:.0f} %"
assert deep < 50, f"at depth 40 BN alone should not do, {deep:.0f} %"
assert saved > deep + 30, f"shortcuts should, {saved:.0f} %"
