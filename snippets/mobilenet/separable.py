"""Depthwise separable convolution costs 1/N + 1/F² of the full one, and is one with a factored weight."""
import torch
from torch import nn

sizes = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2),
         *[(512, 512, 1)] * 5, (512, 1024, 2), (1024, 1024, 1)]  # MobileNet v1: channels in, out, stride
F, side, total = 3, 112, [0, 0]


def multiply_adds(module, x):
    y = module(x)
    return y, y[0].numel() * module.weight[0].numel()  # each output value is one dot product


print("channels     map   full, millions   separable   ratio   1/N + 1/9")
for C, N, stride in sizes:
    with torch.device("meta"):  # shapes only, nothing is computed
        x = torch.empty(1, C, side, side)
        full = multiply_adds(nn.Conv2d(C, N, F, stride, padding=1), x)[1]
        middle, depthwise = multiply_adds(nn.Conv2d(C, C, F, stride, padding=1, groups=C), x)
        pointwise = multiply_adds(nn.Conv2d(C, N, 1), middle)[1]
    side //= stride
    ratio, formula = (depthwise + pointwise) / full, 1 / N + 1 / F**2
    total = [total[0] + full, total[1] + depthwise + pointwise]
    print(f"{C:4d} {N:4d} {side:6d}  {full / 1e6:13.1f} {(depthwise + pointwise) / 1e6:11.1f} {ratio:8.4f} {formula:8.4f}")
    assert abs(ratio - formula) < 1e-12, f"{C} to {N}: the ratio should be 1/N + 1/F² = {formula:.4f}, is {ratio:.4f}"
    assert 7.8 < 1 / ratio < 9, f"{C} to {N}: it should cost 8 to 9 times less, costs {1 / ratio:.1f}"
saving = total[0] / total[1]
print(f"all 13 layers: {total[0] / 1e9:.2f} against {total[1] / 1e9:.2f} billion multiply-adds, {saving:.1f} times fewer")
assert 8.4 < saving < 9, f"over the network it should save over eight times, saves {saving:.2f}"

torch.manual_seed(0)
C, N = 16, 24
depthwise = nn.Conv2d(C, C, F, padding=1, groups=C, bias=False).double()  # weight (C, 1, F, F)
pointwise = nn.Conv2d(C, N, 1, bias=False).double()  # weight (N, C, 1, 1)
full = nn.Conv2d(C, N, F, padding=1, bias=False).double()
with torch.no_grad():
    full.weight.copy_(pointwise.weight * depthwise.weight[:, 0])  # (N, C, F, F): w[n, c] = p[n, c] · d[c]
x = torch.randn(2, C, 10, 10, dtype=torch.float64)
gap = (pointwise(depthwise(x)) - full(x)).abs().max().item()
ranks = [torch.linalg.matrix_rank(conv[:, 0].flatten(1)).item()  # filters of all outputs on channel 0, as rows
         for conv in (full.weight.detach(), torch.randn(N, C, F, F, dtype=torch.float64))]
print(f"as one full convolution: gap {gap:.0e}, rank of the filters on a channel {ranks[0]}, free ones {ranks[1]}")
assert gap < 1e-12, f"without a nonlinearity between, both should be the same layer, gap {gap:.1e}"
assert ranks == [1, 9], f"all outputs should share one filter per channel (rank 1), free ones have 9: {ranks}"
