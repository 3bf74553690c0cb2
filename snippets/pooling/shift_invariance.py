"""Max pooling with stride 2 is not shift-invariant: a blur before the stride helps, strided convolution is worse."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 4
x, y = (
    nn.functional.pad(images, (7, 7, 2, 2)),
    torch.tensor(digits.target),
)  # (1797, 1, 12, 22)


def blur(channels):
    """Every second pixel of each channel after a blur with the weights 1 2 1 in both directions."""
    w = torch.tensor([1.0, 2, 1]) / 4
    layer = nn.Conv2d(
        channels, channels, 3, stride=2, padding=1, groups=channels, bias=False
    ).requires_grad_(False)
    layer.weight.copy_((w[:, None] * w).expand_as(layer.weight))  # (C, 1, 3, 3), fixed
    return layer


def network(kind):
    layers = []
    for first, second in ((1, 12), (12, 24)):
        layers += [
            nn.Conv2d(
                first,
                second,
                3,
                stride=2 if kind == "strided convolution" else 1,
                padding=1,
            ),
            nn.ReLU(),
        ]
        layers += [nn.MaxPool2d(2)] if kind == "max pooling" else []
        layers += (
            [nn.MaxPool2d(2, stride=1), blur(second)] if kind == "max, blurred" else []
        )
    return nn.Sequential(
        *layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(24, 10)
    )


change, accuracy = {}, {}
print(
    "downsampling            accuracy   relative change of the logits at shift 0 1 2 3 4"
)
for kind, style in (
    ("strided convolution", "^:"),
    ("max pooling", "o-"),
    ("max, blurred", "s--"),
):
    runs, right = [], []
    for seed in range(0, 300, 100):
        torch.manual_seed(seed)
        order, model = torch.randperm(len(y)), network(kind)
        train, test = order[:1000], order[1000:1200]
        optimizer = torch.optim.Adam(
            [p for p in model.parameters() if p.requires_grad], lr=1e-2
        )
        for _ in range(180):
            batch = train[torch.randint(0, 1000, (32,))]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            logits = [
                model(x[test].roll(shift, 3)) for shift in range(5)
            ]  # the border is empty, nothing wraps round
        right.append((logits[0].argmax(1) == y[test]).float().mean().item())
        size = (logits[0] - logits[0].mean(1, keepdim=True)).norm(dim=1)
        runs.append(
            [((moved - logits[0]).norm(dim=1) / size).mean().item() for moved in logits]
        )
    change[kind], accuracy[kind] = (
        torch.tensor(runs).mean(0).tolist(),
        sum(right) / len(right),
    )
    print(
        f"{kind:22s}  {accuracy[kind]:8.2f}   {'  '.join(f'{c:.2f}' for c in change[kind])}"
    )
    plt.plot(range(5), change[kind], style, label=kind)
    lowest, highest = torch.tensor(runs).aminmax(dim=0)
    plt.fill_between(range(5), lowest, highest, alpha=0.2)
plt.xlabel("shift of the digit in pixels")
plt.ylabel("change of the logits / their size")
plt.xticks(range(5))
plt.legend(loc="upper left")
plt.ylim(top=1.7)
plt.show()
strided, pooled, blurred = (
    change["strided convolution"],
    change["max pooling"],
    change["max, blurred"],
)
for s in (1, 3):
    assert blurred[s] < 0.8 * pooled[s], (
        f"shift {s}: the blur should help, {blurred[s]:.2f} against {pooled[s]:.2f}"
    )
    assert 0.25 < pooled[s] < 0.8 * strided[s], (
        f"shift {s}: max pooling {pooled[s]:.2f}, strided {strided[s]:.2f}"
    )
assert strided[2] > 0.5, (
    f"two strides of 2 should change the logits at shift 2, {strided[2]:.2f}"
)
assert pooled[2] < 0.02, (
    f"at shift 2 a global maximum should undo the second max pooling, {pooled[2]:.2f}"
)
assert max(c[4] for c in change.values()) < 0.1, (
    f"at shift 4 = 2 x 2 the change should nearly vanish, {change}"
)
assert min(accuracy.values()) > 0.8, (
    f"all three should read 80 % of the digits, {accuracy}"
)
