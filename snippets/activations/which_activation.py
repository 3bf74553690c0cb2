"""On 8x8 digits others lead ReLU early, and longer training closes the gaps."""

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
# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion


def network(activation):
    """Three convolutions, 8x8 to 8x8 to 4x4 to 2x2, and a linear layer."""
    layers = []
    for inputs, outputs, stride in ((1, 8, 1), (8, 16, 2), (16, 16, 2)):
        layers.append(nn.Conv2d(inputs, outputs, 3, stride, padding=1))
        layers.append(getattr(nn, activation)())
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 10))


activation = "ReLU"  # try: "Tanh", "GELU", "Sigmoid"
torch.manual_seed(0)
train_x, train_y, test_x, test_y = split(0)
model = network(activation)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(1, 17):
    train_epoch(model, optimizer, train_x, train_y)
    if epoch in (4, 16):
        error = 100 - 100 * accuracy(model, test_x, test_y)
        print(f"{activation} after {epoch:2d} epochs: test error {error:.1f} %")

# %% proof: 12 seeds, each activation at its best rate
# Of 0.005 to 0.04, doubling; tried on seeds 7000, 7100 and 7200, 200 digits held out.
rates = {"ReLU": 0.01, "Tanh": 0.01, "GELU": 0.01, "Sigmoid": 0.01}


def curve(activation, seed):
    """Test error in % after each of 16 epochs."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model, found = network(activation), []
    lr = rates[activation]
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    for _ in range(16):
        train_epoch(model, optimizer, train_x, train_y)
        found.append(100 - 100 * accuracy(model, test_x, test_y))
    return found


seeds = range(0, 1200, 100)
early, late = {}, {}
measured = {}
for activation in rates:
    runs = torch.tensor([curve(activation, seed) for seed in seeds])  # (12, 16)
    early[activation], late[activation] = runs[:, 3], runs[:, 13:].mean(1)
    print(f"{activation:8s} after 4 epochs {runs[:, 3].mean():5.1f} %", end=", ")
    print(f"after 14 to 16 {late[activation].mean():4.1f} %")


def lead(errors, side, other):
    """By how many points one is ahead, pair by pair: mean, standard error."""
    gaps = errors[other] - errors[side]
    return gaps.mean().item(), (gaps.std() / 12**0.5).item()


for name, (errors, side, other) in {
    "tanh_early": (early, "Tanh", "ReLU"),
    "tanh_late": (late, "Tanh", "ReLU"),
    "gelu_early": (early, "GELU", "ReLU"),
    "gelu_late": (late, "GELU", "ReLU"),
    "sigmoid_late": (late, "ReLU", "Sigmoid"),
}.items():
    measured[name], measured[f"{name}_se"] = lead(errors, side, other)
    print(f"{name}: {measured[name]:.1f} +- {measured[f'{name}_se']:.1f} points")
for name in ("tanh", "gelu"):
    early_lead, error = measured[f"{name}_early"], measured[f"{name}_early_se"]
    assert early_lead - 2 * error > 0, f"{name} should lead early, {measured}"
    late_lead, error = measured[f"{name}_late"], measured[f"{name}_late_se"]
    assert abs(late_lead) + 2 * error < 1.2, f"{name} should end level, {measured}"
    less = late_lead < 0.6 * early_lead
    assert less, f"{name}: most of the lead should go, {measured}"
behind, error = measured["sigmoid_late"], measured["sigmoid_late_se"]
assert behind - 2 * error > 1, f"the sigmoid should end behind, {measured}"
guessing = early["Sigmoid"].mean().item()
assert guessing > 8 * late["Sigmoid"].mean(), (
    f"but far less than early, {guessing:.0f} %"
)
assert guessing > 75, f"when it should still guess, error {guessing:.0f} %"
