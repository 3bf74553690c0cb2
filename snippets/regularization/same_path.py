"""Before batch normalization weight decay is a growing learning rate."""

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


# region: convolution, BN with next to no eps, ReLU, pooling, classes
def predict(w, head, x):
    """The logits for the images x with the kernels w, (8, 1, 3, 3)."""
    z = nn.functional.conv2d(x.double(), w, padding=1)  # (N, 8, 8, 8)
    z = nn.functional.batch_norm(z, None, None, training=True, eps=1e-20)
    return head(nn.functional.max_pool2d(z.relu(), 2).flatten(1))


def loss_of(w, head, x, y):
    """The mean loss on a batch."""
    return nn.functional.cross_entropy(predict(w, head, x), y)


def start(decay):
    """Kernels, the layer of the classes, and SGD with decay on the kernels alone."""
    w = (torch.randn(8, 1, 3, 3, dtype=torch.float64) / 3).requires_grad_()
    head = nn.Linear(128, 10).double()  # trained alike in all runs
    groups = [{"params": [w], "weight_decay": decay}, {"params": head.parameters()}]
    return w, head, torch.optim.SGD(groups, lr=0.2)


def turns_of(path):
    """The mean angle by which a step turns a filter, in degrees, (steps - 1,)."""
    w = nn.functional.normalize(path.flatten(2), dim=2)
    return torch.rad2deg(2 * (w.diff(dim=0).norm(dim=2) / 2).asin()).mean(1)


# endregion
def train(decay, lr_at, seed=0):
    """The kernels after each step at the rate lr_at(step), and the last logits."""
    torch.manual_seed(seed)
    w, head, optimizer = start(decay)
    train_x, train_y, test_x, _ = split(seed)
    path = []
    for step, batch in enumerate(torch.randint(1000, (120, 50))):
        optimizer.param_groups[0]["lr"] = lr_at(step)
        loss = loss_of(w, head, train_x[batch], train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path), predict(w, head, test_x).detach()


weight_decay = 0.05  # try: 0.01, 0.2
k = 1 - 0.2 * weight_decay
with_decay, logits = train(weight_decay, lambda step: 0.2)
growing, same = train(0.0, lambda step: 0.2 / k ** (2 * step + 1))
without, other = train(0.0, lambda step: 0.2)
print(f"no decay, growing rate: logits differ by {(logits - same).abs().max():.0e}")
print(f"no decay, same rate:    logits differ by {(logits - other).abs().max():.1f}")
# region: the picture
import matplotlib.pyplot as plt


def smooth(path):
    """The turn, averaged over 20 steps."""
    return turns_of(path).unfold(0, 20, 4).mean(1)


at = torch.arange(len(smooth(without))) * 4 + 10
plt.plot(at, smooth(with_decay), label=f"weight decay {weight_decay}")
plt.plot(at, smooth(growing), "o", color="C1", ms=4, label="none, growing rate")
plt.plot(at, smooth(without), "--", color="C2", label="none")
plt.xlabel("step")
plt.ylabel("turn of a filter (degrees)")
plt.ylim(0)
plt.legend(fontsize=9)
plt.gcf().set_size_inches(4.6, 3)
plt.show()
gap = (logits - same).abs().max().item()
assert gap < 1e-6, f"both should end with the same outputs, differ by {gap:.1e}"
# endregion

# %% proof: 12 seeds
ratios, longer, alike = [], [], []
for seed in range(0, 1200, 100):
    path, logits = train(weight_decay, lambda step: 0.2, seed)
    grown, same = train(0.0, lambda step: 0.2 / k ** (2 * step + 1), seed)
    none, other = train(0.0, lambda step: 0.2, seed)
    worst = (logits - same).abs().max().item()
    assert worst < 1e-6, f"seed {seed}: should be the same network, off by {worst:.1e}"
    apart = (logits - other).abs().max().item()
    assert apart > 0.01, f"seed {seed}: the same rate should not do, apart {apart:.1e}"
    norms = none.square().sum((2, 3, 4))  # (steps, filters)
    assert (norms.diff(dim=0) > -1e-9).all(), f"seed {seed}: filters should only grow"
    ratios.append(turns_of(path)[-40:].mean() / turns_of(none)[-40:].mean())
    longer.append(grown[-1].norm() / path[-1].norm())
    alike.append((turns_of(grown) / turns_of(path) - 1).abs().max())
ratios, longer = torch.stack(ratios), torch.stack(longer)
turns, error = ratios.mean().item(), (ratios.std() / 12**0.5).item()
print(f"with decay the filters turn {turns:.2f} +- {error:.2f} times as far", end=" ")
print(f"in a late step; at the growing rate they get {longer.mean():.1f} times as long")
measured = {"gap": gap, "turns": turns, "turns_se": error}
measured["longer"] = longer.mean().item()
assert max(alike) < 1e-6, f"both should turn alike, off by {max(alike):.1e}"
assert turns - 2 * error > 1.2, f"decay should keep filters turning, {turns:.2f} times"
assert abs(longer.mean() * k**120 - 1) < 1e-6, f"they are longer by 1 / k^120, {longer}"
assert longer.mean() > 2, f"a growing rate should lengthen them, {longer.mean():.1f}"
