"""Without normalization a deep residual net trains if its branches start small."""

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
# region: a block, and a network of ten
class Block(nn.Module):
    """A shortcut and a branch of two layers, weighed by one learned number."""

    def __init__(self, alpha, norm):
        super().__init__()
        parts = []
        for _ in range(2):
            linear = nn.Linear(64, 64)
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
            parts += [norm(64), nn.ReLU(), linear]
        self.branch = nn.Sequential(*parts)
        self.alpha = nn.Parameter(torch.tensor(alpha))

    def forward(self, x):  # (N, 64)
        return x + self.alpha * self.branch(x)


def make_model(alpha, norm=nn.Identity):
    """Ten blocks between the 64 pixels and the ten logits."""
    blocks = [Block(alpha, norm) for _ in range(10)]
    return nn.Sequential(nn.Flatten(), *blocks, nn.Linear(64, 10))


# endregion
alpha = 0.0  # try: 0.3, 1.0
train_x, train_y, test_x, test_y = split(0)
torch.manual_seed(0)
model = make_model(alpha)
y, spreads = train_x, []
for layer in model[:-1]:
    y = layer(y)
    spreads.append(y.std().item())
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for epoch in range(4):
    train_epoch(model, optimizer, train_x, train_y)
share = accuracy(model, test_x, test_y)
print(f"alpha {alpha} at the start, rate 0.03: test accuracy {share:.0%}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3))
axis.semilogy(range(11), spreads, "C0o-", label=f"alpha {alpha}")
axis.set_ylim(0.3, 300)
axis.set_xlabel("block")
axis.set_ylabel("spread of its output, at the start")
axis.legend(loc="upper left")
plt.show()
# endregion


# %% proof: without norm, with alpha 1 or 0, and with BN, 12 seeds, each at its own rate
# region: many networks trained side by side
class Many(nn.Module):
    """Networks of ten blocks that share no weights, computed together."""

    def __init__(self, count, alpha, use_bn):
        super().__init__()
        weights = [(2 / 64) ** 0.5 * torch.randn(count, 64, 64) for _ in range(20)]
        self.weights = nn.ParameterList(weights)
        self.biases = nn.ParameterList([torch.zeros(count, 1, 64) for _ in range(20)])
        alphas = [torch.full((count, 1, 1), alpha) for _ in range(10)]
        self.alphas = nn.ParameterList(alphas)
        # Each unit of each network is a channel of its own.
        self.norms = nn.ModuleList([nn.BatchNorm1d(64 * count) for _ in range(20)])
        self.last = nn.Parameter(torch.randn(count, 64, 10) / 14)
        self.bias = nn.Parameter(torch.zeros(count, 1, 10))
        self.use_bn = use_bn

    def forward(self, x):  # (count, N, 64)
        for block, alpha in enumerate(self.alphas):
            y = x
            for i in (2 * block, 2 * block + 1):
                if self.use_bn:
                    channels = y.transpose(0, 1)  # (N, count, 64)
                    y = self.norms[i](channels.flatten(1)).view(channels.shape)
                    y = y.transpose(0, 1)
                y = torch.baddbmm(self.biases[i], y.relu(), self.weights[i])
            x = x + alpha * y
        return torch.baddbmm(self.bias, x, self.last)  # (count, N, 10)


def accuracies(kind, rates, seeds, choosing=False):
    """In %, for each rate and seed, after four epochs; to choose, on held-out digits.

    A network that diverged counts as guessing.
    """
    parts = zip(*[split(seed) for seed in seeds], strict=True)
    x, y, test_x, test_y = (torch.cat([torch.stack(p)] * len(rates)) for p in parts)
    if choosing:
        test_x, test_y = x[:, 800:], y[:, 800:]
    x, test_x = x.flatten(2), test_x.flatten(2)  # (networks, digits, 64)
    torch.manual_seed(seeds[0])
    model = Many(len(x), *kinds[kind])
    factor = torch.tensor(rates).repeat_interleave(len(seeds))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    for _ in range(4):
        for rows in torch.randperm(800).split(50):
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
kinds = {"plain": (1.0, False), "skip": (0.0, False), "bn": (1.0, True)}
rates = {"plain": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)}
rates |= {kind: (0.01, 0.03, 0.1, 0.3) for kind in ("skip", "bn")}
results, largest = {}, {}
measured = {}
for kind, tried in rates.items():
    # Four other seeds choose the rate.
    choice = accuracies(kind, tried, range(5000, 5400, 100), choosing=True)
    best = choice.mean(1).argmax().item()
    results[kind] = accuracies(kind, (tried[best],), range(0, 1200, 100))[0]
    mean = results[kind].mean().item()
    largest[kind] = max(
        lr for lr, runs in zip(tried, choice, strict=True) if runs.min() > 50
    )
    print(f"{kind:6s} {mean:.1f} % at rate {tried[best]};", end=" ")
    tries = zip(tried, choice.mean(1), strict=True)
    print("tried:", ", ".join(f"{lr} {m:.0f} %" for lr, m in tries))
    measured |= {kind: mean, f"{kind}_rate": str(tried[best])}
    measured |= {f"{kind}_largest": str(largest[kind])}
    assert 0 < best < len(tried) - 1, f"{kind}: best at the end, {tried[best]}"
gap = results["skip"] - results["bn"]
measured |= {"gap": gap.mean().item(), "gap_se": gap.std().item() / len(gap) ** 0.5}
least = measured["gap"] - 2 * measured["gap_se"]
assert least > -1, f"alpha 0 should keep up with BN, could be {-least:.1f} behind"
gain = results["skip"] - results["plain"]
sure = (gain.mean() - 2 * gain.std() / len(gain) ** 0.5).item()
assert sure > 6, f"alpha 0 should beat alpha 1, by {sure:.0f} points at least"
ratio = largest["skip"] / largest["bn"]
assert ratio > 0.9, f"and train at rates as large as with BN, {ratio:.2f} times"
measured["times"] = largest["skip"] / largest["plain"]
assert measured["times"] > 20, f"far above alpha 1, {measured['times']:.0f} times"
growths = {}
for start in (1.0, 0.0):
    torch.manual_seed(0)
    y = make_model(start)[:-1](images)
    growths[start] = (y.std() / images.std()).item()
measured["growth"] = growths[1.0]
assert growths[1.0] > 16, (
    f"with alpha 1 the signal should grow, {growths[1.0]:.0f} times"
)
assert abs(growths[0.0] - 1) < 1e-5, f"with alpha 0 stay, {growths[0.0]:.3f} times"
