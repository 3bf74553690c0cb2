"""A ReLU layer multiplies the mean square by n Var(w) / 2: Xavier 1/2, He 1."""

import torch
from torch import nn

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
x = images[:100].flatten(1)  # (100, 64)
width, num_layers = 256, 15
activation = "relu"  # try: "tanh", "sigmoid"
gains = {"Xavier": 1, "He": 2, "PyTorch": 1 / 3}  # n Var(w), without biases


def mean_squares(gain, seed):
    """The mean of z * z before the activation of each layer."""
    torch.manual_seed(seed)
    z = x @ torch.randn(64, width)  # (100, width)
    z = z / z.square().mean().sqrt()  # begins with a mean square of 1
    found = []
    for _ in range(num_layers):
        found.append(z.square().mean())
        h = getattr(torch, activation)(z)
        z = h @ (torch.randn(width, width) * (gain / width) ** 0.5)
    return torch.stack(found)


curves = {}
for name, gain in gains.items():
    curves[name] = mean_squares(gain, seed=0).log2()
    factor = 2 ** ((curves[name][-1] - curves[name][0]) / (num_layers - 1))
    print(f"{activation}, {name:7s}: mean square x {factor:.3f} a layer", end=", ")
    print(f"for ReLU predicted {gain / 2:.3f}")
# region: the picture
import matplotlib.pyplot as plt

looks = (("o-", "C0"), ("s--", "C1"), ("^:", "C5"))
for (name, gain), (style, color) in zip(gains.items(), looks, strict=True):
    plt.plot(range(1, 16), curves[name], style, color=color, label=name)
    line = [k * torch.tensor(gain / 2).log2().item() for k in range(15)]
    plt.plot(range(1, 16), line, color="gray", linewidth=1, zorder=5)
plt.xlabel("layer")
plt.ylabel("log2 of the mean square of z")
plt.legend(bbox_to_anchor=(0.5, 1.02), loc="lower center", ncols=3, fontsize=9)
plt.gcf().set_size_inches(4.6, 3)
plt.show()
# endregion

# %% proof: 12 seeds, both directions, Glorot's compromise, and the gain 5/3
measured = {}
for name, gain in gains.items():
    logs = [mean_squares(gain, seed).log2() for seed in range(0, 1200, 100)]
    steps = torch.stack([log[-1] - log[0] for log in logs]) / (num_layers - 1)
    factor, error = 2 ** steps.mean().item(), steps.std().item() / 12**0.5
    print(f"{name:7s}: x {factor:.3f}, log2 {steps.mean():+.3f} +- {error:.3f}")
    off = factor / (gain / 2) - 1
    assert abs(off) < 0.04, f"{name}: {factor:.3f} a layer, off by {off:+.1%}"
    measured[name.lower()] = factor
apart = 2 ** (curves["He"][-1] - curves["Xavier"][-1]).item()
assert 2**12 < apart < 2**16, f"after 14 layers 2^14 should lie between, {apart:.0f}"

# Forward counts inputs, backward counts outputs. One layer, 200 inputs, 800 outputs:
torch.manual_seed(0)
fan_in, fan_out = 200, 800
signal, gradient = torch.randn(1000, fan_in), torch.randn(1000, fan_out)
rules = {
    "1 / fan_in": 1 / fan_in,
    "1 / fan_out": 1 / fan_out,
    "2 / (fan_in + fan_out)": 2 / (fan_in + fan_out),
}
kept = {}
for name, variance in rules.items():
    w = variance**0.5 * torch.randn(fan_in, fan_out)
    kept[name] = ((signal @ w).var().item(), (gradient @ w.T).var().item())
    forward, backward = kept[name]
    print(f"Var(w) = {name:22s}: forward x {forward:.2f}, backward x {backward:.2f}")
    assert abs(forward / (fan_in * variance) - 1) < 0.04, f"{name}: {forward:.2f}"
    assert abs(backward / (fan_out * variance) - 1) < 0.04, f"{name}: {backward:.2f}"
forward, backward = kept["2 / (fan_in + fan_out)"]
assert forward < 0.5 and 1.5 < backward < 1.7, f"Glorot errs both ways, {kept}"
quadruple = kept["1 / fan_in"][1]
assert backward < 0.5 * quadruple, f"but less than {quadruple:.2f}: {backward:.2f}"
weight = torch.empty(fan_out, fan_in)  # PyTorch stores (outputs, inputs)
glorot = nn.init.xavier_normal_(weight).var().item() * (fan_in + fan_out) / 2
assert abs(glorot - 1) < 0.02, f"xavier_normal_ should be Glorot's, {glorot:.3f}"
he = nn.init.kaiming_normal_(weight, nonlinearity="relu").var().item() * fan_in / 2
assert abs(he - 1) < 0.02, f"kaiming_normal_ should have 2 / fan_in, {he:.3f}"
same = nn.init.calculate_gain("leaky_relu", 0) - nn.init.calculate_gain("relu")
assert abs(same) < 1e-9, "the default of kaiming_normal_ should be ReLU's"


def tanh_net(gain, seed, depth=30):
    """What 30 tanh layers leave of the signal, and of the gradient."""
    torch.manual_seed(seed)
    h, sizes = torch.tanh(x @ torch.randn(64, width) / 8), []
    for _ in range(depth):
        w = gain * width**-0.5 * torch.randn(width, width)
        z = (h @ w).requires_grad_()
        z.retain_grad()
        h = torch.tanh(z)
        sizes.append(z)
    (h @ torch.randn(width)).sum().backward()
    there = h.std() / torch.tanh(sizes[0]).std()
    back = sizes[0].grad.norm() / sizes[-1].grad.norm()
    return torch.stack([there, back]).log()


for gain, name in ((1, "plain"), (5 / 3, "five_thirds")):
    logs = torch.stack([tanh_net(gain, seed) for seed in range(0, 1200, 100)])
    there, back = logs.mean(0).exp().tolist()
    print(
        f"30 tanh layers, gain {gain:.2f}: signal x {there:.2f}, gradient x {back:.2f}"
    )
    measured |= {f"{name}_signal": there, f"{name}_gradient": back}
assert measured["plain_signal"] < 0.6, f"gain 1 should lose signal, {measured}"
assert measured["plain_gradient"] < 0.5, f"and gradient, {measured}"
assert measured["five_thirds_signal"] > 0.7, f"5/3 should keep it, {measured}"
assert measured["five_thirds_gradient"] > 4, f"its gradient should grow, {measured}"
