"""ReLU costs about a copy of its input, a slow function of one exponential costs more, a convolution hides ReLU."""
import platform
import time

import torch
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.randn(2 ** 20)  # a million values, 4 MB


def tanh_by_sigmoid(x):
    return 2 * torch.sigmoid(2 * x) - 1


assert torch.allclose(tanh_by_sigmoid(x), torch.tanh(x), atol=1e-6), "both forms of tanh should agree"


def times(functions, rounds=40):
    seconds = {name: [] for name in functions}
    for _ in range(rounds):  # in turn, so that a busy moment hits all of them
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return {name: min(s) for name, s in seconds.items()}  # the least disturbed round


activations = {"ReLU": torch.relu, "Leaky ReLU": F.leaky_relu, "sigmoid": torch.sigmoid, "SiLU": F.silu, "GELU": F.gelu,
               "ELU": F.elu, "tanh": torch.tanh, "2 sigmoid(2x) - 1": tanh_by_sigmoid}
alone = times({"copy": x.clone} | {name: lambda f=f: f(x) for name, f in activations.items()})

conv = torch.nn.Conv2d(64, 64, 3, padding=1)
maps = torch.randn(4, 64, 32, 32)  # (N, C, H, W)
with torch.no_grad():
    h = conv(maps)
    layer = times({"conv": lambda: conv(maps)} | {name: lambda f=f: f(h) for name, f in activations.items()})
share = {name: layer[name] / (layer["conv"] + layer[name]) for name in activations}
ratio = {name: alone[name] / alone["copy"] for name in activations}

print(f"torch {torch.__version__} on {platform.machine()} with {torch.backends.cpu.get_cpu_capability()}, one thread")
print("activation         alone, in copies    share of convolution + activation")
for name in activations:
    print(f"{name:18s} {ratio[name]:10.1f}     {100 * share[name]:20.1f} %")

with_exp = [ratio[name] for name in ("sigmoid", "SiLU", "ELU", "tanh", "2 sigmoid(2x) - 1")]
assert conv.weight[0].numel() == 576, "64 channels and 3x3 weights should ask for 576 multiply-adds per output"
assert x.numel() == 1_048_576 and h.shape == maps.shape == (4, 64, 32, 32), "sizes should be those that are described"
# wide margins: the ratios belong to this machine
assert 0.2 < ratio["ReLU"] < 4, f"ReLU should cost about a copy, it costs {ratio['ReLU']:.1f}"
assert max(with_exp) > 1.2 * ratio["ReLU"], f"the dearest should cost more than ReLU, costs {max(with_exp):.1f}"
assert max(with_exp) > 1.2 * min(with_exp), f"prices should differ: {min(with_exp):.1f}, {max(with_exp):.1f}"
assert share["ReLU"] < 0.25, f"ReLU should take under a quarter of the layer, it takes {100 * share['ReLU']:.1f} %"
