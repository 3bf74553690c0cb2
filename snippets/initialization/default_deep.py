"""Ten plain ReLU layers stay at chance under SGD from PyTorch's default start."""

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
x, y = images.flatten(1), labels  # (1797, 64)


def network(start, depth):
    """Hidden ReLU layers of 64 units, and a last layer for ten classes."""
    layers = [nn.Linear(64, 64) for _ in range(depth)]
    if start == "He":
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    hidden = [part for layer in layers for part in (layer, nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(64, 10))


# region: sixty steps with SGD or Adam
def train(start, depth, method, lr, seed, num_steps=60):
    """The loss over all digits after some steps of 100 digits each."""
    torch.manual_seed(seed)
    model = network(start, depth)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    if method == "SGD":
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(num_steps):
        batch = torch.randint(len(y), (100,))
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return nn.functional.cross_entropy(model(x), y).item()


# endregion
depth = 10  # try: 2, 5
rates = {  # chosen on other seeds, see the proof
    ("default", "SGD"): 0.1,
    ("He", "SGD"): 0.01,
    ("default", "Adam"): 0.003,
    ("He", "Adam"): 0.003,
}
print(f"{depth} hidden layers, loss after 60 steps:")
for (start, method), lr in rates.items():
    loss = train(start, depth, method, lr, seed=0)
    print(f"{start:7s} start, {method:4s}: {loss:.2f}")

# %% proof: 12 seeds, two depths, and what the default's biases leave
# SGD at 0.01 to 1 (He: from 0.003) and Adam at 0.0003 to 0.03 on seeds 7000, 7100
# and 7200. At ten layers the best stand above (the default's SGD learns at none);
# at two they are
best = {(10, *run): lr for run, lr in rates.items()}
best |= {(2, "default", "SGD"): 0.1, (2, "He", "SGD"): 0.1}
best |= {(2, "default", "Adam"): 0.01, (2, "He", "Adam"): 0.01}
CHANCE = torch.tensor(10.0).log().item()
measured = {}
losses = {}
for (depth, start, method), lr in best.items():
    runs = [train(start, depth, method, lr, seed) for seed in range(0, 1200, 100)]
    losses[depth, start, method] = torch.tensor(runs)
    mean = losses[depth, start, method].mean().item()
    error = losses[depth, start, method].std().item() / 12**0.5
    print(f"{depth:2d} layers, {start:7s}, {method:4s}: {mean:.2f} +- {error:.2f}")
    if depth == 10:
        name = f"{start.lower()}_{method.lower()}"
        measured |= {name: mean, f"{name}_se": error}
sweep = (0.01, 0.03, 0.1, 0.3, 1.0)
tried = [train("default", 10, "SGD", lr, seed) for lr in sweep for seed in (0, 100)]
assert min(tried) > CHANCE - 0.1, f"SGD should stay at chance at each rate, {tried}"
stuck = losses[10, "default", "SGD"].min().item()
assert stuck > CHANCE - 0.1, f"at its best rate too, the lowest is {stuck:.2f}"
for method in ("SGD", "Adam"):
    lead = losses[10, "default", method] - losses[10, "He", method]
    mean, error = lead.mean().item(), lead.std().item() / 12**0.5
    print(f"{method}: He's start ends lower by {mean:.2f} +- {error:.2f}")
    assert mean > 4 * error, f"{method}: He should lead, by {mean:.2f} +- {error:.2f}"
    assert mean > 0.2, f"{method}: by much, by {mean:.2f}"
moving = losses[10, "default", "Adam"].mean().item()
assert moving < CHANCE - 0.3, f"Adam should leave chance behind, {moving:.2f}"
most = max(v.mean().item() for (depth, *_), v in losses.items() if depth == 2)
measured["two_most"] = most
assert most < CHANCE / 3, f"two layers should learn from every start, {most:.2f}"

# Through ten layers of the default: how large the sums are, how much pictures differ
rows = []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    h, kept = x, []
    for part in network("default", 10)[:-1]:
        h = part(h).detach()
        if isinstance(part, nn.Linear):
            kept.append([h.square().mean(), h.var(0).mean()])
    rows.append(kept)
size, differ = torch.tensor(rows).mean(0).T  # (10,) each
factor = (differ[9] / differ[4]).item() ** (1 / 5)
print(f"sums of layer 10: mean square x 5 n / 2 = {size[9] * 5 * 64 / 2:.2f}", end="; ")
print(f"the pictures' share of it {differ[9] / size[9]:.0e}, x {factor:.2f} a layer")
assert abs(size[9] * 160 - 1) < 0.15, (
    f"the biases should leave 2 / (5 n), {size[9]:.4f}"
)
share = (differ[9] / size[9]).item()
assert share < 1e-3, f"of which next to nothing should be the pictures', {share:.0e}"
assert factor < 0.2, (
    f"what the pictures differ by should shrink, by {factor:.2f} a layer"
)
measured["share"] = share
