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
def test_accuracy(kind, lr, seed):
    """In %, after four epochs; a network that diverged counts as guessing."""
    x, y, test_x, test_y = split(seed)
    torch.manual_seed(seed)
    model = make_model(*kinds[kind])
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    for _ in range(4):
        train_epoch(model, optimizer, x, y)
    return 100 * accuracy(model, test_x, test_y)


kinds = {"plain": (1.0,), "skip": (0.0,), "bn": (1.0, nn.BatchNorm1d)}
rates = {"plain": (1e-5, 1e-4, 1e-3, 1e-2), "skip": (0.01, 0.03, 0.1, 0.3)}
rates["bn"] = (0.003, 0.01, 0.03, 0.1, 0.3)
results = {}
measured = {}
for kind, tried in rates.items():
    others = (5000, 5100, 5200)  # three other seeds choose the rate
    means = [sum(test_accuracy(kind, lr, s) for s in others) / 3 for lr in tried]
    best = means.index(max(means))
    runs = [test_accuracy(kind, tried[best], seed) for seed in range(0, 1200, 100)]
    results[kind] = torch.tensor(runs)
    mean = results[kind].mean().item()
    print(f"{kind:6s} {mean:.1f} % at rate {tried[best]};", end=" ")
    print("tried:", ", ".join(f"{lr} {m:.0f} %" for lr, m in zip(tried, means)))
    measured |= {kind: mean, f"{kind}_rate": str(tried[best])}
    works = [lr for lr, m in zip(tried, means) if m > 80]
    if kind != "plain":
        measured |= {f"{kind}_largest": max(works, default=0)}
    assert 0 < best < len(tried) - 1, f"{kind}: best at the end, {tried[best]}"
gap = results["skip"] - results["bn"]
measured |= {"gap": gap.mean().item(), "gap_se": gap.std().item() / len(gap) ** 0.5}
least = measured["gap"] - 2 * measured["gap_se"]
assert least > -1, f"alpha 0 should keep up with BN, could be {-least:.1f} behind"
gain = results["skip"] - results["plain"]
sure = (gain.mean() - 2 * gain.std() / len(gain) ** 0.5).item()
assert sure > 6, f"alpha 0 should beat alpha 1, by {sure:.0f} points at least"
ratio = measured["skip_largest"] / measured["bn_largest"]
assert ratio > 0.9, f"and train at rates as large as with BN, {ratio:.2f} times"
assert measured["skip_largest"] > 30 * float(measured["plain_rate"]), (
    "far above alpha 1"
)
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
