"""Ten activations differ in range, mean output, and where their slope is zero."""

import torch
from torch import nn


# region: a maxout unit of two pieces
def maxout(x):
    # Two linear pieces; a real unit learns the weights and biases of both.
    return torch.maximum(x, -0.5 * x)


# endregion
activations = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "leaky ReLU": nn.LeakyReLU(0.01),
    "PReLU": nn.PReLU(),  # its slope below zero starts at 0.25 and is learned
    "ELU": nn.ELU(),
    "maxout": maxout,
    "ReLU6": nn.ReLU6(),
    "GELU": nn.GELU(),
    "SiLU": nn.SiLU(),
}
spread = 1.0  # try: 0.3, 3.0
x = torch.linspace(-20, 20, 200_000, requires_grad=True)  # misses the kink at 0
weight = torch.softmax(-((x.detach() / spread) ** 2) / 2, 0)  # how often x occurs
print(f"inputs of spread {spread}: mean output   mean slope")
table = {}
for name, activation in activations.items():
    y = activation(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    table[name] = y.detach(), slope
    mean, mean_slope = (weight * y).sum(), (weight * slope).sum()
    print(f"{name:10s} {mean.item():27.2f} {mean_slope.item():12.2f}")
# region: the picture
import matplotlib.pyplot as plt

for rows, names in ((3, list(table)[:6]), (2, list(table)[6:])):
    size = {"figsize": (4.8, 4 if rows == 3 else 3.2)}
    figure, axes = plt.subplots(rows, 2, **size)
    for ax, name in zip(axes.flat, names, strict=True):
        y, slope = table[name]
        ax.plot(x.detach()[::50], y[::50], color="C0", lw=2, label="output")
        ax.plot(x.detach()[::50], slope[::50], "--", color="C1", lw=2, label="slope")
        low, high = (-2, 10) if name == "ReLU6" else (-4, 4)
        top = 7 if name == "ReLU6" else 2.2
        ax.set(title=name, xlim=(low, high), xticks=(low, 0, high), ylim=(-1.2, top))
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    plt.show()
# endregion

# %% proof: range, slope and flat side of each for |x| up to 20, and means at spread 1
expected = {  # output from, to; slope from, to; the side on which it is below 1e-4
    "sigmoid": (0, 1, 0, 0.25, "both"),
    "tanh": (-1, 1, 0, 1, "both"),
    "ReLU": (0, 20, 0, 1, "left"),
    "leaky ReLU": (-0.2, 20, 0.01, 1, "none"),
    "PReLU": (-5, 20, 0.25, 1, "none"),
    "ELU": (-1, 20, 0, 1, "left"),
    "maxout": (0, 20, -0.5, 1, "none"),
    "ReLU6": (0, 6, 0, 1, "both"),
    "GELU": (-0.17, 20, -0.129, 1.129, "left"),
    "SiLU": (-0.278, 20, -0.1, 1.1, "left"),
}
weight = torch.softmax(-(x.detach() ** 2) / 2, 0)
mean, mean_slope = {}, {}
print("            output            slope         slope 0")
for name, (*numbers, side) in expected.items():
    y, slope = table[name]
    found = [y.min(), y.max(), slope.min(), slope.max()]
    left, right = (slope[end].abs().item() < 1e-4 for end in (0, -1))
    flat = (
        "both" if left and right else "left" if left else "right" if right else "none"
    )
    assert flat == side, f"{name} should be flat here: {side}, found {flat}"
    for value, number in zip(found, numbers, strict=True):
        assert abs(value - number) < 2e-3, f"{name}: {number} expected, has {value:.4f}"
    mean[name] = (weight * y).sum().item()
    mean_slope[name] = (weight * slope).sum().item()
    print(f"{name:10s}", *[f"{value:7.2f}" for value in found], f"  {flat}")
centred = [name for name in mean if abs(mean[name]) < 0.01]
assert centred == ["tanh"], f"only tanh should have mean output 0, have it: {centred}"
assert abs(mean["ReLU"] - 0.399) < 1e-3, f"should be 1/sqrt(2 pi): {mean['ReLU']:.4f}"
nearer = abs(mean["ELU"]) < 0.5 * mean["ReLU"]
assert nearer, f"ELU's mean should be nearer to 0 than ReLU's, {mean['ELU']:.3f}"
least = sorted(mean_slope, key=mean_slope.get)[0]
assert least == "sigmoid", f"the sigmoid should have the least mean slope, has {least}"
measured = {"sigmoid": mean_slope["sigmoid"], "relu": mean_slope["ReLU"]}
measured |= {"relu_mean": mean["ReLU"], "elu_mean": mean["ELU"]}
assert 0.19 < measured["sigmoid"] < 0.23, f"should be 0.21, is {measured['sigmoid']}"
assert abs(measured["relu"] - 0.5) < 1e-3, "ReLU's mean slope should be a half"
