"""On 8x8 digits a tanh network is trained in fewer steps than one with ReLU."""

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
# region: the network, and the weights that suit each activation
kinds = {  # the activation and its gain g: weights get the variance g² / fan-in
    "ReLU": (nn.ReLU, 2**0.5),
    "tanh": (nn.Tanh, 5 / 3),
    "sigmoid": (nn.Sigmoid, 4.0),
}


def network(name, start):
    """Four layers, 8x8 to 8x8 to 4x4 to 2x2 to 10 classes."""
    activation, gain = kinds[name]
    layers = []
    for inputs, outputs, stride in ((1, 8, 1), (8, 8, 2), (8, 16, 2)):
        layers += [nn.Conv2d(inputs, outputs, 3, stride, 1), activation()]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 10))
    if start == "scaled":
        for p in model.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=gain / p[0].numel() ** 0.5)
            else:
                nn.init.zeros_(p)
    return model


# endregion
def errors(name, start, lr, seed, max_steps=120):
    """Training error in % after every second step of plain SGD."""
    torch.manual_seed(seed)
    train_x, train_y = split(seed)[:2]
    model, found = network(name, start), []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(1, max_steps + 1):
        batch = torch.randint(1000, (64,))
        optimizer.zero_grad()
        logits = model(train_x[batch])
        nn.functional.cross_entropy(logits, train_y[batch]).backward()
        optimizer.step()
        if step % 2 == 0:
            with torch.no_grad():
                wrong = model(train_x[:250]).argmax(1) != train_y[:250]
            found.append(100 * wrong.float().mean().item())
    return torch.tensor(found)


# region: the best rates
# Factors of two were tried on seeds 7000, 7100 and 7200; each lies inside its range.
# From PyTorch's weights the sigmoid arrives at none of the rates 1, 4 and 16.
rates = {
    "scaled": {"ReLU": 0.3, "tanh": 0.6, "sigmoid": 1.2},
    "PyTorch default": {"ReLU": 0.6, "tanh": 1.2, "sigmoid": 4.0},
}
# endregion
start = "scaled"  # try: "PyTorch default"
curves = {}
for name, lr in rates[start].items():
    curves[name] = errors(name, start, lr, seed=0)
    above = (curves[name] > 25).int().cumprod(0).sum().item()  # until it arrives
    print(f"{name:7s} at rate {lr}: above 25 % error for {2 * above} steps")
# region: the plot
import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(4.8, 3.2))
steps = range(2, 121, 2)
for (name, found), style in zip(curves.items(), ("C0-", "C1--", "C2:"), strict=True):
    ax.plot(steps, found, style, lw=2, label=name)
ax.axhline(25, color="gray", lw=1)
ax.set(xlabel="step of SGD", ylabel="training error [%]", ylim=(0, 100))
ax.legend(title=f"start: {start}", loc="upper right")
plt.show()
# endregion


# %% proof: 12 seeds, each activation at its rate, steps to 25 % and to 5 %
def steps_to(level, found):
    """Steps until the training error is at the level, (runs,); 122 if it never is."""
    return 2 * ((found > level).int().cumprod(1).sum(1) + 1)


seeds = range(0, 1200, 100)
steps = {}
measured = {}
for start, chosen in rates.items():
    for name, lr in chosen.items():
        runs = torch.stack([errors(name, start, lr, seed) for seed in seeds])
        for level in (25, 5):
            steps[start, name, level] = steps_to(level, runs).float()
        at_25, at_5 = (steps[start, name, level] for level in (25, 5))
        print(f"{start:15s} {name:7s}: {at_25.mean():5.1f} steps to 25 %", end=" ")
        print(f"({at_25.min():.0f} to {at_25.max():.0f}), {at_5.mean():5.1f} to 5 %")


def ratio(start, name, level):
    """Steps of an activation over ReLU's, pair by pair: mean and standard error."""
    found = steps[start, name, level] / steps[start, "ReLU", level]
    return found.mean().item(), (found.std() / 12**0.5).item()


for label, case in {
    "tanh": ("scaled", "tanh", 25),
    "tanh_5": ("scaled", "tanh", 5),
    "tanh_default": ("PyTorch default", "tanh", 25),
    "sigmoid": ("scaled", "sigmoid", 25),
}.items():
    mean, error = ratio(*case)
    measured |= {label: mean, f"{label}_se": error}
    print(f"{case}: {mean:.2f} +- {error:.2f} times ReLU's steps")
for label in ("tanh", "tanh_5", "tanh_default"):
    mean, error = measured[label], measured[f"{label}_se"]
    assert mean + 2 * error < 0.85, (
        f"tanh should arrive first, {mean:.2f} +- {error:.2f}"
    )
assert measured["tanh_5"] > measured["tanh_default"], f"less so from here, {measured}"
mean, error = measured["sigmoid"], measured["sigmoid_se"]
assert mean - 2 * error > 1.4, f"the sigmoid should be late, {mean:.2f} +- {error:.2f}"
assert mean < 5, f"but not six times as late, {mean:.2f}"
late = steps["PyTorch default", "sigmoid", 25].min()
assert late == 122, f"from PyTorch's weights it should not arrive, one needs {late}"
arrived = steps["PyTorch default", "ReLU", 25].max()
assert arrived < 115, f"where ReLU does, the last after {arrived} steps"
