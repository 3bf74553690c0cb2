"""Small weights collapse, large ones saturate; Xavier and He keep a spread."""

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
x = images[:300].flatten(1)  # (300, 64)
starts = {  # how weights spread with n inputs, scale * n ** power, and the activation
    "0.01 randn": (0.01, 0, torch.tanh),
    "randn": (1, 0, torch.tanh),
    "Xavier": (1, -0.5, torch.tanh),
    "He": (2**0.5, -0.5, torch.relu),
    "PyTorch": (None, None, torch.relu),  # what nn.Linear does by itself
}


def activations(name, seed):
    """The outputs of ten layers of 256 units."""
    scale, power, activation = starts[name]
    torch.manual_seed(seed)
    h, found = x, []
    for _ in range(10):
        linear = nn.Linear(h.shape[1], 256)
        if scale:
            nn.init.normal_(linear.weight, std=scale * h.shape[1] ** power)
            nn.init.zeros_(linear.bias)
        h = activation(linear(h)).detach()  # (300, 256)
        found.append(h)
    return found


# region: the output and the picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(5, 4, figsize=(4.6, 4), sharex="row")
for name, row in zip(starts, axes, strict=True):
    found = activations(name, seed=0)
    first, last = found[0].std(0).mean(), found[9].std(0).mean()
    print(f"{name:10s}: spread over the pictures {first:.2f} in layer 1", end=", ")
    print(f"{last:.0e} in layer 10")
    tanh = starts[name][2] is torch.tanh
    for k, ax in zip((0, 3, 6, 9), row, strict=True):
        shown = found[k][found[k] != 0].numpy()  # ReLU's exact zeros are left out
        limits = (-1, 1) if tanh else (0, 2)
        ax.hist(shown, bins=40, range=limits, histtype="stepfilled")
        ax.set_yticks([])
        ax.tick_params(labelsize=9)
        ax.spines["left"].set_visible(False)
    label = f"{name}\n{'tanh' if tanh else 'ReLU'}"
    row[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
for ax, k in zip(axes[0], (1, 4, 7, 10), strict=True):
    ax.set_title(f"layer {k}", fontsize=10)
plt.show()
# endregion

# %% proof: 12 seeds, what is left in layer 10, and what the default's biases leave
left, square = {}, {}
for name in starts:
    runs = [activations(name, seed) for seed in range(0, 1200, 100)]
    rows = [[h.std(0).mean().item() for h in run] for run in runs]
    left[name] = torch.tensor(rows).mean(0)  # (10,)
    means = [[h.square().mean().item() for h in run] for run in runs]
    square[name] = torch.tensor(means).mean(0)
    if name == "randn":
        ends = torch.stack([(run[9].abs() > 0.99).double().mean() for run in runs])
end = {name: values[9].item() for name, values in left.items()}
shrink = (left["0.01 randn"][5] / left["0.01 randn"][4]).item()
assert abs(shrink / 0.16 - 1) < 0.05, f"small: 0.16 a layer, {shrink:.3f}"
kept = (square["He"][9] / square["He"][0]).item()
assert 0.7 < kept < 1.4, f"He should keep the mean square, times {kept:.2f}"
floor = square["PyTorch"][9].item() * 5 * 256
assert 0.85 < floor < 1.15, f"the biases should leave 1 / (5 n), {floor:.2f} times that"
assert end["0.01 randn"] < 1e-7, f"small weights should collapse, {end}"
assert ends.mean() > 0.85, f"large ones should saturate, {ends.mean():.0%}"
assert 0.15 < end["Xavier"] < 0.35, f"Xavier should keep a medium spread, {end}"
narrows = (left["Xavier"][9] / left["Xavier"][0]).item()
assert 0.3 < narrows < 0.8, f"while it narrows, to {narrows:.2f}"
assert 0.1 < end["He"] < 1, f"He should keep a spread, {end}"
assert end["PyTorch"] < 0.003, f"the default should lose the pictures, {end}"
measured = {"xavier": end["Xavier"], "he": end["He"], "default": end["PyTorch"]}
