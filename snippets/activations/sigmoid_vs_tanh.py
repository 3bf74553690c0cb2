"""tanh is the sigmoid stretched to (-1, 1) and squeezed to half the width: same shapes, other scale and centre."""
import math

import matplotlib.pyplot as plt
import torch
from torch import nn

x = (torch.arange(-10_000, 10_001, dtype=torch.float64) / 1000).requires_grad_()  # steps of 1e-3, 0 included
y, slope = {}, {}
for name, activation in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh)):
    out = activation(x)
    slope[name], = torch.autograd.grad(out.sum(), x)
    y[name] = out.detach()
    print(f"{name:7s}: outputs {y[name].min():5.2f} to {y[name].max():.2f}, largest slope {slope[name].max():.2f}, "
          f"sign kept on {(y[name].sign() == x.sign()).double().mean():4.0%} of the inputs")
gap = (y["tanh"] - (2 * torch.sigmoid(2 * x.detach()) - 1)).abs().max().item()
print(f"largest difference of tanh(x) and 2 sigmoid(2x) - 1: {gap:.0e}")
assert gap < 1e-12, f"tanh(x) should be 2 sigmoid(2x) - 1, differs by {gap:.0e}"
assert 0 < y["sigmoid"].min() < 1e-4 and 1 - 1e-4 < y["sigmoid"].max() < 1, "the sigmoid should range over (0, 1)"
assert -1 < y["tanh"].min() < -1 + 1e-8 and 1 - 1e-8 < y["tanh"].max() < 1, "tanh should range over (-1, 1)"
assert (y["tanh"].sign() == x.sign()).all(), "tanh should keep the sign of every input"
assert ((y["sigmoid"] - 0.5).sign() == x.sign()).all(), "the sigmoid should code the sign as above or below 1/2"
assert abs(slope["sigmoid"].max() - 0.25) < 1e-9, f"the sigmoid's largest slope should be 1/4: {slope['sigmoid'].max()}"
assert abs(slope["tanh"].max() - 1) < 1e-9, f"tanh's largest slope should be 1, is {slope['tanh'].max()}"

reach = {name: x[slope[name] >= 1e-4].max().item() for name in slope}  # beyond it the unit is saturated
crossing = x[slope["tanh"] > slope["sigmoid"]].max().item()
print(f"slope below 1e-4 beyond {reach['tanh']:.2f} (tanh) and {reach['sigmoid']:.2f} (sigmoid)")
print(f"tanh is the steeper one for |x| < {crossing:.2f} only")
assert abs(reach["tanh"] - 5.298) < 2e-3, f"tanh should saturate beyond 5.30, does beyond {reach['tanh']:.3f}"
assert abs(reach["sigmoid"] - 9.210) < 2e-3, f"the sigmoid should saturate beyond 9.21: {reach['sigmoid']:.3f}"
assert abs(crossing - 2 * math.acosh((1 + math.sqrt(3)) / 2)) < 2e-3, f"slopes should cross at 1.66: {crossing:.3f}"

torch.manual_seed(0)
tanh_net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 3))
sigmoid_net = nn.Sequential(nn.Linear(8, 32), nn.Sigmoid(), nn.Linear(32, 3))
with torch.no_grad():
    sigmoid_net[0].weight.copy_(2 * tanh_net[0].weight)  # tanh(z) = 2 sigmoid(2z) - 1, so the 2s and the -1 ...
    sigmoid_net[0].bias.copy_(2 * tanh_net[0].bias)
    sigmoid_net[2].weight.copy_(2 * tanh_net[2].weight)  # ... go into the weights and biases next to it
    sigmoid_net[2].bias.copy_(tanh_net[2].bias - tanh_net[2].weight.sum(1))
inputs = torch.randn(100, 8)  # (N, features)
same = (tanh_net(inputs) - sigmoid_net(inputs)).abs().max().item()
print(f"a tanh network rewritten with sigmoids differs by {same:.0e}")
assert same < 1e-5, f"every tanh network should be a sigmoid network with other weights, differs by {same:.0e}"
assert abs(nn.init.calculate_gain("tanh") - 5 / 3) < 1e-9, "PyTorch's recommended gain for tanh should be 5/3"

fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
for name, style in (("sigmoid", "C0-"), ("tanh", "C1--")):
    axes[0].plot(x.detach(), y[name], style, label=name)
    axes[1].semilogy(x.detach(), slope[name], style, label=name)
axes[0].set(xlabel="input x", ylabel="output", xlim=(-6, 6))
axes[1].set(xlabel="input x", ylabel="slope", ylim=(1e-5, 2))
axes[0].legend()
plt.show()
