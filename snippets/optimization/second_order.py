"""Newton's step reaches a quadratic's minimum at once, runs into saddles, and needs a Hessian that fits in no memory."""
import torch
from sklearn.datasets import load_diabetes
from torch import nn

data = load_diabetes()
x = torch.tensor(data.data)  # (442, 10), float64
y = torch.tensor(data.target - data.target.mean())
w = torch.randn(10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def quadratic(w):
    return (x @ w - y).square().mean() / 2


def newton_step(function, w):
    gradient = torch.func.grad(function)(w)
    hessian = torch.func.hessian(function)(w)  # (n, n)
    return w - torch.linalg.solve(hessian, gradient)


before, after = (torch.func.grad(quadratic)(v).norm().item() for v in (w, newton_step(quadratic, w)))
best = torch.linalg.lstsq(x, y).solution
distance = (newton_step(quadratic, w) - best).norm().item() / (w - best).norm().item()
print(f"one Newton step on a quadratic: share of the distance left {distance:.0e}, gradient {before:.1e} -> {after:.1e}")
assert distance < 1e-9 and after < 1e-9 * before, f"one step should reach the minimum, {distance} of the way is left"


def saddle(w):  # minima at (0, 1) and (0, -1), a saddle at the origin
    return 0.5 * w[0] ** 2 - 0.5 * w[1] ** 2 + 0.25 * w[1] ** 4


w = gradient_w = torch.tensor([1.0, 0.3])
for _ in range(100):
    w, gradient_w = newton_step(saddle, w), gradient_w - 0.2 * torch.func.grad(saddle)(gradient_w)
print(f"from (1, 0.3): Newton ends at ({w[0]:.2f}, {w[1]:.2f}), gradient descent at ({gradient_w[0]:.2f}, {gradient_w[1]:.2f})")
assert w.norm() < 1e-5, "Newton's step should be drawn to the saddle"
assert (gradient_w - torch.tensor([0.0, 1.0])).norm() < 1e-3, "gradient descent should leave the saddle for the minimum"


def vgg16():  # 13 convolutions, five poolings (here only their effect on the size), three linear layers
    channels = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    convs = [nn.Conv2d(a, b, 3, padding=1) for a, b in zip(channels, channels[1:])]
    return nn.Sequential(*convs, nn.Linear(512 * 7 * 7, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000))


def bottleneck(c_in, c):  # ResNet-50's block: 1x1, 3x3, 1x1, each with batch normalization
    layers = [nn.Conv2d(c_in, c, 1, bias=False), nn.Conv2d(c, c, 3, bias=False), nn.Conv2d(c, 4 * c, 1, bias=False),
              nn.BatchNorm2d(c), nn.BatchNorm2d(c), nn.BatchNorm2d(4 * c)]
    if c_in != 4 * c:  # the shortcut of the first block of a stage
        layers += [nn.Conv2d(c_in, 4 * c, 1, bias=False), nn.BatchNorm2d(4 * c)]
    return layers


def resnet50():
    layers, c_in = [nn.Conv2d(3, 64, 7, bias=False), nn.BatchNorm2d(64)], 64
    for blocks, c in ((3, 64), (4, 128), (6, 256), (3, 512)):
        for _ in range(blocks):
            layers += bottleneck(c_in, c)
            c_in = 4 * c
    return nn.Sequential(*layers, nn.Linear(2048, 1000))


counts = {"an MLP for 8x8 digits": 64 * 64 + 64 + 64 * 10 + 10}
with torch.device("meta"):  # shapes only, no memory
    for name, build in (("ResNet-50", resnet50), ("VGG-16", vgg16)):
        counts[name] = sum(p.numel() for p in build().parameters())
for name, n in counts.items():
    gigabytes = 4 * n**2 / 1e9
    print(f"{name:22s} {n:11,} parameters: gradient {4 * n / 1e9:9.5f} GB, Hessian in float32 {gigabytes:16,.2f} GB")
assert list(counts.values()) == [4810, 25_557_032, 138_357_544], f"the published networks have other counts: {counts}"
assert 4 * counts["ResNet-50"] ** 2 > 2.6e15 and 4 * counts["VGG-16"] ** 2 > 7.6e16, "2.6 and 76 petabytes are needed"
