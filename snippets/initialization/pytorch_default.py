"""PyTorch draws weights and biases from -1/sqrt(n) to 1/sqrt(n), n the fan-in."""

import torch
from torch import nn

torch.manual_seed(0)
layers = {  # what one output sums over: the fan-in, as PyTorch counts it
    "Linear(300, 200)": (nn.Linear(300, 200), 300),
    "Conv2d(32, 64, 3)": (nn.Conv2d(32, 64, 3), 32 * 3 * 3),
    "Conv2d(32, 64, 3, groups=4)": (nn.Conv2d(32, 64, 3, groups=4), 32 // 4 * 3 * 3),
    "ConvTranspose2d(32, 64, 3)": (nn.ConvTranspose2d(32, 64, 3), 64 * 3 * 3),
}
print("                            1/sqrt(n)  largest |w|  variance * 3 n")
for name, (layer, fan_in) in layers.items():
    torch.manual_seed(0)
    layer.reset_parameters()  # the draw that the constructor makes
    weight = layer.weight.detach()
    bound = fan_in**-0.5
    ratio = weight.var() * 3 * fan_in  # a uniform draw has variance bound ** 2 / 3
    print(f"{name:28s} {bound:8.4f} {weight.abs().max():12.4f} {ratio:15.2f}")

# %% proof: the same numbers drawn by two other ways, and the biases
import math

for name, (layer, fan_in) in layers.items():
    bound = fan_in**-0.5
    torch.manual_seed(0)
    layer.reset_parameters()
    weight, bias = layer.weight.detach(), layer.bias.detach()
    top = weight.abs().max().item() / bound
    assert 0.99 < top <= 1, f"{name}: weights should fill the interval, to {top:.3f}"
    ratio = weight.var().item() * 3 * fan_in
    assert abs(ratio - 1) < 0.05, f"{name}: variance {ratio:.3f} of 1 / (3 n)"
    top = bias.abs().max().item() / bound
    assert 0.9 < top <= 1, f"{name}: so should biases, to {top:.3f}"
    torch.manual_seed(0)
    by_hand = torch.empty_like(weight).uniform_(-bound, bound)
    gap = (weight - by_hand).abs().max().item()
    assert gap < 1e-7, f"{name}: one seed should give the same weights, off {gap:.0e}"
    torch.manual_seed(0)
    kaiming = nn.init.kaiming_uniform_(torch.empty_like(weight), a=math.sqrt(5))
    assert torch.equal(weight, kaiming), f"{name}: should be kaiming_uniform_"
gain = nn.init.calculate_gain("leaky_relu", math.sqrt(5))
assert abs(gain**2 - 1 / 3) < 1e-12, f"the gain should be sqrt(1/3), is {gain:.4f}"
wrong = nn.ConvTranspose2d(32, 64, 3).weight.abs().max().item() * math.sqrt(32 * 9)
assert wrong < 0.8, f"the inputs of a transposed layer should not count, {wrong:.2f}"
