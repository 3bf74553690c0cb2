"""The receptive field of a stack is 1 + Σ D(F - 1)·(product of the strides before), as the gradient shows."""
import matplotlib.pyplot as plt
import numpy as np
import torch

rng = np.random.default_rng(0)


def field(stack):
    size, jump = 1, 1  # jump: input pixels between two neighbours of the current layer
    for F, S, D in stack:
        size, jump = size + D * (F - 1) * jump, jump * S
    return size


def footprint(stack, N):  # the input pixels that have a gradient from one output in the middle
    x = torch.ones(1, 1, N, dtype=torch.float64, requires_grad=True)
    y = x
    for F, S, D in stack:
        y = torch.nn.functional.conv1d(y, torch.ones(1, 1, F, dtype=torch.float64), stride=S, dilation=D)
    y[0, 0, y.shape[2] // 2].backward()
    return x.grad[0, 0].nonzero()[:, 0]


tried = set()
while len(tried) < 300:  # random stacks of one to four layers
    depth = rng.integers(1, 5)
    tried.add(tuple((int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 3))) for _ in range(depth)))
for stack in tried:
    seen = footprint(stack, 3 * field(stack) + 100)
    extent = (seen[-1] - seen[0] + 1).item()
    assert extent == field(stack), f"{stack}: formula {field(stack)}, gradient {extent}"
print(f"{len(tried)} random stacks: formula and gradient agree, fields up to {max(map(field, tried))} pixels")
plain, mixed = [(3, 1, 1)] * 3, [(3, 1, 1), (2, 2, 1), (3, 1, 1)]
for name, stack in (("one 3x3", plain[:1]), ("three 3x3", plain), ("3x3, 2x2 pool stride 2, 3x3", mixed)):
    print(f"{name:28s} sees {field(stack)}x{field(stack)} pixels")
assert field(plain[:1]) == 3 and field(plain) == 7, f"one 3x3 sees 3, three see 7, got {field(plain)}"
assert field(mixed) == 8, f"after a stride of 2 a 3x3 should add 4 pixels, in all 8, got {field(mixed)}"

channels = torch.zeros(2, 4)
for row, groups in enumerate((1, 2)):  # the full depth is seen, unless groups say otherwise
    x = torch.ones(1, 4, 3, 3, requires_grad=True)
    torch.nn.functional.conv2d(x, torch.ones(2, 4 // groups, 3, 3), groups=groups)[0, 0].sum().backward()
    channels[row] = x.grad.sum((0, 2, 3)) > 0
assert channels.sum(1).tolist() == [4, 2], f"a filter should see 4 channels, with 2 groups 2, saw {channels.sum(1)}"

for level in range(4):  # three 3x3 layers over 11 pixels, and the ancestors of the top unit in the middle
    plt.plot(range(level, 11 - level), [level] * (11 - 2 * level), "o", color="gray", alpha=0.4, markersize=9)
    for unit in range(2 + level, 9 - level):
        plt.plot(unit, level, "s" if level == 0 else "o", color="C1" if level else "C0", markersize=9)
        for tap in (-1, 0, 1) if level else ():
            plt.plot([unit, unit + tap], [level, level - 1], color="C0", linewidth=0.8)
plt.yticks(range(4), ["input", "layer 1", "layer 2", "layer 3"])
plt.xlabel("position (pixels)")
plt.show()
