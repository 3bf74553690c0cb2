"""MobileNet v1 from the paper's table 1 has its published parameters and multiply-adds at all four widths."""
import torch
from torch import nn

table = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
published = {1.0: (569, 4.2), 0.75: (325, 2.6), 0.5: (149, 1.3), 0.25: (41, 0.5)}  # table 6: million each


def conv(inside, outside, F=1, stride=1, groups=1):
    layer = nn.Conv2d(inside, outside, F, stride, padding=F // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outside), nn.ReLU()]


def mobilenet(width=1.0, separable=True):
    C = int(32 * width)
    layers = conv(3, C, 3, stride=2)  # 224 to 112
    for channels, stride in table:
        N = int(channels * width)
        if separable:
            layers += conv(C, C, 3, stride, groups=C) + conv(C, N)
        else:
            layers += conv(C, N, 3, stride)
        C = N
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(C, 1000))


def count(model, x):  # multiply-adds and weights by kind of layer, and all parameters
    macs, weights = {}, {}

    def hook(module, inputs, output):
        kind = "FC"
        if isinstance(module, nn.Conv2d):
            kind = "1x1" if module.kernel_size == (1, 1) else "3x3 depthwise" if module.groups > 1 else "3x3"
        macs[kind] = macs.get(kind, 0) + output[0].numel() * module.weight[0].numel()
        weights[kind] = weights.get(kind, 0) + sum(p.numel() for p in module.parameters())

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    model(x)
    return macs, weights, sum(p.numel() for p in model.parameters())


with torch.device("meta"):  # shapes only, nothing is computed
    x = torch.empty(1, 3, 224, 224)
    for width, (paper_macs, paper_parameters) in published.items():
        macs, _, parameters = count(mobilenet(width), x)
        m, p = sum(macs.values()) / 1e6, parameters / 1e6
        print(f"width {width:4.2f}: {m:5.1f} million multiply-adds (paper {paper_macs}), {p:.2f} (paper {paper_parameters})")
        assert abs(m - paper_macs) < 1, f"width {width}: paper {paper_macs} million multiply-adds, counted {m:.1f}"
        assert round(p, 1) == paper_parameters, f"width {width}: paper {paper_parameters} million, counted {p:.2f}"
    macs, weights, parameters = count(mobilenet(), x)
    full_macs, _, full = count(mobilenet(separable=False), x)
assert round(sum(macs.values()) / 1e6) == 569, f"and 569 million multiply-adds, not {sum(macs.values()):,}"
assert parameters == 4_231_976, f"MobileNet should have 4,231,976 parameters, has {parameters:,}"
m = (sum(full_macs.values()) - full_macs["FC"]) / 1e6
print(f"full convolutions: {m:.1f} million without the FC layer (paper 4866), {full / 1e6:.1f} million (paper 29.3)")
assert round(m) == 4866 and round(full / 1e6, 1) == 29.3, f"table 4 should be met: {m:.2f}, {full:,}"

table2 = {"1x1": (94.86, 74.59), "3x3 depthwise": (3.06, 1.06), "3x3": (1.19, 0.02), "FC": (0.18, 24.33)}
shares = {}
for kind, (paper_macs, paper_weights) in table2.items():
    a, b = 100 * macs[kind] / sum(macs.values()), 100 * weights[kind] / sum(weights.values())
    shares[kind] = a
    print(f"{kind:14s} {a:6.2f} % of multiply-adds (paper {paper_macs:5.2f}), {b:5.2f} % of weights (paper {paper_weights:5.2f})")
    assert abs(b - paper_weights) < 0.03, f"{kind}: paper {paper_weights} % of weights, counted {b:.2f}"
    assert kind == "3x3" or abs(a - paper_macs) < 0.02, f"{kind}: paper {paper_macs} %, counted {a:.2f}"
missing = 100 - sum(a for a, _ in table2.values())
print(f"the paper's shares of multiply-adds lack {missing:.2f} %: with {1.19 + missing:.2f} in place of 1.19 they add up")
assert abs(shares["3x3"] - 1.91) < 0.01 and abs(1.19 + missing - 1.9) < 0.01, f"3x3 should be 1.91 %: {shares}"
