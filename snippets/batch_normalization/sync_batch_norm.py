"""Synchronized BN: processes that share mean, variance, count equal one big batch."""

import torch
from torch import nn

torch.manual_seed(0)
x = 2 + 3 * torch.randn(8, 5, 4, 4)  # (N, C, H, W), one batch
first = 6  # try: 4, 7
parts = x.split((first, 8 - first))  # what two processes get of it

# Plain BN: each process normalizes with its own part
plain = torch.cat([nn.BatchNorm2d(5)(part) for part in parts])

# Synchronized: each sends a mean, a variance and a count per channel
sent = []
for part in parts:
    mean = part.mean((0, 2, 3))  # (C,)
    var = part.var((0, 2, 3), unbiased=False)  # (C,)
    sent.append((mean, var, part.numel() / 5))
count = sum(n for _, _, n in sent)
mean = sum(n * m for m, _, n in sent) / count
var = sum(n * (v + (m - mean) ** 2) for m, v, n in sent) / count
scale = (var[:, None, None] + 1e-5).sqrt()
synchronized = torch.cat([(part - mean[:, None, None]) / scale for part in parts])

whole = nn.BatchNorm2d(5)(x)  # one process with the whole batch
for name, y in (("plain", plain), ("synchronized", synchronized)):
    gap = (y - whole).abs().max().item()
    print(f"{name:12}  differs from one big batch by up to {gap:.2f}")

# %% proof: outputs, gradients and buffers over six splits, two wrong ways, and the API
import copy
import warnings

import torch.distributed as dist
from torch.testing._internal.distributed.fake_pg import FakeStore

gap = (synchronized - whole).abs().max().item()
assert gap < 1e-5, f"synchronized should equal the big batch, gap {gap:.1e}"
gap = (plain - whole).abs().max().item()
assert 0.1 < gap < 3, f"plain should not, by less than its spread: {gap:.2f}"


def gathered(parts):
    """Mean, variance and count per channel over all parts."""
    stats = [(p.mean((0, 2, 3)), p.var((0, 2, 3), unbiased=False)) for p in parts]
    counts = [p.numel() / p.shape[1] for p in parts]
    count = sum(counts)
    mean = sum(n * m for (m, _), n in zip(stats, counts, strict=True)) / count
    each = zip(stats, counts, strict=True)
    var = sum(n * (v + (m - mean) ** 2) for (m, v), n in each) / count
    return mean, var, count


def normalize(part, mean, var, bn):
    mean, var, gamma, beta = (v[:, None, None] for v in (mean, var, bn.weight, bn.bias))
    return gamma * (part - mean) / (var + bn.eps).sqrt() + beta


worst, careless = 0.0, {"no counts": 1.0, "no spread of the means": 1.0}
splits = [(4, 4), (6, 2), (1, 7), (2, 2, 2, 2), (1, 3, 4), (7, 1)]
for sizes in splits:
    x = 2 + 3 * torch.randn(8, 5, 4, 4, dtype=torch.float64)
    x += torch.arange(8).view(8, 1, 1, 1)  # the parts differ, as sorted data would
    dy = torch.randn_like(x)
    bn = nn.BatchNorm2d(5).double()
    nn.init.uniform_(bn.weight, 0.5, 1.5)
    big, leaf = copy.deepcopy(bn), x.clone().requires_grad_()
    big(leaf).backward(dy)
    mine = x.clone().requires_grad_()
    parts = mine.split(sizes)
    mean, var, count = gathered(parts)
    y = torch.cat([normalize(part, mean, var, bn) for part in parts])
    y.backward(dy)
    with torch.no_grad():
        kept = 0.1 * var * count / (count - 1) + 0.9  # the buffer starts at 1
        pairs = [(y, copy.deepcopy(bn)(x)), (mine.grad, leaf.grad)]
        pairs += [(bn.weight.grad, big.weight.grad), (bn.bias.grad, big.bias.grad)]
        pairs += [(kept, big.running_var), (0.1 * mean, big.running_mean)]
        worst = max(worst, *((a - b).abs().max().item() for a, b in pairs))
        means = torch.stack([part.mean((0, 2, 3)) for part in parts])
        spreads = torch.stack([p.var((0, 2, 3), unbiased=False) for p in parts])
        if len(set(sizes)) > 1:
            off = (means.mean(0) - mean).abs().max().item()
            careless["no counts"] = min(careless["no counts"], off)
        off = ((spreads.mean(0) - var) / var).abs().max().item()
        key = "no spread of the means"
        careless[key] = min(careless[key], off)
assert careless[key] < 1, f"a part of the variance should be lost: {careless[key]:.2f}"
print(f"largest gap over {len(splits)} splits: {max(worst, 1e-16):.0e}")
assert worst < 1e-10, (
    f"output, gradients, buffers should be the big batch's: {worst:.1e}"
)
for name, off in careless.items():
    assert 0.05 < off < 3, f"{name}: should be wrong, off by {off:.3f}"

# Without a process group the layer is plain BN, and says nothing.
model = nn.Sequential(nn.Conv2d(5, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
nn.init.uniform_(model[1].weight, 0.5, 1.5)
with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(copy.deepcopy(model))
    x = torch.randn(8, 5, 6, 6)
    same = torch.equal(converted(x), model(x))
kind = type(converted[1]).__name__
assert kind == "SyncBatchNorm", f"the layer should be converted, is {kind}"
assert same and not heard, f"it should be plain BN, without a word: {same}, {heard}"
assert converted[1].weight.equal(model[1].weight), "weights should be kept"
alone = nn.BatchNorm2d(4)
returned = nn.SyncBatchNorm.convert_sync_batchnorm(alone)
assert type(alone) is nn.BatchNorm2d, "a layer by itself should stay what it is"
assert type(returned) is nn.SyncBatchNorm, "the converted one should be returned"

# With a group of two processes (here one that talks to nobody) it wants a GPU.
said = {}
for world_size in (1, 2):
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=world_size)
    try:
        converted.train()(x)
    except ValueError as error:
        said[world_size] = str(error)
    in_eval = converted.eval()(x)
    dist.destroy_process_group()
expected = "SyncBatchNorm expected input tensor to be on GPU or XPU or"
assert set(said) == {1, 2}, f"on a CPU a group should be refused: {said}"
assert all(text.startswith(expected) for text in said.values()), f"found {said}"
assert in_eval.isfinite().all(), "in eval() nothing should be synchronized or refused"

# What it is for: k processes with two images each have the noise of 2k images.
torch.manual_seed(0)
means = (
    torch.randn(20_000, 16).view(20_000, 8, 2).mean(2)
)  # 8 processes, two values each
ratio = (means[:, 0].var() / means.mean(1).var()).item()
assert 7.5 < ratio < 8.5, (
    f"eight processes should have an eighth of the noise: {ratio:.2f}"
)
measured = {"splits": len(splits), "ratio": ratio, "plain_gap": gap}
