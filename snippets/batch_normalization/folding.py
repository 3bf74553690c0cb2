"""In eval() BN folds into the convolution before it: one layer, the same outputs."""

import torch
from torch import nn

torch.manual_seed(0)
conv, bn = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
nn.init.uniform_(bn.weight, 0.5, 1.5)  # gamma, as after training
nn.init.normal_(bn.bias)  # beta
for _ in range(20):
    bn(conv(torch.randn(16, 3, 9, 9)))  # fills the running statistics
bn.eval()

with torch.no_grad():
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()  # (C_out,)
    folded = nn.Conv2d(3, 8, 3, padding=1)
    folded.weight.copy_(conv.weight * scale[:, None, None, None])
    folded.bias.copy_((conv.bias - bn.running_mean) * scale + bn.bias)

    x = torch.randn(16, 3, 9, 9)  # (N, C, H, W)
    gap = (folded(x) - bn(conv(x))).abs().max().item()
print(f"two layers and one differ by less than 1e-5: {gap < 1e-5}")

# %% proof: strides, groups and no bias; the library; what cannot be folded; a whole net
import copy

import matplotlib.pyplot as plt
from torch.nn.utils import fuse_conv_bn_eval, fuse_linear_bn_eval

assert gap < 1e-5, f"the folded layer should give the same, differs by {gap:.1e}"


def filled(conv, bn, x):
    """Both in eval(), BN with statistics and parameters as after training."""
    nn.init.uniform_(bn.weight, 0.5, 1.5)
    nn.init.normal_(bn.bias)
    for _ in range(20):
        bn(conv(x))
    return conv.eval(), bn.eval()


@torch.no_grad()
def fold(conv, bn):
    """The one convolution, computed for any stride, padding, groups, bias or none."""
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()
    one = copy.deepcopy(conv)
    bias = 0 if conv.bias is None else conv.bias
    one.weight.mul_(scale[:, None, None, None])
    one.bias = nn.Parameter((bias - bn.running_mean) * scale + bn.bias)
    return one


worst = 0.0
settings = [dict(), dict(bias=False), dict(stride=2), dict(padding=2), dict(groups=2)]
settings += [dict(dilation=2), dict(groups=4, bias=False, stride=2)]
for setting in settings:
    x = 1 + 2 * torch.randn(16, 4, 9, 9, dtype=torch.float64)
    conv = nn.Conv2d(4, 8, 3, **setting).double()
    conv, bn = filled(conv, nn.BatchNorm2d(8).double(), x)
    one, library = fold(conv, bn), fuse_conv_bn_eval(conv, bn)
    with torch.no_grad():
        worst = max(worst, (one(x) - bn(conv(x))).abs().max().item())
        worst = max(worst, (library(x) - bn(conv(x))).abs().max().item())
assert worst < 1e-10, f"own and library's fold should be exact: {worst:.1e}"

# fuse_conv_bn_eval wants eval() and copies; it leaves the model as it was.
pair = nn.Sequential(conv, bn)
state = copy.deepcopy(pair.state_dict())
fuse_conv_bn_eval(*pair)
same = all(v.equal(state[name]) for name, v in pair.state_dict().items())
assert same, "the two layers should be left as they were"
linear, bn = filled(nn.Linear(5, 3), nn.BatchNorm1d(3), torch.randn(16, 5))
x = torch.randn(16, 5)
gap = (fuse_linear_bn_eval(linear, bn)(x) - bn(linear(x))).abs().max().item()
assert gap < 1e-5, f"a linear layer should fold too, gap {gap:.1e}"
try:
    fuse_conv_bn_eval(conv, pair[1].train())
    refused = ""
except AssertionError as error:
    refused = str(error)
assert refused == "Fusion only for eval!", f"in train() it should refuse: {refused!r}"

# Not foldable 1: a ReLU between. The same fold, tried all the same:
conv, relu, x = nn.Conv2d(4, 8, 3), nn.ReLU(), torch.randn(16, 4, 9, 9)
front, bn = filled(nn.Sequential(conv, relu), nn.BatchNorm2d(8), x)
with torch.no_grad():
    behind = bn(front(x))
    wrong = relu(fold(conv, bn)(x))
    between = ((wrong - behind).norm() / behind.norm()).item()
