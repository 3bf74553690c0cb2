"""Gradients added up over parts of a batch equal the whole batch's gradient with GroupNorm, and not with BN."""

import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images[:16], dtype=torch.float32)[:, None] / 16  # (16, 1, 8, 8)
y = torch.tensor(digits.target[:16])

change = {}
for norm in (torch.nn.GroupNorm(2, 16), torch.nn.BatchNorm2d(16)):
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3, stride=2),
        norm,
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(144, 10),
    )
    gradients = {}
    for part in (16, 2):
        model.zero_grad()
        for rows in torch.arange(16).split(part):
            loss = (
                torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
                * len(rows)
                / 16
            )
            loss.backward()
        gradients[part] = torch.cat([p.grad.flatten() for p in model.parameters()])
    name = type(norm).__name__
    change[name] = ((gradients[16] - gradients[2]).norm() / gradients[16].norm()).item()
    print(
        f"{name:11s}: 8 parts of 2 instead of 16 at once change the gradient by {change[name]:.1%} of its norm"
    )

pair = torch.tensor(
    [[3.0, -40.0, -2.0], [8.0, 60.0, 2.0]], requires_grad=True
)  # three channels of two values
out = torch.nn.BatchNorm1d(3)(pair)
out[1].sum().backward()
for a, b, low, high, slope in zip(*pair.tolist(), *out.tolist(), pair.grad[0].tolist()):
    print(
        f"BN of the two values {a:3.0f} and {b:2.0f}: {low:.2f} and {high:.2f}, gradient {abs(slope):.6f}"
    )
    assert abs(low + 1) < 1e-4 and abs(high - 1) < 1e-4, (
        f"they should become -1 and 1, got {low:.3f} and {high:.3f}"
    )
assert pair.grad.abs().max() < 1e-5, (
    f"two values should pass on next to no gradient, {pair.grad.abs().max():.1e}"
)
assert change["GroupNorm"] < 1e-4, (
    f"GroupNorm should give the same gradient, change {change['GroupNorm']:.0e}"
)
assert change["BatchNorm2d"] > 0.1, (
    f"BN's gradient should depend on the split, change {change['BatchNorm2d']:.2f}"
)
