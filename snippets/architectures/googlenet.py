"""GoogLeNet from table 1 has its operations but in conv1 and 5a, its parameters within 2 % but in conv1, 4c and 5a."""
import torch
from torch import nn

rows = {  # 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection; then K parameters and M operations as printed
    "3a": (64, 96, 128, 16, 32, 32, 159, 128), "3b": (128, 128, 192, 32, 96, 64, 380, 304),
    "4a": (192, 96, 208, 16, 48, 64, 364, 73), "4b": (160, 112, 224, 24, 64, 64, 437, 88),
    "4c": (128, 128, 256, 24, 64, 64, 463, 100), "4d": (112, 144, 288, 32, 64, 64, 580, 119),
    "4e": (256, 160, 320, 32, 128, 128, 840, 170), "5a": (256, 160, 320, 32, 128, 128, 1072, 54),
    "5b": (384, 192, 384, 48, 128, 128, 1388, 71)}  # sizes and numbers of table 1


def conv(inside, outside, F=1, stride=1):
    return nn.Sequential(nn.Conv2d(inside, outside, F, stride, padding=F // 2), nn.ReLU())


class Inception(nn.Module):
    def __init__(self, C, one, reduce3, three, reduce5, five, projection):
        super().__init__()
        pooled = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(C, projection))
        filtered = [nn.Sequential(conv(C, a), conv(a, b, F)) for a, b, F in ((reduce3, three, 3), (reduce5, five, 5))]
        self.branches = nn.ModuleList([conv(C, one), *filtered, pooled])

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def googlenet():
    pool, second = nn.MaxPool2d(3, 2, padding=1), nn.Sequential(conv(64, 64), conv(64, 192, 3))
    layers, C = {"conv1": conv(3, 64, 7, 2), "pool1": pool, "conv2": second, "pool2": pool}, 192
    for name, row in rows.items():
        layers[name] = Inception(C, *row[:6])
        C = row[0] + row[2] + row[4] + row[5]
        layers |= {"pool" + name: pool} if name in ("3b", "4e") else {}
    return nn.ModuleDict({**layers, "linear": nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(C, 1000))})


def auxiliary(C):  # a second classifier for training, on 14x14 maps
    return nn.Sequential(nn.AvgPool2d(5, 3), conv(C, 128), nn.Flatten(), nn.Linear(2048, 1024), nn.Linear(1024, 1000))


def count(model, x):
    found = [0, 0]  # weights without biases in K = 1,024, multiply-adds in millions, as in the table

    def hook(module, inputs, output):
        found[0] += module.weight.numel() / 1024
        found[1] += output[0].numel() * module.weight[0].numel() / 1e6  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    return model(x), *found


printed = {"conv2": (112, 360), "linear": (1000, 1), **{name: row[6:] for name, row in rows.items()}}
seen = {}
with torch.device("meta"):  # shapes only, nothing is computed
    model, x = googlenet(), torch.empty(1, 3, 224, 224)
    for name, module in model.items():
        x, *seen[name] = count(module, x)
        K, M = seen[name]
        if name in printed:
            print(f"{name:6s} {K:7.1f} K {M:6.1f} M   paper {printed[name][0]:5d} K {printed[name][1]:4d} M")
            assert name == "5a" or abs(M - printed[name][1]) < 1, f"{name}: the paper's operations expected, {M:.2f} M"
            assert name in ("4c", "5a") or abs(K / printed[name][0] - 1) < 0.02, f"{name}: {K:.2f} K, not within 2 %"
    heads = sum(count(auxiliary(C), torch.empty(1, C, 14, 14))[1] for C in (512, 528))
parameters, work = sum(p.numel() for p in model.parameters()), sum(M for _, M in seen.values())
rest = 1502 - sum(M for _, M in printed.values())  # the sum of the paper's column, less its other rows
separable = 3 * 8 * 49 + 24 * 64  # eight 7x7 filters per colour, then 1x1 to 64 channels
weights_5a = 832 * (256 + 160 + 48 + 128) + 9 * 160 * 320 + 25 * 48 * 128  # 48 before the 5x5, as in row 5b
print(f"conv1: {seen['conv1'][0]:.1f} K {seen['conv1'][1]:.0f} M, the paper 2.7 K {rest} M, "
      f"as a separable layer {separable:,} weights, {separable * 112**2 / 1e6:.0f} M")
print(f"5a with 48 channels before the 5x5: {weights_5a / 1024:.0f} K {weights_5a * 49 / 1e6:.1f} M")
print(f"whole: {parameters:,} parameters with biases, {work:.0f} M; auxiliary heads, in training only: {heads:.0f} K")
assert (x.shape, parameters) == ((1, 1000), 6_998_552), f"expected 6,998,552 parameters: {parameters:,}"
assert (rest, round(separable * 112**2 / 1e6), round(seen["conv1"][1])) == (34, 34, 118), f"conv1: {rest}, {separable}"
total = sum(K for K, _ in printed.values()) + 2.7
assert round(total) == 6798 and round(total * 1024 / 1e6, 2) == 6.96, f"the printed parameters sum to {total} K"
assert separable == 2712 and seen["conv1"][0] == 9408 / 1024, f"conv1: 2,712 and 9,408 weights expected: {separable}"
assert abs(weights_5a / 1024 / 1072 - 1) < 0.01 and round(weights_5a * 49 / 1e6) == 54, f"5a: {weights_5a:,} weights"
assert round(work) == 1583, f"all operations should be 1,583 million, are {work:.0f}"
assert seen["4c"][0] == 497.5 and seen["5a"][0] == 1018, f"4c and 5a should have 497.5 and 1018 K: {seen}"
assert heads == 6226, f"the two heads should have 6,226 K of weights, have {heads:.0f} K"
