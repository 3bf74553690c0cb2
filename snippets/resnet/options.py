"""Projections where the shape changes (option B) cost ResNet-50 12 % more parameters, on every shortcut (C) 76 %."""
import torch
from torch import nn

torch.manual_seed(0)
repeats = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 152: (3, 8, 36, 3)}
option_b = {34: 21797672, 50: 25557032, 152: 60192808}  # all parameters with option B, counted in the section above


def projection(inputs, outputs, stride):
    conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def option_a(x, outputs, stride):  # no parameters: every second pixel, and zeros for the new channels
    return nn.functional.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, outputs - x.shape[1]))


torch.manual_seed(0)
x = torch.randn(1, 64, 56, 56)  # (N, C, H, W), as it enters ResNet-34's second stage
a, b = option_a(x, 128, 2), projection(64, 128, 2)(x)
print("A and B turn", tuple(x.shape), "into", tuple(a.shape), "and", tuple(b.shape))
assert a.shape == b.shape == (1, 128, 28, 28), f"both should give 128 channels of 28x28, gave {a.shape} and {b.shape}"
assert (a[:, :64] == x[:, :, ::2, ::2]).all() and (a[:, 64:] == 0).all(), "A should copy 64 channels and add zeros"

share = {}
for depth, counts in repeats.items():
    changed, same, inputs = [], [], 64
    for stage, n in enumerate(counts):
        outputs = 64 * 2 ** stage * (4 if depth >= 50 else 1)
        for i in range(n):
            stride = 2 if stage > 0 and i == 0 else 1
            parameters = sum(p.numel() for p in projection(inputs, outputs, stride).parameters())
            (changed if stride != 1 or inputs != outputs else same).append(parameters)
            inputs = outputs
    base = option_b[depth] - sum(changed)
    share[depth] = sum(changed) / base, (sum(changed) + sum(same)) / base
    print(f"ResNet-{depth}: {len(changed)} of {len(changed + same)} shortcuts change shape; million parameters: "
          f"A {base / 1e6:.2f}, B {option_b[depth] / 1e6:.2f}, C {(option_b[depth] + sum(same)) / 1e6:.2f}")
    assert len(changed) == (3 if depth == 34 else 4), f"3 shortcuts (4 with bottlenecks) should change: {len(changed)}"
assert 0.007 < share[34][0] < 0.009, f"B should cost ResNet-34 under 1 %, costs {share[34][0]:.1%}"
assert 0.12 < share[50][0] < 0.125, f"B should cost ResNet-50 12 %, costs {share[50][0]:.1%}"
assert 0.76 < share[50][1] < 0.765, f"C should cost ResNet-50 76 %, costs {share[50][1]:.1%}"
