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
def probe(use_bn, seed):
    """Range of the loss and relative change of the gradient, mid-way in training."""
    model = make_model(use_bn, seed)
    found = []
    for step in range(100):
        batch = torch.randint(len(labels), (64,))
        loss, gradient = loss_and_gradient(model, batch)
        if step % 4 == 2 and 0.2 < loss < 1.5:
            losses, changes = [loss], []
            size = sum((g**2).sum() for g in gradient) ** 0.5
            for length in (0.5 * lr, lr, 2 * lr, 4 * lr):
                move(model, gradient, length)
                there, other = loss_and_gradient(model, batch)
                move(model, gradient, -length)
                losses.append(there)
                gap = sum(((o - g) ** 2).sum() for o, g in zip(other, gradient)) ** 0.5
                changes.append((gap / size).item())
            found.append([max(losses) - min(losses), max(changes)])
        move(model, gradient, lr)
    return torch.tensor(found).median(0).values


def final_loss(use_bn, rate, seed):
    """Mean loss of the last 10 of 70 steps, at most that of guessing."""
    model = make_model(use_bn, seed)
    losses = []
    for _ in range(70):
        loss, gradient = loss_and_gradient(model, torch.randint(len(labels), (64,)))
        move(model, gradient, rate)
        losses.append(loss if loss == loss else 2.303)
    return min(sum(losses[-10:]) / 10, 2.303)


seeds = range(0, 1200, 100)
plain = torch.stack([probe(False, seed) for seed in seeds])  # (12, 2)
bn = torch.stack([probe(True, seed) for seed in seeds])
measured = {"range_plain": plain.mean(0)[0].item(), "range_bn": bn.mean(0)[0].item()}
measured |= {"turn_plain": plain.mean(0)[1].item(), "turn_bn": bn.mean(0)[1].item()}
print("mid-way, without and with BN:", end=" ")
print(
    f"range of the loss {measured['range_plain']:.2f}, {measured['range_bn']:.2f};",
    end=" ",
)
print(f"change of gradient {measured['turn_plain']:.2f}, {measured['turn_bn']:.2f}")
rates = (0.03, 0.1, 0.3, 1.0, 3.0)
ends = {}  # the loss of 12 seeds, without and with BN, (12,)
for use_bn in (False, True):
    for rate in rates:
        runs = [final_loss(use_bn, rate, seed) for seed in seeds]
        ends[use_bn, rate] = torch.tensor(runs)
figure, axis = plt.subplots(figsize=(6, 3.2))
for use_bn, style in ((False, "C1s--"), (True, "C0o-")):
    low, high = (
        [f(ends[use_bn, r]).item() for r in rates] for f in (torch.min, torch.max)
    )
    means = [ends[use_bn, r].mean().item() for r in rates]
    print("with BN:   " if use_bn else "without BN:", end=" ")
    print(", ".join(f"{m:.2f} at {r}" for m, r in zip(means, rates, strict=True)))
    axis.loglog(rates, means, style, label="with BN" if use_bn else "without BN")
    axis.fill_between(rates, low, high, color=style[:2], alpha=0.25)
axis.set_xticks(rates, rates)
axis.minorticks_off()
axis.set_xlabel("learning rate")
axis.set_ylabel("training loss after 70 steps")
axis.legend()
plt.show()
best = {
    use_bn: min(rates, key=lambda r: ends[use_bn, r].mean()) for use_bn in (False, True)
}
measured |= {"rate_plain": str(best[False]), "rate_bn": str(best[True])}
measured |= {"loss_plain": ends[False, best[False]].mean().item()}
measured |= {"loss_bn": ends[True, best[True]].mean().item()}
measured |= {
    "slow": ends[True, 0.03].mean().item(),
    "slow_plain": ends[False, 0.03].mean().item(),
}
measured |= {"fast": ends[True, 1.0].max().item()}
for column, factor in ((0, 5), (1, 3)):
    gap = plain[:, column] - factor * bn[:, column]
    sure = (gap.mean() - 2 * gap.std() / len(gap) ** 0.5).item()
    assert sure > 0, (
        f"column {column} should be {factor} times less with BN, {sure:.2f}"
    )
for use_bn, rate in best.items():
    assert rates[0] < rate < rates[-1], f"BN {use_bn}: best rate at the end, {rate}"
failed = ends[False, 1.0].min().item()
assert failed > 2.1, f"at rate 1 each plain net should fail, the best has {failed:.2f}"
assert measured["fast"] < 1, f"with BN each should train there, {measured['fast']:.2f}"
gain = ends[False, best[False]] - ends[True, best[True]]
sure = (gain.mean() - 2 * gain.std() / len(gain) ** 0.5).item()
assert sure > 0.2, f"each at its best rate BN should be ahead, by {sure:.2f}"
slow = ends[True, 0.03] - ends[False, 0.03]
sure = (slow.mean() - 2 * slow.std() / len(slow) ** 0.5).item()
assert sure > 0.2, f"at the smallest rate it should be behind, by {sure:.2f}"
