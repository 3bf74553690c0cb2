"""A ReLU layer multiplies the mean square by fan_in * Var(w) / 2: Xavier 1/2, He 1, the default of PyTorch 1/6."""
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

seed, width, num_layers, num_draws = 0, 512, 15, 3
torch.manual_seed(seed)
digits = load_digits()
x = torch.tensor(digits.data[:100], dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (100, 64)
variances = {"Xavier": 1 / width, "He": 2 / width, "PyTorch": 1 / (3 * width)}  # of one weight
factors = {}

for (name, variance), style, color in zip(variances.items(), ("o-", "s--", "^:"), ("C0", "C1", "C5")):
    moments = torch.zeros(num_draws, num_layers)  # E[z^2] before the ReLU, layer by layer
    for draw in range(num_draws):
        z = x @ torch.randn(64, width) / x.square().sum(1).mean().sqrt()  # (100, 512), starts with E[z^2] = 1
        for layer in range(num_layers):
            moments[draw, layer] = z.square().mean()
            z = torch.relu(z) @ (variance ** 0.5 * torch.randn(width, width))
    mean = moments.log2().mean(0)
    factors[name] = 2 ** ((mean[-1] - mean[0]).item() / (num_layers - 1))
    predicted = width * variance / 2
    print(f"ReLU, {name:8s}: predicted factor per layer {predicted:.3f}, measured {factors[name]:.3f}")
    plt.plot(range(1, num_layers + 1), mean, style, color=color, label=name)
    plt.plot([1, num_layers], [0, (num_layers - 1) * math.log2(predicted)], color="gray", linewidth=0.8)
    assert abs(factors[name] / predicted - 1) < 0.12, f"{name}: measured {factors[name]:.3f} a layer"
plt.xlabel("layer")
plt.ylabel("log2 of the mean square before ReLU")
plt.legend()
plt.show()

# Forward counts inputs, backward counts outputs. One layer, 200 inputs, 800 outputs, linear:
fan_in, fan_out = 200, 800
signal, gradient = torch.randn(1000, fan_in), torch.randn(1000, fan_out)
rules = {"1 / fan_in": 1 / fan_in, "1 / fan_out": 1 / fan_out, "2 / (fan_in + fan_out)": 2 / (fan_in + fan_out)}
kept = {}
for name, variance in rules.items():
    w = variance ** 0.5 * torch.randn(fan_in, fan_out)
    kept[name] = ((signal @ w).var().item(), (gradient @ w.T).var().item())
    print(f"Var(w) = {name:22s}: forward factor {kept[name][0]:.2f}, backward factor {kept[name][1]:.2f}")
    expected = (fan_in * variance, fan_out * variance)
    assert all(abs(k / e - 1) < 0.1 for k, e in zip(kept[name], expected)), f"{name}: {kept[name]} for {expected}"

assert 3.6 < kept["1 / fan_in"][1] < 4.4, f"1 / fan_in should quadruple the gradient, {kept['1 / fan_in'][1]:.2f}"
assert 0.22 < kept["1 / fan_out"][0] < 0.28, f"1 / fan_out should quarter the signal, {kept['1 / fan_out'][0]:.2f}"
compromise = kept["2 / (fan_in + fan_out)"]
assert abs(sum(compromise) / 2 - 1) < 0.05, f"Glorot's two factors should average to 1, they are {compromise}"
weight = torch.empty(fan_out, fan_in)  # PyTorch stores (outputs, inputs)
glorot = torch.nn.init.xavier_normal_(weight).var().item() * (fan_in + fan_out) / 2
he = torch.nn.init.kaiming_normal_(weight, nonlinearity="relu").var().item() * fan_in / 2
assert abs(glorot - 1) < 0.03, f"xavier_normal_ should have 2 / (fan_in + fan_out), it has {glorot:.3f} times that"
assert abs(he - 1) < 0.03, f"kaiming_normal_ should have 2 / fan_in, it has {he:.3f} times that"
