"""BN holds the layers' inputs still; training is fast also where noise moves them."""

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
# region: a network of six hidden layers
class Noise(nn.Module):
    """Each unit gets a new random shift and scale at each step, and a little noise."""

    def forward(self, h):  # (N, 32)
        shift = torch.empty(1, h.shape[1]).uniform_(-0.6, 0.6)
        scale = torch.empty(1, h.shape[1]).uniform_(1, 1.25)
        return scale * h + shift + 0.1 * torch.randn_like(h)


def make_block(kind, inputs):
    """A linear layer of 32 units, what kind asks for, and a ReLU."""
    linear = nn.Linear(inputs, 32)
    nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
    extra = [nn.BatchNorm1d(32), Noise()]
    count = {"without BN": 0, "BN": 1, "BN, then noise": 2}[kind]
    return nn.Sequential(linear, *extra[:count], nn.ReLU())


# endregion
kind = "without BN"  # try: "BN", "BN, then noise"
# The rate that suits each kind best, as the proof finds.
lr = 0.1 if kind == "without BN" else 1.0
torch.manual_seed(0)
x = images.flatten(1)  # (1797, 64)
blocks = [make_block(kind, 64 if i == 0 else 32) for i in range(6)]
model = nn.Sequential(*blocks, nn.Linear(32, 10))
optimizer = torch.optim.SGD(model.parameters(), lr)

losses, means = [], []
for step in range(100):
    batch = torch.randint(len(labels), (64,))
    loss = nn.functional.cross_entropy(model(x[batch]), labels[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    # What the last hidden layer receives, always from the same 256 images.
    with torch.no_grad():
        h = model[:5](x[:256])  # (256, 32)
    means.append(h.mean(0))
print(f"{kind}, rate {lr}: loss over the 100 steps {sum(losses) / 100:.2f}")
# region: the plot
figure, axes = plt.subplots(1, 2, figsize=(7, 3))
axes[0].plot(torch.stack(means)[:, :8])
axes[0].set_ylim(-0.2, 3)
axes[0].set_ylabel("mean of an input")
axes[1].plot(losses, "C1")
axes[1].set_ylim(0, 2.6)
axes[1].set_ylabel("training loss (nats)")
for axis in axes:
    axis.set_xlabel("training step")
figure.suptitle(f"{kind}, rate {lr}")
plt.show()
# endregion


# %% proof: both measures of the shift, 12 seeds, each kind at its own rate and at one
def gradients(model, batch, weights):
    """The loss of a batch, and its gradient with respect to some weights."""
    loss = nn.functional.cross_entropy(model(x[batch]), labels[batch])
    return loss.item(), torch.autograd.grad(loss, weights)


@torch.no_grad()
def inputs_of_layers(model):
    """Mean and spread of what layers 2 to 6 receive from the same 256 images."""
    h, found = x[:256], []
    for block in model[:5]:
        h = block(h)
        found.append((h.mean(0), h.std(0)))  # (32,) each
    return found


def drift(old, new):
    """How far the means moved, in standard deviations."""
    moves = [(n - o).abs().mean() / s.mean() for (n, _), (o, s) in zip(new, old)]
    return sum(moves).item() / len(moves)


def train(kind, lr, seed, probe=True):
    """Mean loss; drift a step; change of the gradient while the loss is mid-way."""
    torch.manual_seed(seed)
    blocks = [make_block(kind, 64 if i == 0 else 32) for i in range(6)]
    model = nn.Sequential(*blocks, nn.Linear(32, 10))
    weights = list(model.parameters())
    hidden = [block[0].weight for block in blocks[1:]]  # of layers 2 to 6
    losses, drifts, changes = [], [], []
    for step in range(100):
        batch = torch.randint(len(labels), (64,))
        now = torch.get_rng_state()
        loss, step_by = gradients(model, batch, weights)
        losses.append(min(loss, 10.0) if loss == loss else 10.0)
        probed = probe and step % 5 == 2
        old = inputs_of_layers(model) if probed else []
        later = torch.get_rng_state()
        at_start = dict(zip(weights, step_by))
        for w, g in zip(weights, step_by):
            if probed and 0.2 < loss < 1.5 and any(w is h for h in hidden):
                # All earlier layers have taken their step, w and the later ones not.
                torch.set_rng_state(now)  # the same noise as before the step
                there = gradients(model, batch, [w])[1][0]
                changes.append(((there - g).norm() / at_start[w].norm()).item())
            with torch.no_grad():
                w -= lr * g
        torch.set_rng_state(later)
        if probed:
            drifts.append(drift(old, inputs_of_layers(model)))
    mean = sum(losses) / len(losses)
    return (mean, sum(drifts) / 20, sum(changes) / len(changes)) if probe else mean


rates, seeds = (0.03, 0.1, 0.3, 1.0, 3.0), range(0, 1200, 100)
names = {"plain": "without BN", "bn": "BN", "noisy": "BN, then noise"}
results, best = {}, {}
for short, name in names.items():
    others = range(5000, 5400, 100)  # four seeds that choose the rate
    tried = [sum(train(name, lr, s, probe=False) for s in others) for lr in rates]
    best[short] = rates[tried.index(min(tried))]
    runs = [train(name, best[short], seed) for seed in seeds]
    results[short] = torch.tensor(runs)  # (12, 3)
results["slow"] = torch.tensor([train("BN", best["plain"], seed) for seed in seeds])
shown = {**names, "slow": "BN at the rate of the plain one"}
measured = {f"{short}_rate": str(lr) for short, lr in best.items()}
head = "rate   loss   drift a step   change of gradient"
print(" " * 34 + head)
for short, name in shown.items():
    loss, moved, change = results[short].mean(0).tolist()
    measured |= {
        f"{short}_loss": loss,
        f"{short}_drift": moved,
        f"{short}_change": change,
    }
    rate = best.get(short, best["plain"])
    print(f"{name:32s} {rate:5} {loss:6.2f} {moved:14.3f} {change:20.2f}")
measured["calmer"] = measured["plain_drift"] / measured["bn_drift"]
plain, bn, noisy, slow = (results[k] for k in ("plain", "bn", "noisy", "slow"))
for short, lr in best.items():
    inside = rates[0] < lr < rates[-1]
    assert inside, f"{short}: the best rate should lie inside, is {lr}"


def leads(small, large, which, by):
    """Whether one is below the other by more than a margin, at two standard errors."""
    gap = (large - small)[:, which]
    return gap.mean() - 2 * gap.std() / len(gap) ** 0.5 > by


assert measured["calmer"] > 6, (
    f"BN should calm the inputs, {measured['calmer']:.1f} times"
)
assert leads(plain, noisy, 1, 0.03), "the noise should move inputs more than no BN does"
assert leads(noisy, plain, 0, 0.3), "yet with it training should be faster than without"
assert leads(bn, noisy, 0, 0), "and BN without noise should be the fastest"
assert leads(slow, plain, 2, 0.3), (
    "at one rate BN should keep gradients more up to date"
)
assert not leads(bn, plain, 2, 0), "at its own rate BN should not"
