"""ReLU costs about a copy of its input, and a convolution beside it many times more."""

import time

import torch
from torch.nn import functional as F


# region: tanh in another form
def tanh_by_sigmoid(x):
    return 2 * torch.sigmoid(2 * x) - 1


# endregion
activations = {
    "ReLU": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "2 sigmoid(2x) - 1": tanh_by_sigmoid,  # the same function as tanh
    "ELU": F.elu,
    "GELU": F.gelu,
}


# region: the least time of many rounds
def times(functions, rounds=40):
    """Seconds of each in its least disturbed round, all in turn."""
    seconds = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return {name: min(found) for name, found in seconds.items()}


# endregion
channels = 64  # try: 8, 128
torch.manual_seed(0)
conv = torch.nn.Conv2d(channels, channels, 3, padding=1)
maps = torch.randn(1, channels, 64, 64)  # (N, C, H, W)
work = {"copy": maps.clone, "convolution": lambda: conv(maps)}
for name, activation in activations.items():
    work[name] = lambda activation=activation: activation(maps)
with torch.no_grad():
    seconds = times(work)
print(torch.__version__, torch.backends.cpu.get_cpu_capability(), "one thread")
for name, found in seconds.items():
    print(f"{name:18s} {found / seconds['copy']:6.1f} copies")

# %% proof: one function at two prices, and multiply-adds per activation
per_copy = {name: found / seconds["copy"] for name, found in seconds.items()}
assert torch.allclose(tanh_by_sigmoid(maps), maps.tanh(), atol=1e-6), "both are tanh"


def resnet_50():
    """(inputs, outputs, filter size, output side, groups, whether ReLU follows)."""
    layers, width = [(3, 64, 7, 112, 1, True)], 64
    for planes, blocks, side in ((64, 3, 56), (128, 4, 28), (256, 6, 14), (512, 3, 7)):
        for block in range(blocks):
            wide = 2 * side if block == 0 and planes > 64 else side
            layers.append((width, planes, 1, wide, 1, True))
            layers.append((planes, planes, 3, side, 1, True))
            layers.append((planes, 4 * planes, 1, side, 1, True))
            if block == 0:
                layers.append((width, 4 * planes, 1, side, 1, False))  # shortcut
            width = 4 * planes
    return [*layers, (2048, 1000, 1, 1, 1, False)]


def mobilenet():
    """The same of the first MobileNet: depthwise 3x3 and 1x1 in turn."""
    layers, width, side = [(3, 32, 3, 112, 1, True)], 32, 112
    outputs = [64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    for n, wider in enumerate(outputs):
        side = side // 2 if n in (1, 3, 5, 11) else side
        layers.append((width, width, 3, side, width, True))
        layers.append((width, wider, 1, side, 1, True))
        width = wider
    return [*layers, (1024, 1000, 1, 1, 1, False)]


def count(layers):
    """Multiply-adds, and values that an activation is computed for, of one image."""
    adds = sum(i // g * o * f * f * s * s for i, o, f, s, g, _ in layers)
    return adds, sum(o * s * s for _, o, _, s, _, active in layers if active)


measured = {}
published = {"resnet": (resnet_50(), 4.09e9), "mobilenet": (mobilenet(), 569e6)}
for name, (layers, known) in published.items():
    adds, values = count(layers)
    print(f"{name}: {adds:,} multiply-adds, {values:,} activations", end=", ")
    print(f"{adds / values:.0f} for one")
    assert abs(adds / known - 1) < 0.01, f"{name}: known {known:,}, counted {adds:,}"
    measured |= {name: adds / values, f"{name}_values": values / 1e6}
inputs = conv.weight[0].numel()
assert inputs == 576, f"64 channels of 3x3 weights should be 576, are {inputs}"
least = 300 < measured["resnet"] < 600 and 80 < measured["mobilenet"] < 160
assert least, f"hundreds in one, a hundred in the other, {measured}"

# The ratios belong to this machine; only what leaves a wide margin is asserted.
relu = per_copy["ReLU"]
assert relu < 2.5, f"ReLU should cost about a copy, costs {relu:.1f}"
dearest = max(per_copy[name] for name in activations)
assert dearest > 1.5 * relu, f"the dearest should cost more, {dearest:.1f}, {relu:.1f}"
two = per_copy["tanh"], per_copy["2 sigmoid(2x) - 1"]
assert max(two) > 1.4 * min(two), f"one function should have two prices, {two}"
share = relu / (relu + per_copy["convolution"])
assert share < 0.12, f"beside the convolution ReLU should be small, {share:.0%}"