assert between > 0.3, f"with a ReLU between it should be wrong, by {between:.2f}"

# Not foldable 2: BN before a zero-padded convolution. Wrong at the border alone.
bn, conv = nn.BatchNorm2d(16).eval(), nn.Conv2d(16, 32, 3, padding=1)
nn.init.normal_(bn.bias)
nn.init.normal_(bn.running_mean)
nn.init.uniform_(bn.running_var, 0.5, 2)
x = torch.randn(50, 16, 8, 8)
with torch.no_grad():
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()
    shift = bn.bias - bn.running_mean * scale
    one = copy.deepcopy(conv)
    one.weight.mul_(scale[:, None, None])  # per INPUT channel
    one.bias.add_((conv.weight * shift[:, None, None]).sum((1, 2, 3)))
    off = (one(x) - conv(bn(x))).abs().amax((0, 1))  # (8, 8)
    edge = torch.ones(8, 8, dtype=torch.bool)
    edge[1:-1, 1:-1] = False
    inside, border = off[~edge].max().item(), off[edge].min().item()
    # repaired: pad with what BN turns into 0
    padded = (-shift / scale)[:, None, None].expand(50, 16, 10, 10).clone()
    padded[:, :, 1:-1, 1:-1] = x
    repaired = nn.functional.conv2d(padded, one.weight, one.bias)
    left = (repaired - conv(bn(x))).abs().max().item()
print(f"BN in front: wrong by {border:.2f} or more all along the border, exact inside")
assert inside < 1e-5, f"inside the fold should be exact, {inside:.1e}"
assert border > 0.3, f"all along the border it should be wrong, {border:.3f}"
assert left < 1e-5, f"with the right padding exact everywhere, {left:.1e}"

fig, ax = plt.subplots(figsize=(4.4, 3.2))
shown = ax.imshow(off, cmap="Blues", vmin=0)
fig.colorbar(shown, label="largest error")
ax.set(xlabel="column of the map", ylabel="row")
plt.show()

# What it saves: a net of four blocks on 28x28 images, counted
layers, channels, side, operations, extra = [], 1, 28, 0, 0
for width, stride in ((16, 1), (32, 2), (32, 1), (64, 2)):
    side //= stride
    values = width * side**2
    operations += values * channels * 9
    extra += values
    layers.append(nn.Conv2d(channels, width, 3, stride, padding=1, bias=False))
    layers += [nn.BatchNorm2d(width), nn.ReLU()]
    channels = width
model, x = nn.Sequential(*layers), torch.randn(64, 1, 28, 28)
for module in model:
    if isinstance(module, nn.BatchNorm2d):
        nn.init.uniform_(module.weight, 0.5, 1.5)
        nn.init.normal_(module.bias)
for _ in range(10):
    model(x)
model.eval()
short = nn.Sequential()
for conv, bn, relu in zip(*[iter(model)] * 3, strict=True):
    short.extend([fuse_conv_bn_eval(conv, bn), relu])
with torch.no_grad():
    gap = ((short(x) - model(x)).abs().max() / model(x).abs().max()).item()
    counted, h = 0, x[:1]
    for module in model:
        h = module(h)
        if isinstance(module, nn.Conv2d):
            counted += h.numel() * module.weight[0].numel()
assert counted == operations, f"multiply-adds: {counted:,}, not {operations:,}"
assert gap < 1e-4, f"the whole net should give the same, relative gap {gap:.1e}"
assert len(short) == 8, f"12 layers should become 8, are {len(short)}"

# Training on after the fold: the outputs are no longer normalized.
short.train()
out = short[:1](x).detach()  # (N, 16, 28, 28)
still = model[:2].train()(x).detach()
axes = (0, 2, 3)
ratios = (short[:1](3 * x).std(axes) / out.std(axes)).detach()  # by channel
held = (model[:2](3 * x).std(axes) / still.std(axes)).detach()
assert (ratios - 3).abs().max() < 1e-3, f"folded, three times as wide: {ratios}"
assert (held - 1).abs().max() < 0.05, f"with BN as wide as before: {held}"
measured = {"saved": extra / operations, "between": between, "border": border}
measured |= {"settings": len(settings), "refused": refused}
measured |= {"threefold": ratios.mean().item(), "held": held.mean().item()}
