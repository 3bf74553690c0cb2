"""Gradients summed over parts of a batch: the same with GroupNorm, not with BN."""

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
part = 2  # try: 4, 8


def gradient(norm, part, seed=0):
    """Of the loss of 16 digits, summed over parts of the batch."""
    x, y, _, _ = split(seed, train_size=16)
    torch.manual_seed(seed)
    conv, head = nn.Conv2d(1, 16, 3, stride=2), nn.Linear(144, 10)
    model = nn.Sequential(conv, norm, nn.ReLU(), nn.Flatten(), head)
    for rows in torch.arange(16).split(part):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        # Each part counts as much as it has images.
        (loss * len(rows) / 16).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


for make in (lambda: nn.GroupNorm(2, 16), lambda: nn.BatchNorm2d(16)):
    whole, summed = gradient(make(), 16), gradient(make(), part)
    change = ((summed - whole).norm() / whole.norm()).item()
    name = type(make()).__name__
    print(
        f"{name:11s}: parts of {part} change the gradient by {change:.1%} of its norm"
    )

# %% proof: 12 draws of weights and digits, and BN of two values
changes = {"GroupNorm": [], "BatchNorm2d": []}
for seed in range(0, 1200, 100):
    for make in (lambda: nn.GroupNorm(2, 16), lambda: nn.BatchNorm2d(16)):
        whole, summed = gradient(make(), 16, seed), gradient(make(), 2, seed)
        change = ((summed - whole).norm() / whole.norm()).item()
        changes[type(make()).__name__].append(change)
most, least = max(changes["GroupNorm"]), min(changes["BatchNorm2d"])
print(f"parts of 2, 12 draws: GroupNorm at most {most:.4%}, BN at least {least:.0%}")
assert most < 1e-4, f"GroupNorm should give the same gradient, change {most:.0e}"
assert least > 0.08, f"BN's gradient should depend on the split, change {least:.2f}"
# Three channels of two values each.
pair = torch.tensor([[3.0, -40.0, -2.0], [8.0, 60.0, 2.0]], requires_grad=True)
out = nn.BatchNorm1d(3)(pair)
out[1].sum().backward()
off = (out.detach() - torch.tensor([[-1.0] * 3, [1.0] * 3])).abs().max().item()
print(f"BN of two values is -1 and 1, off by {off:.0e} at most;", end=" ")
steepest = pair.grad.abs().max().item()
print(f"the largest gradient is {steepest:.0e}")
assert off < 1e-4, f"two values should become -1 and 1, off by {off:.1e}"
assert steepest < 1e-5, f"and pass on next to no gradient, {steepest:.1e}"
measured = {"least": least}
