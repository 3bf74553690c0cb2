"""1x1 reductions more than halve the work of GoogLeNet's first inception block, whose published sizes are met."""
import torch
from torch import nn

torch.manual_seed(0)


def count(model, x):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    return model(x).shape, sum(p.numel() for p in model.parameters()), total


class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)  # stack the channels


def conv(inside, outside, F=1):
    return nn.Conv2d(inside, outside, F, padding=F // 2, bias=False)


def inception(C, one, reduce3, three, reduce5, five, pool):  # the columns of the paper's table 1
    pooled = nn.MaxPool2d(3, stride=1, padding=1)
    if not reduce3:  # the naive form: filters at the full depth, pooling passes all its channels on
        return Branches(conv(C, one), conv(C, three, 3), conv(C, five, 5), pooled)
    branch3 = nn.Sequential(conv(C, reduce3), nn.ReLU(), conv(reduce3, three, 3))
    branch5 = nn.Sequential(conv(C, reduce5), nn.ReLU(), conv(reduce5, five, 5))
    return Branches(conv(C, one), branch3, branch5, nn.Sequential(pooled, conv(C, pool)))


torch.manual_seed(0)
x = torch.zeros(1, 192, 28, 28)
shape, weights, macs = count(inception(192, 64, 96, 128, 16, 32, 32), x)
naive_shape, naive_weights, naive_macs = count(inception(192, 64, 0, 128, 0, 32, 0), x)
heads = [nn.Linear(7 * 7 * 1024, 1000, device="meta"), nn.Linear(1024, 1000, device="meta")]  # shapes only
flat, averaged = (sum(p.numel() for p in head.parameters()) for head in heads)
print("inception 3a         channels out   weights   multiply-adds")
print(f"with 1x1 reductions  {shape[1]:12d} {weights:9,} {macs / 1e6:11.1f} million (paper: 159K, 128M)")
print(f"without              {naive_shape[1]:12d} {naive_weights:9,} {naive_macs / 1e6:11.1f} million")
assert shape == (1, 256, 28, 28), f"inception 3a should keep 28x28 and give 256 channels, gives {tuple(shape)}"
assert naive_shape == (1, 416, 28, 28), f"without projection the pooling adds 192 channels, shape {tuple(naive_shape)}"
assert macs // 1_000_000 == 128 and weights // 1024 == 159, f"published: 159K, 128M; counted {weights:,}, {macs:,}"
assert naive_macs / macs > 2.3, f"the reductions should save over 2.3 times, save {naive_macs / macs:.2f}"

print(f"head on 7x7x1024: flattened {flat / 1e6:.1f} million parameters, after averaging {averaged / 1e6:.3f}")
assert flat == 50_177_000 and averaged == 1_025_000, f"heads should have 50,177,000 and 1,025,000: {flat:,}, {averaged:,}"
maps = torch.rand(2, 10, 8, 8)  # Network in Network ends with one map per class
gap = (nn.AdaptiveAvgPool2d(1)(maps).flatten(1) - maps.mean((2, 3))).abs().max().item()
none = sum(p.numel() for p in nn.AdaptiveAvgPool2d(1).parameters())
assert gap < 1e-6 and none == 0, f"global average pooling should be a mean without parameters, gap {gap:.1e}, {none}"
