"""Two parameter groups keep weight decay off biases and normalization."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    *(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
    *(nn.Conv2d(8, 8, 3, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
    *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)),
)
matrices = [p for p in model.parameters() if p.ndim > 1]  # kernels and the matrix
vectors = [p for p in model.parameters() if p.ndim == 1]  # biases, scales, shifts
grouped = [
    {"params": matrices, "weight_decay": 0.01},
    {"params": vectors, "weight_decay": 0.0},
]
names = [name for name, _ in model.named_parameters()]
seen = {}
for title, groups in (("all", model.parameters()), ("two groups", grouped)):
    optimizer = torch.optim.SGD(groups, lr=0.1, weight_decay=0.01)
    before = [p.detach().clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad = torch.zeros_like(p)  # what still moves, moves by weight decay
    optimizer.step()
    pairs = list(zip(names, before, model.parameters(), strict=True))
    seen[title] = {name: (q - p).norm() / p.norm() for name, p, q in pairs}
    moved = [name for name, change in seen[title].items() if change > 0]
    print(f"{title}: {', '.join(moved)}")
# region: the checks
# Where there are zeros alone the change is 0 / 0, which is no number and above nothing.
for title, changes in seen.items():
    for (name, change), p in zip(changes.items(), model.parameters(), strict=True):
        shrinks = p.ndim > 1 or (title == "all" and name not in ("1.bias", "4.bias"))
        expected = 0.1 * 0.01 if shrinks else 0.0
        same = abs(change.nan_to_num(0.0) - expected) < 1e-6
        assert same, f"{title}: {name} should change by {expected}, by {change:.2e}"
assert len(matrices) + len(vectors) == len(names), "each should be in one group"
assert sum(p.numel() for p in matrices) == 216 + 72 + 80, "kernels and a matrix"
# endregion
