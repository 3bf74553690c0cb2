"""For ResNet-50 or VGG-16 the Hessian would need petabytes, where the gradient needs megabytes."""
import torch
from torch import nn


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
