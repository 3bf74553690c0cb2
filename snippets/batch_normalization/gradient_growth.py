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
def growth(settings, seed, depth=30):
    """By how much the gradient grows from a layer to the one before it."""
    torch.manual_seed(seed)
    model = make_model(depth, *settings)
    batch = torch.randperm(len(labels))[:200]
    nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
    norms = [block.linear.weight.grad.norm() for block in model[1:-1]]
    return (norms[1] / norms[-1]).item() ** (1 / (depth - 2))


seeds, others = range(0, 1200, 100), range(5000, 5300, 100)
found = {name: [growth(s, seed) for seed in seeds] for name, s in kinds.items()}
growths = {name: torch.tensor(v).log().mean().exp().item() for name, v in found.items()}
for name, value in growths.items():
    print(f"{name}: the gradient grows {value:.3f} times a layer")


# region: many networks with BN trained side by side
class Many(nn.Module):
    """Networks of one form that share no weights, computed together."""

    def __init__(self, count, depth, scale, shortcut):
        super().__init__()
        std = scale * (2 / 64) ** 0.5
        weights = [std * torch.randn(count, 64, 64) for _ in range(depth)]
        self.weights = nn.ParameterList(weights)
        # Each unit of each network is a channel of its own; BN needs no bias before it.
        self.norms = nn.ModuleList([nn.BatchNorm1d(64 * count) for _ in range(depth)])
        self.last = nn.Parameter(torch.randn(count, 64, 10) / 14)
        self.bias = nn.Parameter(torch.zeros(count, 1, 10))
        self.shortcut = shortcut

    def forward(self, x):  # (count, N, 64)
        for weight, norm in zip(self.weights, self.norms, strict=True):
            channels = torch.bmm(x, weight).transpose(0, 1)  # (N, count, 64)
            y = norm(channels.flatten(1)).view(channels.shape).transpose(0, 1).relu()
            x = x + y if self.shortcut else y
        return torch.baddbmm(self.bias, x, self.last)  # (count, N, 10)


def accuracies(depth, scale, rates, seeds, shortcut=False, choosing=False):
    """In %, for each rate and seed, after eight epochs; if choosing, held-out."""
    parts = zip(*[split(seed) for seed in seeds], strict=True)
    x, y, test_x, test_y = (torch.cat([torch.stack(p)] * len(rates)) for p in parts)
    if choosing:
        test_x, test_y = x[:, 800:], y[:, 800:]
    x, test_x = x.flatten(2), test_x.flatten(2)  # (networks, digits, 64)
    torch.manual_seed(seeds[0])
    model = Many(len(x), depth, scale, shortcut)
    factor = torch.tensor(rates).repeat_interleave(len(seeds))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    for _ in range(8):
        for rows in torch.randperm(800).split(100):
            optimizer.zero_grad()
            logits = model(x[:, rows]).transpose(1, 2)
            loss = nn.functional.cross_entropy(logits, y[:, rows], reduction="none")
            # A factor for its loss is a rate of its own, since no weight is shared.
            (factor * loss.mean(1)).sum().backward()
            optimizer.step()
    model.eval()
    right = (model(test_x).argmax(2) == test_y).float().mean(1)
    return 100 * right.view(len(rates), len(seeds))


# endregion
def tuned(depth, scale, rates, shortcut=False):
    """Accuracies of 12 seeds at the rate that three others chose, and this rate."""
    tried = accuracies(depth, scale, rates, others, shortcut, choosing=True).mean(1)
    lr = rates[tried.argmax().item()]
    tries = ", ".join(f"{r} {t:.0f}" for r, t in zip(rates, tried, strict=True))
    print(
        f"depth {depth}, scale {scale}, shortcuts {shortcut}: tried {tries} %", end=""
    )
    found = accuracies(depth, scale, (lr,), seeds, shortcut)[0]
    print(f"; {found.mean():.0f} %")
    return found, lr


# Depth 20: the rate that suits He's scale, for it and for ten times as much.
at_one, lr = tuned(20, 1, (0.03, 0.1, 0.3))
at_ten = accuracies(20, 10, (lr,), seeds)[0]
retuned, retuned_lr = tuned(20, 10, (0.1, 0.3, 1.0, 3.0))
print(f"depth 20, scale 10 at the rate of scale 1: {at_ten.mean():.0f} %")
deep, deep_lr = tuned(40, 1, (0.03, 0.1, 0.3))
saved, saved_lr = tuned(40, 1, (0.03, 0.1, 0.3), shortcut=True)
measured = {"growth": growths["BN"], "plain_growth": growths["without BN"]}
measured |= {"shortcut_growth": growths["BN and shortcuts"]}
measured |= {"at_one": at_one.mean().item(), "at_ten": at_ten.mean().item()}
measured |= {"retuned": retuned.mean().item(), "retuned_lr": str(retuned_lr)}
measured |= {"deep": deep.mean().item(), "saved": saved.mean().item()}
expected = (torch.pi / (torch.pi - 1)) ** 0.5  # derived on the page
gap = abs(growths["BN"] - expected)
assert gap < 0.02, f"should grow {expected:.3f} times, grows {growths['BN']:.3f} times"
gap = abs(growths["without BN"] - 1)
assert gap < 0.04, f"without BN it should stay, off by {gap:.3f} a layer"
assert growths["BN and shortcuts"] < 1.1, "shortcuts should take most of it away"


def lead(first, second):
    """Mean of the paired differences in points, less two standard errors."""
    gap = first - second
    return (gap.mean() - 2 * gap.std() / len(gap) ** 0.5).item()


for name, rate in {"1": lr, "10": retuned_lr}.items():
    ends = {"1": (0.03, 0.3), "10": (0.1, 3.0)}[name]
    assert ends[0] < rate < ends[1], (
        f"scale {name}: the best rate is at the end, {rate}"
    )
sure = lead(at_one, at_ten)
assert sure > 40, f"at depth 20 the scale should count, by {sure:.0f} points"
sure = lead(retuned, at_ten)
assert sure > 5, f"a rate of its own should help, by {sure:.0f} points"
sure = lead(at_one, retuned)
assert sure > 5, f"but not make up for it, {sure:.0f} points are left"
sure = lead(saved, deep)
assert sure > 30, f"at depth 40 shortcuts should lead, by {sure:.0f} points"
assert deep.mean() < 50, f"where BN alone should not do, {deep.mean():.0f} %"
