"""Weight decay straightens the border between two noisy classes."""

import torch
from torch import nn

# region: sixty training points of two classes that overlap, and 1,000 others
from sklearn.datasets import make_moons


def moons(seed):
    """Training points and classes, (60, 2) and (60,), and those to test on."""
    x, y = make_moons(1060, noise=0.35, random_state=seed)
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    return x[:60], y[:60], x[60:], y[60:]


def network():
    """Two hidden layers of 32 units."""
    return nn.Sequential(
        *(nn.Linear(2, 32), nn.ReLU()),
        *(nn.Linear(32, 32), nn.ReLU()),
        *(nn.Linear(32, 1), nn.Flatten(0)),
    )


# endregion
weight_decay = 0.01  # try: 0.0, 0.1
torch.manual_seed(0)
train_x, train_y, test_x, test_y = moons(0)
model = network()
weights = [p for p in model.parameters() if p.ndim > 1]
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(400):
    loss = nn.functional.binary_cross_entropy_with_logits(model(train_x), train_y)
    penalty = sum(w.square().sum() for w in weights)
    optimizer.zero_grad()
    (loss + 0.5 * weight_decay * penalty).backward()
    optimizer.step()
with torch.no_grad():
    fit = ((model(train_x) > 0) == (train_y > 0)).float().mean()
    test = ((model(test_x) > 0) == (test_y > 0)).float().mean()
print(
    f"weight_decay {weight_decay}: right in training {fit:.0%}, in the test {test:.0%}"
)
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-2, 3, 201)
grid = torch.cartesian_prod(line - 0.25, line - 0.25)
with torch.no_grad():
    above = (model(grid) > 0).view(201, 201).T
plt.figure(figsize=(4.2, 3.6))
extent = (-2.25, 2.75, -2.25, 2.75)
plt.imshow(
    above, origin="lower", extent=extent, cmap="cividis", vmin=-1, vmax=2, alpha=0.5
)
for label, marker in ((0, "o"), (1, "^")):
    points = train_x[train_y == label]
    plt.plot(points[:, 0], points[:, 1], marker, color=f"C{label}", ms=6)
plt.xlabel("first input")
plt.ylabel("second input")
plt.show()
# endregion

# %% proof: 60 data sets, four strengths, the whole training
from torch.func import functional_call, stack_module_state, vmap

DECAYS, SEEDS = (0.0, 0.003, 0.01, 0.03), range(0, 6000, 100)
models, sets = [], []
for seed in SEEDS:
    torch.manual_seed(seed)
    models.append(network())
    sets.append(moons(seed))
train_x, train_y, test_x, test_y = (
    torch.cat([torch.stack(part)] * len(DECAYS)) for part in zip(*sets, strict=True)
)
start, _ = stack_module_state(models)
params = {k: torch.cat([v.detach()] * len(DECAYS)) for k, v in start.items()}
decay = torch.tensor(DECAYS).repeat_interleave(len(SEEDS))  # (networks,)
line = torch.linspace(-2.25, 2.75, 61)
grid = torch.cartesian_prod(line, line).expand(len(decay), -1, -1)


def logits_of(x):
    """The logits of all networks, each for its own points, side by side."""
    return vmap(lambda own, x: functional_call(models[0], own, (x,)))(params, x)


def border():
    """How long the line between the classes is, (networks,).

    A line of length s crosses 4/π s / spacing edges of the grid in the mean over
    directions.
    """
    above = logits_of(grid).view(-1, 61, 61) > 0
    changes = sum(above.diff(dim=d).sum((1, 2)) for d in (1, 2))
    return changes * (line[1] - line[0]) * torch.pi / 4


for value in params.values():
    value.requires_grad_()
optimizer = torch.optim.Adam(params.values(), lr=0.01)
rows = []
for step in range(400):
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits_of(train_x), train_y, reduction="none"
    ).mean(1)
    squares = sum(v.square().sum((1, 2)) for v in params.values() if v.dim() > 2)
    optimizer.zero_grad()
    (loss + 0.5 * decay * squares).sum().backward()
    optimizer.step()
    if step % 20 == 19:
        with torch.no_grad():
            fit = ((logits_of(train_x) > 0) == (train_y > 0)).float().mean(1)
            right = ((logits_of(test_x) > 0) == (test_y > 0)).float().mean(1)
            rows.append(torch.stack([100 * fit, 100 * right, border()], 1))
found = torch.stack(rows, 1).view(len(DECAYS), len(SEEDS), -1, 3)
mean = found.mean(1)  # (decays, times, 3)
best = mean[:, :, 1].argmax(1)  # when the test accuracy is highest, for each decay
for k, tried in enumerate(DECAYS):
    fit, right, length = mean[k, -1].tolist()
    early = mean[k, best[k], 1].item()
    print(f"decay {tried:5.3f}: border {length:4.1f}, training {fit:.1f} %,", end=" ")
    print(f"test {right:.1f} %; best after {20 * best[k] + 20} steps: {early:.1f} %")


def difference(one, other):
    """Of two times 60 values, data set by data set: the mean and its standard error."""
    values = one - other
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


last, most = found[:, :, -1], [found[k, :, best[k]] for k in range(len(DECAYS))]
measured = {"long": mean[0, -1, 2].item(), "short": mean[2, -1, 2].item()}
measured |= {
    "early_border": mean[0, best[0], 2].item(),
    "early": 20 * best[0].item() + 20,
}
pairs = {
    "shorter": (last[0, :, 2], last[2, :, 2]),
    "first": (last[0, :, 2], last[1, :, 2]),
    "second": (last[1, :, 2], last[2, :, 2]),
    "third": (last[2, :, 2], last[3, :, 2]),
    "gain": (last[2, :, 1], last[0, :, 1]),
    "loss": (last[2, :, 1], last[3, :, 1]),
    "left": (most[2][:, 1], most[0][:, 1]),
    "early_shorter": (last[0, :, 2], most[0][:, 2]),
}
surely = {}
for name, (one, other) in pairs.items():
    value, error = difference(one, other)
    print(f"{name:13s} {value:5.2f} +- {error:.2f}")
    surely[name] = value - 2 * error
    measured |= {name: value, f"{name}_se": error}
for name in ("shorter", "first", "second", "third", "gain", "loss", "early_shorter"):
    assert surely[name] > 0, f"{name} should be above zero, {measured[name]:.2f}"
del measured["early_shorter"], measured["early_shorter_se"]
assert measured["shorter"] > 1.5, (
    f"0.01 should shorten it, by {measured['shorter']:.1f}"
)
assert (mean[:, -1, 0].diff() < 0).all(), "a larger decay should fit less in training"
largest = abs(measured["left"]) + 2 * measured["left_se"]
assert largest < 1.2, f"at the best steps they should be alike, {measured['left']:.2f}"
assert best[0] < 10 and last[0, :, 0].mean() > 97, "without decay it should overfit"
