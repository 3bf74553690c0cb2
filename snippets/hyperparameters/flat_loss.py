"""A larger rate moves a flat loss only where the gradient is alive."""

from copy import deepcopy

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
# region: training, and two losses
cross_entropy = nn.functional.cross_entropy


def train(model, lr, loss_function, num_steps=150):
    """A trained copy of the model, and the loss of the batch in each step."""
    model = deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for batch in torch.randint(len(labels), (num_steps, 64)):
        loss = loss_function(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, torch.tensor(losses)


def squared_error(logits, y):
    """On sigmoid outputs, as it should not be done."""
    target = nn.functional.one_hot(y, 10).float()
    return nn.functional.mse_loss(logits.sigmoid(), target, reduction="sum") / len(y)


# endregion
def flat_cases(seed):
    """Three networks whose loss is flat, each with its rate and its loss."""
    torch.manual_seed(seed)
    layers = [nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()]
    fresh = nn.Sequential(*layers, nn.Linear(64, 10))
    dead, _ = train(fresh, 10.0, cross_entropy)  # 150 steps at a rate far too HIGH
    saturated = deepcopy(fresh)
    nn.init.constant_(saturated[-1].bias, 20.0)  # every sigmoid output starts at 1
    yield "rate too low", fresh, 0.001, cross_entropy
    yield "dead units", dead, 0.1, cross_entropy
    yield "saturated", saturated, 0.1, squared_error


# region: the gradient, and two curves
def examine(model, lr, loss_function):
    """The gradient of the first layer, and the curves at lr and at 100 lr."""
    model.zero_grad()
    loss_function(model(images), labels).backward()
    gradient = model[1].weight.grad.norm().item()
    return gradient, [train(model, r, loss_function)[1] for r in (lr, 100 * lr)]


# endregion


print("              first-layer gradient   loss at 0, 149   at 100 times the rate")
curves = {}
for name, model, lr, loss_function in flat_cases(seed=0):
    gradient, curves[name] = examine(model, lr, loss_function)
    slow, fast = curves[name]
    print(f"{name:13s} {gradient:20.1e} {slow[0]:10.2f} {slow[-1]:6.2f}", end=" ")
    print(f"{fast[0]:10.2f} {fast[-1]:6.2f}")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(4.8, 2.9), sharey=True)
for ax, (name, (slow, fast)) in zip(axes, curves.items(), strict=True):
    ax.plot(slow, "-", label="the rate")
    ax.plot(fast, "--", label="100 times")
    ax.set(title=name, xlabel="step", yscale="log", ylim=(0.03, 20))
lines = axes[0].get_legend_handles_labels()
figure.legend(*lines, loc="outside upper center", ncols=2)
axes[0].set_ylabel("loss of the batch")
plt.show()
# endregion


# %% proof: 12 seeds, and the saturated start with the loss on the logits
def on_logits(logits, y):
    """The cross-entropy of each sigmoid, from its logit."""
    target = nn.functional.one_hot(y, 10).float()
    by_class = nn.functional.binary_cross_entropy_with_logits
    return by_class(logits, target, reduction="sum") / len(y)


left, gradients, mended, mended_at = {}, {}, [], []
for seed in range(0, 1200, 100):
    for name, model, lr, loss_function in flat_cases(seed):
        gradient, both = examine(model, lr, loss_function)
        gradients.setdefault(name, []).append(gradient)
        left.setdefault(name, []).append([c[-50:].mean() / c[0] for c in both])
    _, curve = train(model, lr, on_logits)  # the saturated one, the same rate
    mended.append((curve[-50:].mean() / curve[0]).item())
kept = max(gradients["dead units"]) / min(gradients["rate too low"])
assert kept < 1e-3, f"dead units should pass no gradient on, {kept:.1e} of a fresh one"
assert max(gradients["saturated"]) == 0, f"nor a saturated start, {gradients}"
stay = {name: torch.tensor(rows) for name, rows in left.items()}  # (12, 2) each
slow, fast = stay["rate too low"].mean(0).tolist()
assert slow > 0.95, f"at a rate too low the loss should be flat, {slow:.2f} is left"
assert fast < 0.3, f"and fall at 100 times the rate, {fast:.2f} is left"
for name in ("dead units", "saturated"):
    lowest = stay[name].min().item()
    assert lowest > 0.9, f"{name}: no rate should help, {lowest:.2f} is left"
down = max(mended)
assert down < 0.1, (
    f"on the logits the saturated start should come down, {down:.3f} left"
)
print(f"over 12 seeds, of the loss is left: rate too low {slow:.2f}, then {fast:.2f}")
print(f"saturated with the loss on the logits {sum(mended) / 12:.3f}")
measured = {"fast": fast, "mended": sum(mended) / 12}
