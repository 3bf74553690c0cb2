"""Along the gradient the loss and its gradient change less with BN, in mid-training."""

import matplotlib.pyplot as plt
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
# region: a network of eight layers, its loss and its gradient
x = images.flatten(1)  # (1797, 64)


def make_model(use_bn, seed):
    """Eight hidden layers of 64 units with He's weights."""
    torch.manual_seed(seed)
    layers = []
    for _ in range(8):
        linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        layers += [linear, nn.BatchNorm1d(64)] if use_bn else [linear]
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Linear(64, 10))


def loss_and_gradient(model, batch):
    """The loss in nats of a batch, and the gradient for each parameter."""
    loss = nn.functional.cross_entropy(model(x[batch]), labels[batch])
    return loss.item(), torch.autograd.grad(loss, list(model.parameters()))


@torch.no_grad()
def move(model, gradient, length):
    """Go down along a gradient, or back for a negative length."""
    for w, g in zip(model.parameters(), gradient, strict=True):
        w -= length * g


# endregion
num_steps = 40  # try: 3, 100
lr = 0.05
lengths = [lr * k / 4 for k in range(33)]  # up to eight times the step
curves = {}
for name in ("without BN", "with BN"):
    model = make_model(name == "with BN", seed=0)
    for step in range(num_steps):
        batch = torch.randint(len(labels), (64,))
        loss, gradient = loss_and_gradient(model, batch)
        move(model, gradient, lr)
    # Now look along the next gradient, without training on.
    batch = torch.randint(len(labels), (64,))
    loss, gradient = loss_and_gradient(model, batch)
    curves[name] = []
    for length in lengths:
        move(model, gradient, length)
        curves[name].append(loss_and_gradient(model, batch)[0])
        move(model, gradient, -length)
    print(f"{name:10s} after {num_steps} steps: loss {loss:.2f},", end=" ")
    print(f"along the gradient {min(curves[name]):.2f} to {max(curves[name]):.2f}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3))
for (name, curve), style in zip(curves.items(), ("C1s--", "C0o-"), strict=True):
    axis.plot(lengths, curve, style, markersize=3, label=name)
axis.axvline(lr, color="gray", linestyle=":", label="the step of training")
axis.set_ylim(0, 5)
axis.set_xlabel("length of the step along the gradient")
axis.set_ylabel("loss (nats)")
axis.legend()
plt.show()
# endregion


# %% proof: 12 seeds at the same height of the loss, and five rates
reaches = {"step": (0.5, 1), "far": (0.5, 1, 2, 4)}  # in steps of training


def probe(use_bn, seed):
    """Range of the loss and relative change of the gradient, for both reaches, (4,)."""
    model = make_model(use_bn, seed)
    found = []
    for step in range(100):
        batch = torch.randint(len(labels), (64,))
        loss, gradient = loss_and_gradient(model, batch)
        if step % 4 == 2 and 0.2 < loss < 1.5:
            losses, changes = {0: loss}, {}
            size = sum((g**2).sum() for g in gradient) ** 0.5
            for times in reaches["far"]:
                move(model, gradient, times * lr)
                losses[times], other = loss_and_gradient(model, batch)
                move(model, gradient, -times * lr)
                gap = sum(((o - g) ** 2).sum() for o, g in zip(other, gradient)) ** 0.5
                changes[times] = (gap / size).item()
            row = []
            for reach in reaches.values():
                there = [loss, *[losses[times] for times in reach]]
                row.append(max(there) - min(there))
                row.append(max(changes[times] for times in reach))
            found.append(row)
        move(model, gradient, lr)
    return torch.tensor(found).median(0).values


# region: many networks trained side by side
class Many(nn.Module):
    """Networks of eight layers that share no weights, computed together."""

    def __init__(self, count, use_bn):
        super().__init__()
        weights = [(2 / 64) ** 0.5 * torch.randn(count, 64, 64) for _ in range(8)]
        self.weights = nn.ParameterList([*weights, torch.randn(count, 64, 10) / 14])
        widths = [64] * 8 + [10]
        self.biases = nn.ParameterList([torch.zeros(count, 1, w) for w in widths])
        # Each unit of each network is a channel of its own.
        self.norms = nn.ModuleList([nn.BatchNorm1d(64 * count) for _ in range(8)])
        self.use_bn = use_bn

    def forward(self, x):  # (count, N, 64)
        *hidden, last = zip(self.weights, self.biases, strict=True)
        for (weight, bias), norm in zip(hidden, self.norms, strict=True):
            x = torch.baddbmm(bias, x, weight)
            if self.use_bn:
                channels = x.transpose(0, 1)  # (N, count, 64)
                x = norm(channels.flatten(1)).view(channels.shape).transpose(0, 1)
            x = x.relu()
        return torch.baddbmm(last[1], x, last[0])  # (count, N, 10)


def final_losses(use_bn, rates, seed, count):
    """Mean loss of steps 61 to 70, at most that of guessing, (rates, count)."""
    torch.manual_seed(seed)
    model = Many(count * len(rates), use_bn)
    factor = torch.tensor(rates).repeat_interleave(count)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    found = []
    for _ in range(70):
        batch = torch.randint(len(labels), (len(factor), 64))
        logits = model(x[batch]).transpose(1, 2)
        loss = nn.functional.cross_entropy(logits, labels[batch], reduction="none")
        optimizer.zero_grad()
        # A factor for its loss is a rate of its own, since no weight is shared.
        (factor * loss.mean(1)).sum().backward()
        optimizer.step()
        found.append(loss.mean(1).detach().nan_to_num(2.303))
    return torch.stack(found[-10:]).mean(0).clamp(max=2.303).view(len(rates), count)


# endregion
def sure(gap):
    """The mean over the seeds, less two standard errors."""
    return (gap.mean() - 2 * gap.std() / len(gap) ** 0.5).item()


seeds = range(0, 1200, 100)
plain = torch.stack([probe(False, seed) for seed in seeds])  # (12, 4)
bn = torch.stack([probe(True, seed) for seed in seeds])
names = ("step_range", "step_turn", "range", "turn")
measured = {}
for i, name in enumerate(names):
    both = plain[:, i].mean().item(), bn[:, i].mean().item()
    measured |= {f"{name}_plain": both[0], f"{name}_bn": both[1]}
    print(f"mid-way, {name}: {both[0]:.2f} without BN, {both[1]:.2f} with")
rates = (0.03, 0.1, 0.3, 1.0, 3.0)
ends, best = {}, {}  # the loss of 12 seeds at each rate, without and with BN, (5, 12)
for use_bn in (False, True):
    # Eight other networks choose the rate.
    tried = final_losses(use_bn, rates, 5000, 8).mean(1)
    best[use_bn] = tried.argmin().item()
    assert 0 < best[use_bn] < 4, f"BN {use_bn}: best rate at the end, {tried}"
    ends[use_bn] = final_losses(use_bn, rates, 0, 12)
figure, axis = plt.subplots(figsize=(6, 3.2))
for use_bn, style in ((False, "C1s--"), (True, "C0o-")):
    means = ends[use_bn].mean(1).tolist()
    print("with BN:   " if use_bn else "without BN:", end=" ")
    print(", ".join(f"{m:.2f} at {r}" for m, r in zip(means, rates, strict=True)))
    axis.loglog(rates, means, style, label="with BN" if use_bn else "without BN")
    low, high = ends[use_bn].amin(1).tolist(), ends[use_bn].amax(1).tolist()
    axis.fill_between(rates, low, high, color=style[:2], alpha=0.25)
axis.set_xticks(rates, rates)
axis.minorticks_off()
axis.set_xlabel("learning rate")
axis.set_ylabel("training loss after 70 steps")
axis.legend()
plt.show()
for name, use_bn in (("plain", False), ("bn", True)):
    measured[f"rate_{name}"] = str(rates[best[use_bn]])
    measured[f"loss_{name}"] = ends[use_bn][best[use_bn]].mean().item()
    measured[f"slow_{name}"] = ends[use_bn][0].mean().item()
for i, (name, factor) in enumerate(zip(names, (1.25, 1.8, 5, 3), strict=True)):
    least = sure(plain[:, i] - factor * bn[:, i])
    assert least > 0, f"{name} should be {factor} times less with BN, {least:.2f}"
failed, fast = ends[False][3].min().item(), ends[True][3].max().item()
assert failed > 1.5, f"at rate 1 each plain net should fail, the best has {failed:.2f}"
assert fast < 1, f"with BN each should train there, the worst has {fast:.2f}"
gain = sure(ends[False][best[False]] - ends[True][best[True]])
assert gain > 0.2, f"each at its best rate BN should be ahead, by {gain:.2f}"
slow = sure(ends[True][0] - ends[False][0])
assert slow > 0.2, f"at the smallest rate it should be behind, by {slow:.2f}"
