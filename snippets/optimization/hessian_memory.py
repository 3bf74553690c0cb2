"""For ResNet-50 or VGG-16 a Hessian would need petabytes, a gradient megabytes."""

import torch
from torch import nn

# region: the layers of three networks


def mlp():
    """For 8x8 digits, 64 hidden units."""
    return [nn.Linear(64, 64), nn.Linear(64, 10)]


def vgg16():
    """13 convolutions and three linear layers."""
    widths = [3, 64, 64, 128, 128, *[256] * 3, *[512] * 6]
    pairs = zip(widths, widths[1:], strict=False)
    head = [nn.Linear(25088, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
    return [nn.Conv2d(a, b, 3) for a, b in pairs] + head


def resnet50():
    """16 bottleneck blocks, each convolution with batch normalization."""

    def conv(a, b, size):
        return [nn.Conv2d(a, b, size, bias=False), nn.BatchNorm2d(b)]

    layers, width = conv(3, 64, 7), 64
    for blocks, c in ((3, 64), (4, 128), (6, 256), (3, 512)):
        for _ in range(blocks):
            layers += conv(width, c, 1) + conv(c, c, 3) + conv(c, 4 * c, 1)
            layers += conv(width, 4 * c, 1) if width != 4 * c else []
            width = 4 * c
    return [*layers, nn.Linear(2048, 1000)]


# endregion
networks = {"ResNet-50": resnet50, "VGG-16": vgg16, "MLP": mlp}
name = "ResNet-50"  # try: "VGG-16", "MLP"
with torch.device("meta"):  # shapes alone, no memory
    model = nn.Sequential(*networks[name]())
n = sum(p.numel() for p in model.parameters())
print(f"{name}: {n:,} parameters")
print(f"gradient  {4 * n / 1e6:16,.2f} MB in float32")
print(f"Hessian   {4 * n**2 / 1e6:16,.2f} MB")

# %% proof: three networks, and two matrices for each layer in the Hessian's place
counts, factors = {}, {}
for name, build in networks.items():
    with torch.device("meta"):
        model = nn.Sequential(*build())
    counts[name] = sum(p.numel() for p in model.parameters())
    weights = [p for p in model.parameters() if p.ndim > 1]
    shapes = [(p.shape[0], p[0].numel()) for p in weights]
    factors[name] = sum(rows**2 + columns**2 for rows, columns in shapes)
    times = factors[name] / counts[name]
    print(f"{name}: two factors for each layer hold {times:.1f} times the parameters")
published = {"ResNet-50": 25_557_032, "VGG-16": 138_357_544, "MLP": 4810}
assert counts == published, f"the published networks have other counts: {counts}"
petabytes = {name: 4 * count**2 / 1e15 for name, count in counts.items()}
assert petabytes["ResNet-50"] > 2.6 and petabytes["VGG-16"] > 76, f"{petabytes}"
assert factors["ResNet-50"] < 10 * counts["ResNet-50"], f"factors should fit, {factors}"
measured = {"resnet": petabytes["ResNet-50"], "vgg": petabytes["VGG-16"]}
measured |= {"times": factors["ResNet-50"] / counts["ResNet-50"]}
