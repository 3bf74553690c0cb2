"""A leaky unit always has a gradient and can come back, but it does not make a learning rate that is too large work."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim import SGD, Adam

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)


def run(name, optimizer_class, lr, bias, num_epochs, seed):
    torch.manual_seed(seed)
    unit = {"ReLU": nn.ReLU, "leaky ReLU": nn.LeakyReLU, "PReLU": nn.PReLU}[name]  # slopes 0, 0.01, 0.25 at the start
    model = nn.Sequential(nn.Linear(64, 64), unit(), nn.Linear(64, 64), unit(), nn.Linear(64, 10))
    for layer in (model[0], model[2]):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.constant_(layer.bias, bias)
    nn.functional.cross_entropy(model(x[:1000]), y[:1000]).backward()
    blocked = (model[2].weight.grad == 0).all(1).float().mean().item()  # share of units that get no gradient at all
    optimizer = optimizer_class(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in torch.randperm(1000).split(50):  # the first 1,000 digits are for training
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return blocked, (model(x[1000:]).argmax(1) == y[1000:]).float().mean().item(), not loss.isfinite().item()


fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
panels = {"learning rate of SGD, bias 0": [(SGD, lr, 0.0, 3) for lr in (0.3, 1.0, 3.0)],
          "initial bias, Adam at 0.003": [(Adam, 3e-3, bias, 7) for bias in (-2.0, -1.0, 0.0)]}
large, sane, low, low_sgd = (SGD, 3.0, 0.0, 3), (SGD, 0.3, 0.0, 3), (Adam, 3e-3, -2.0, 7), (SGD, 0.1, -2.0, 7)
blocked, accuracy, diverged = {}, {}, {}
print("means over 3 seeds                    no gradient at start  accuracy  diverged")
for name, style in (("ReLU", "C0o-"), ("leaky ReLU", "C1s--"), ("PReLU", "C5^-.")):
    for setting in [*panels["learning rate of SGD, bias 0"], low_sgd, *panels["initial bias, Adam at 0.003"]]:
        results = torch.tensor([run(name, *setting, seed) for seed in range(0, 300, 100)])  # (seeds, 3)
        blocked[name, setting], accuracy[name, setting], diverged[name, setting] = results.T
        print(f"{name:10s}  {setting[0].__name__:4s} lr {setting[1]:5.3f}  bias {setting[2]:2.0f} "
              f"{results[:, 0].mean():14.0%} {results[:, 1].mean():15.0%} {results[:, 2].mean():6.0%} of runs")
    for ax, (label, settings) in zip(axes, panels.items(), strict=True):
        points = torch.stack([accuracy[name, setting] for setting in settings])  # (settings, seeds)
        values = [f"{lr if optimizer_class is SGD else bias:g}" for optimizer_class, lr, bias, _ in settings]
        ax.plot(values, points.mean(1), style, label=name)
        ax.fill_between(values, points.amin(1), points.amax(1), color=style[:2], alpha=0.2)
        ax.set(xlabel=label, ylabel="test accuracy" if ax is axes[0] else None)
axes[1].legend(loc="center left")
plt.show()
assert blocked["ReLU", low].min() > 0.9, f"nearly all ReLU units should be blocked: {blocked['ReLU', low]}"
for name in ("leaky ReLU", "PReLU"):
    assert blocked[name, low].max() == 0, f"no unit of {name} should be without gradient: {blocked[name, low]}"
    assert accuracy[name, sane].mean() > 0.7, f"{name} should learn at rate 0.3: {accuracy[name, sane].mean():.0%}"
    assert accuracy[name, large].max() < 0.3, f"{name} should fail at rate 3: {accuracy[name, large].max():.0%}"
    assert diverged[name, large].mean() > 0.5, f"{name} should mostly diverge at rate 3: {diverged[name, large]}"
    assert accuracy[name, low].min() > 0.6, f"{name} should recover with Adam: {accuracy[name, low].min():.0%}"
assert diverged["PReLU", large].all(), f"PReLU should diverge at rate 3 for each seed: {diverged['PReLU', large]}"
assert not diverged["ReLU", large].any(), f"at rate 3 ReLU should die, not diverge: {diverged['ReLU', large]}"
assert max(accuracy["ReLU", large].mean(), accuracy["ReLU", low].mean()) < 0.4, "dead ReLU networks should not learn"
assert accuracy["leaky ReLU", low_sgd].max() < 0.4, "slope 0.01 with seven epochs of SGD should not recover"
