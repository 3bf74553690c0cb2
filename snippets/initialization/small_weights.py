"""With weights of 0.01 * randn signal and gradient shrink by one factor a layer."""

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
x, y = images[:500].flatten(1), labels[:500]  # (500, 64)
torch.manual_seed(0)
std = 0.01  # try: 0.03, 0.0625
width = 256  # try: 64, 1024
weights, sums, outputs = [], [], []
h = x
for layer in range(10):
    w = std * torch.randn(h.shape[1], width)
    w.requires_grad_()
    z = h @ w  # (500, width)
    z.retain_grad()
    h = torch.tanh(z)
    weights.append(w)
    sums.append(z)
    outputs.append(h)
logits = h @ (std * torch.randn(width, 10))  # (500, 10)
loss = nn.functional.cross_entropy(logits, y)
loss.backward()
print("standard deviation of   activations  gradients (z)  gradients (W)")
for k in (0, 4, 9):
    sizes = outputs[k].std(), sums[k].grad.std(), weights[k].grad.std()
    print(f"in layer {k + 1:2d}  " + "".join(f"{size:15.0e}" for size in sizes))
predicted = std * width**0.5
forward = (outputs[9].std() / outputs[1].std()).item() ** (1 / 8)
print(f"a layer keeps {forward:.3f} of the signal; predicted {predicted:.3f}")
# region: the picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, 1, figsize=(4.6, 4), sharex=True)
colors = ("C0", "C1", "C2", "C5")
for k, style, color in zip((0, 3, 6, 9), ("-", "--", ":", "-."), colors, strict=True):
    for ax, values in zip(axes, (outputs[k], sums[k].grad), strict=True):
        logs = values.detach().abs().clamp(min=1e-30).log10().flatten().numpy()
        look = {"histtype": "step", "linestyle": style, "color": color}
        share = {"weights": [1 / len(logs)] * len(logs)}
        ax.hist(logs, bins=60, range=(-16, 1), label=f"layer {k + 1}", **look, **share)
axes[0].set_ylabel("share of the\nactivations")
axes[1].set_ylabel("share of the\ngradients")
axes[1].set_xlabel("log10 of the size")
above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.02), "ncols": 2}
axes[0].legend(fontsize=9, **above)
plt.show()
# endregion

# %% proof: 12 seeds, three widths, and whether such a network trains
LN10 = torch.tensor(10.0).log().item()


def spreads(std, width, seed):
    """Spread of outputs and of both gradients in each layer, (10, 3), and the loss."""
    torch.manual_seed(seed)
    h, kept = x, []
    for _ in range(10):
        w = (std * torch.randn(h.shape[1], width)).requires_grad_()
        z = h @ w
        z.retain_grad()
        h = torch.tanh(z)
        kept.append((h, z, w))
    loss = nn.functional.cross_entropy(h @ (std * torch.randn(width, 10)), y)
    loss.backward()
    rows = [[h.detach().std(), z.grad.std(), w.grad.std()] for h, z, w in kept]
    return torch.tensor(rows), loss.item()


factors = {}
for units in (64, 256, 1024):
    seeds = range(0, 1200, 100) if units == 256 else range(0, 300, 100)
    found = [spreads(0.01, units, seed) for seed in seeds]
    sizes = torch.stack([rows for rows, _ in found])  # (seeds, 10, 3)
    there = (sizes[:, 9, 0] / sizes[:, 1, 0]).log().mean().div(8).exp().item()
    back = (sizes[:, 1, 1] / sizes[:, 9, 1]).log().mean().div(8).exp().item()
    expected = 0.01 * units**0.5
    print(f"{units:4d} units: kept {there:.3f} forward, {back:.3f} backward,", end=" ")
    print(f"predicted {expected:.3f}")
    for name, factor in (("forward", there), ("backward", back)):
        off = factor / expected - 1
        assert abs(off) < 0.06, f"{units} units, {name}: off by {off:+.1%}"
    factors[units] = there, back
    if units == 256:
        last, of_w = sizes[:, 9, 0].mean().item(), sizes[..., 2].mean(0)
        losses = torch.tensor([loss for _, loss in found])
assert last < 1e-7, f"after ten layers the spread should be under 1e-7, is {last:.0e}"
assert of_w.max() < 1e-8, f"every matrix should get under 1e-8, {of_w.max():.0e}"
alike = (of_w.max() / of_w.min()).item()
assert alike < 5, f"the gradients of W should be alike in all layers, {alike:.1f} times"
off = (losses - LN10).abs().max().item()
assert off < 1e-4, f"the loss should be that of ten equal shares, off by {off:.0e}"


def train(std, method, lr, seed, num_steps=150):
    """Test accuracy in %; std None: 1 / sqrt(n), biases from zero."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    layers = [nn.Linear(64 if k == 0 else 128, 128) for k in range(10)]
    for layer in layers:
        nn.init.normal_(layer.weight, std=std or layer.in_features**-0.5)
        nn.init.zeros_(layer.bias)
    hidden = [part for layer in layers for part in (layer, nn.Tanh())]
    last = nn.Linear(128, 10)
    nn.init.normal_(last.weight, std=std or 128**-0.5)
    nn.init.zeros_(last.bias)
    model = nn.Sequential(nn.Flatten(), *hidden, last)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    if method == "SGD":
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(num_steps):
        batch = torch.randint(len(train_y), (64,))
        loss = nn.functional.cross_entropy(model(train_x[batch]), train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return 100 * (model(test_x).argmax(1) == test_y).float().mean().item()


measured = {}
rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
stuck = [[train(0.01, "SGD", lr, seed) for seed in (0, 100, 200)] for lr in rates]
measured["sgd_best"] = max(sum(runs) / 3 for runs in stuck)
print(f"SGD from 0.01, best of seven rates: {measured['sgd_best']:.1f} % right")
# On seeds 7000, 7100, 7200: Adam at 0.0003 to 0.03, SGD at 0.003 to 10, the best:
sides = {"adam": (0.01, "Adam", 0.001), "scaled": (None, "SGD", 0.01)}
for name, (std, method, lr) in sides.items():
    runs = [train(std, method, lr, seed) for seed in range(0, 1200, 100)]
    runs = torch.tensor(runs)
    measured[f"{name}_best"] = runs.mean().item()
    if name == "adam":
        measured["adam_best_se"] = (runs.std() / 12**0.5).item()
    print(f"{name:6s}: {runs.mean():.1f} +- {runs.std() / 12**0.5:.1f} % right")
measured |= {"last": last, "gradient": of_w.max().item(), "factor": factors[256][0]}
assert measured["sgd_best"] < 20, f"SGD should stay at chance, {measured}"
gap = measured["scaled_best"] - measured["adam_best"]
assert gap > 30, f"with Adam it should stay far behind the scaled start, {gap:.0f}"
above = measured["adam_best"] - 10
assert above > 2 * measured["adam_best_se"], f"but above chance, {measured}"
