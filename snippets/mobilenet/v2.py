"""MobileNet v2 from the paper's table 2 takes the 300 million multiply-adds of the paper, with linear bottlenecks."""
import torch
from torch import nn

table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def conv(inside, outside, F=1, stride=1, groups=1):
    layer = nn.Conv2d(inside, outside, F, stride, padding=F // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outside), nn.ReLU6()]


class Inverted(nn.Module):  # narrow, wide, narrow
    def __init__(self, C, N, stride, t):
        super().__init__()
        expand = conv(C, t * C) if t > 1 else []
        filtered = conv(t * C, t * C, 3, stride, groups=t * C)
        project = conv(t * C, N)[:-1]  # no ReLU after the last 1x1: the linear bottleneck
        self.body = nn.Sequential(*expand, *filtered, *project)
        self.shortcut = stride == 1 and C == N  # between the narrow ends

    def forward(self, x):
        return x + self.body(x) if self.shortcut else self.body(x)


def mobilenet_v2(width=1.0, widen_last=True):
    def scaled(channels):  # to the nearest multiple of 8
        return int(channels * width + 4) // 8 * 8

    C = scaled(32)
    layers = conv(3, C, 3, stride=2)  # 224 to 112
    for t, channels, repeats, stride in table:
        for i in range(repeats):
            layers.append(Inverted(C, scaled(channels), stride if i == 0 else 1, t))
            C = scaled(channels)
    last = max(1280, scaled(1280)) if widen_last else 1280
    return nn.Sequential(*layers, *conv(C, last), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 1000))


def count(model, x):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    model(x)
    return sum(p.numel() for p in model.parameters()), total


with torch.device("meta"):  # shapes only, nothing is computed
    x = torch.empty(1, 3, 224, 224)
    model, wide = mobilenet_v2(), mobilenet_v2(1.4)
    parameters, macs = count(model, x)
    wide_parameters, wide_macs = count(wide, x)
    kept_parameters, kept_macs = count(mobilenet_v2(1.4, widen_last=False), x)
norms, wide_norms = (sum(p.numel() for m in network.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters())
                     for network in (model, wide))
blocks = [m for m in model if isinstance(m, Inverted)]
joined = sum(block.shortcut for block in blocks)
print(f"width 1.0: {parameters:,} parameters (paper 3.4 million), {macs / 1e6:.0f} million multiply-adds (paper 300)")
print(f"           {parameters - norms:,} without BN (authors' README 3.47 million)")
print(f"width 1.4: {wide_parameters:,} parameters (paper 6.9 million), {wide_macs / 1e6:.0f} million (paper 585)")
print(f"           {wide_parameters - wide_norms:,} without BN (README 6.06 million; multiply-adds 582 million)")
print(f"           {kept_parameters:,} and {kept_macs / 1e6:.0f} million if the last layer keeps 1,280 channels")
print(f"{len(blocks)} blocks, {joined} with a shortcut")
assert parameters == 3_504_872 and norms == 34_112, f"parameters and BN: {parameters:,} and {norms:,}"
assert round(macs / 1e6) == 301, f"it should take 301 million multiply-adds, 300 in the paper, takes {macs / 1e6:.1f}"
assert round(wide_macs / 1e6) == 582, f"width 1.4 should take 582 million multiply-adds, takes {wide_macs / 1e6:.0f}"
assert (wide_parameters, kept_parameters) == (6_108_776, 5_366_376), f"width 1.4: {wide_parameters:,} {kept_parameters:,}"
assert wide_parameters - wide_norms == 6_060_840, f"without BN it should be the README's 6.06 million: {wide_norms:,}"
assert kept_macs < 0.98 * 585e6, f"with 1,280 channels the multiply-adds should not fit either: {kept_macs / 1e6:.0f}"
assert (len(blocks), joined) == (17, 10), f"there should be 17 blocks, 10 with shortcut: {len(blocks)}, {joined}"
linear = all(isinstance(block.body[-1], nn.BatchNorm2d) for block in blocks)
assert linear, "every block should end without a nonlinearity"
