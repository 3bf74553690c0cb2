"""BN cuts the drift of the layers' inputs at least tenfold, yet earlier layers' steps change the gradients no less."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
lr, num_steps, batch_size, depth = 0.1, 60, 64, 6


def block(i, batch_norm):
    conv = torch.nn.Conv2d(8 if i else 1, 8, 3, stride=2 if i == 2 else 1, padding=1)
    torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return torch.nn.Sequential(conv, *([torch.nn.BatchNorm2d(8)] if batch_norm else []), torch.nn.ReLU())


@torch.no_grad()
def input_statistics(model, images):
    statistics = []
    for layer in model[: depth - 1]:
        images = layer(images)
        statistics.append((images.mean((0, 2, 3)), images.std((0, 2, 3))))  # (C,) each, of layer 2, 3, ...
    return statistics


def train(batch_norm, seed):
    torch.manual_seed(seed)
    model = torch.nn.Sequential(*[block(i, batch_norm) for i in range(depth)],
                                torch.nn.Flatten(), torch.nn.Linear(8 * 4 * 4, 10))
    weights = list(model.parameters())
    fixed = x[torch.randperm(len(y))[:256]]  # the drift is measured on the same images at every step
    old = input_statistics(model, fixed)
    drifts, changes = [], []
    for step in range(num_steps):
        batch = torch.randint(len(y), (batch_size,))
        gradients = torch.autograd.grad(F.cross_entropy(model(x[batch]), y[batch]), weights)
        change = []
        for w, g in zip(weights, gradients):  # SGD, one tensor after the other
            if step % 10 == 5 and w.dim() == 4 and w is not weights[0]:  # the kernels of layers 2 to 6
                # all earlier layers have taken their step, this one and the later ones have not
                there = torch.autograd.grad(F.cross_entropy(model(x[batch]), y[batch]), w)[0]
                change.append(((there - g).norm() / g.norm()).item())
            with torch.no_grad():
                w -= lr * g
        changes += [change] if change else []
        new = input_statistics(model, fixed)
        drifts.append([((m1 - m0).abs().mean() / s0.mean()).item() for (m1, _), (m0, s0) in zip(new, old)])
        old = new
    return torch.tensor(drifts).mean(0), torch.tensor(changes).mean(0)  # (depth - 1,) each, for layers 2 to 6


figure, axes = plt.subplots(1, 2, figsize=(7, 3.2))
drift, change = {}, {}
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    runs = [torch.stack(v) for v in zip(*[train(batch_norm, seed) for seed in range(0, 300, 100)])]  # (3, 5) each
    drift[label], change[label] = [values.mean().item() for values in runs]
    for axis, values in zip(axes, runs):
        axis.semilogy(range(2, depth + 1), values.mean(0), style, label=label)
        axis.fill_between(range(2, depth + 1), values.amin(0), values.amax(0), color=style[:2], alpha=0.25)
        axis.set_xlabel("layer")
    print(f"{label:>10}: drift {drift[label]:.4f} std a step, relative change of the gradient {change[label]:.2f}")
axes[0].set_ylabel("drift of the input (std a step)")
axes[1].set_ylabel("relative change of the gradient")
axes[1].set_ylim(0.05, 1)
axes[0].legend(loc="center right")
plt.show()

ratio = drift["without BN"] / drift["with BN"]
assert ratio > 10, f"with BN the input means should drift ten times less, the ratio is {ratio:.1f}"
ratio = change["with BN"] / change["without BN"]
assert ratio > 1, f"with BN the gradients should change no less when earlier layers move, the ratio is {ratio:.2f}"
