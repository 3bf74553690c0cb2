"""Weight decay multiplies each weight by 1 - lr · weight_decay and makes none zero."""

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
x = (images - images.min()).flatten(1).double()  # (1797, 64), no ink is 0
x = nn.functional.pad(x, (0, 1))  # (1797, 65): a last input that is always 0
weight_decay = 0.01
lr = 0.1  # try: 1.0
# region: the first weights, and the gradient
torch.manual_seed(0)
start = 0.1 * torch.randn(10, 65, dtype=torch.float64)


def gradient(w):
    """Of the loss alone: no penalty is in it."""
    w = w.detach().requires_grad_()
    loss = nn.functional.cross_entropy(x @ w.T, labels)
    return torch.autograd.grad(loss, w)[0]


# endregion


w = start.clone()  # (10, 65)
by_torch = start.clone()
optimizer = torch.optim.SGD([by_torch], lr=lr, weight_decay=weight_decay)
for step in range(200):
    w = (1 - lr * weight_decay) * w - lr * gradient(w)  # shrink, then step
    by_torch.grad = gradient(by_torch)
    optimizer.step()
gap = (w - by_torch).abs().max().item()
left = (w[:, -1] / start[:, -1]).mean().item()
zeros = (by_torch == 0).sum().item()
print(f"by hand against torch.optim.SGD: largest difference {gap:.0e}")
print(f"weights of the empty input: {left:.1%} left after 200 steps")
print(f"weights that are exactly zero: {zeros} of {w.numel()}")
# region: the checks
assert gap < 1e-9, f"shrink-then-step should be SGD's weight_decay, differ by {gap:.1e}"
assert zeros == 0, f"no weight should be exactly zero, found {zeros}"
# endregion

# %% proof: 12 seeds, and the penalty in the loss
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    start = 0.1 * torch.randn(10, 65, dtype=torch.float64)
    by_torch, term = start.clone(), start.clone()
    optimizer = torch.optim.SGD([by_torch], lr=lr, weight_decay=weight_decay)
    for step in range(50):
        by_torch.grad = gradient(by_torch)
        optimizer.step()
        tracked = term.detach().requires_grad_()
        loss = nn.functional.cross_entropy(x @ tracked.T, labels)
        loss = loss + 0.5 * weight_decay * tracked.square().sum()  # mind the half
        term = tracked.detach() - lr * torch.autograd.grad(loss, tracked)[0]
    apart = (by_torch - term).abs().max().item()
    assert apart < 1e-9, (
        f"½ weight_decay · w² in the loss should be the same, {apart:.1e}"
    )
    factor = (1 - lr * weight_decay) ** 50
    worst = (by_torch[:, -1] / start[:, -1] - factor).abs().max().item()
    assert worst < 1e-9, (
        f"without gradient only the factor should act, off by {worst:.1e}"
    )
    assert (by_torch != 0).all(), "no weight should be exactly zero"
measured = {"left": left, "count": w.numel(), "zeros": zeros}
assert abs(left - (1 - lr * weight_decay) ** 200) < 1e-6, f"the factor per step, {left}"
