"""A 1x1-3x3-1x1 bottleneck costs over eight times less than the 3x3 convolution at full width that it stands for."""
import torch
from torch import nn


def count(model, x):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    shape = model(x).shape
    return sum(p.numel() for p in model.parameters()), total, shape


C, N = 256, 14  # channels, and the side of the feature map
with torch.device("meta"):  # shapes only, nothing is computed
    x = torch.empty(1, C, N, N)  # (N, C, H, W)
    full = nn.Conv2d(C, C, 3, padding=1, bias=False)
    rows = [("3x3 at full width", count(full, x))]
    for r in (2, 4, 8):
        reduce = nn.Conv2d(C, C // r, 1, bias=False)
        middle = nn.Conv2d(C // r, C // r, 3, padding=1, bias=False)
        expand = nn.Conv2d(C // r, C, 1, bias=False)
        rows.append((f"1x1-3x3-1x1, {C // r} wide inside", count(nn.Sequential(reduce, middle, expand), x)))

weights, macs, shape = rows[0][1]
for (name, (w, m, s)), r in zip(rows, (None, 2, 4, 8), strict=True):
    print(f"{name:29s} {w:7,} weights, {m / 1e6:6.2f} million multiply-adds, {macs / m:4.1f} times fewer")
    assert s == shape == x.shape, f"{name} should keep the shape {tuple(shape)}, gives {tuple(s)}"
    assert m == w * N * N, f"at stride 1 each weight should be used at all {N * N} positions"
    if r:
        expected = C * C * (2 / r + 9 / r**2)
        assert w == expected, f"weights should be C²(2/r + 9/r²) = {expected:,.0f}, are {w:,}"
assert weights == 9 * C * C == 589_824, f"the full 3x3 should have 9·256² weights, has {weights:,}"
assert rows[2][1][0] == 69_632, f"ResNet's 256-64-64-256 should have 69,632 weights, has {rows[2][1][0]:,}"
saving = macs / rows[2][1][1]
assert abs(saving - 144 / 17) < 1e-9, f"a quarter of the width should save 9 / (17/16) = 8.47 times, saves {saving:.2f}"

with torch.device("meta"):  # what the narrow layer is not: its own input and output stay 256 wide
    basic = nn.Sequential(*[nn.Conv2d(64, 64, 3, padding=1, bias=False) for _ in range(2)])
    w = count(basic, torch.empty(1, 64, N, N))[0]
print(f"two 3x3 at 64 channels        {w:7,} weights, but only 64 channels in and out")
assert w == 73_728 and w > rows[2][1][0], f"two 64-channel 3x3 should cost slightly more than the bottleneck: {w:,}"
