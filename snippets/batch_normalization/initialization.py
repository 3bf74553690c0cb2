"""With BN one learning rate trains a deep net over four orders of magnitude of initial scale, a plain one not."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
num_epochs, batch_size, width = 8, 100, 64
scales = (0.01, 0.1, 1, 10, 100)  # times He's standard deviation
rates = (1e-10, 1e-6, 0.01, 0.03, 0.1, 1)


def train(use_bn, scale, lr, seed):  # returns training and test accuracy in %
    torch.manual_seed(seed)
    shuffled = torch.randperm(len(y))
    train_part, test_part = shuffled[:1000], shuffled[1000:]
    layers = []
    for _ in range(5):
        linear = torch.nn.Linear(64, width)
        torch.nn.init.normal_(linear.weight, std=scale * (2 / 64) ** 0.5)
        torch.nn.init.zeros_(linear.bias)
        layers += [linear, torch.nn.BatchNorm1d(width), torch.nn.ReLU()] if use_bn else [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(width, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(num_epochs):
        for batch in train_part[torch.randperm(1000)].split(batch_size):
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        right = 100 * (model(x).argmax(1) == y).float()  # (1797,)
    return right[train_part].mean().item(), right[test_part].mean().item()


# BN keeps one rate for all scales, the best of `rates` at scale 1; the plain network may choose anew for every scale.
bn, plain, chosen = [], [], []
for scale in scales:
    bn.append([train(True, scale, 0.1, seed)[1] for seed in (1, 2, 3)])
    chosen.append(max(rates, key=lambda lr: train(False, scale, lr, seed=0)[0]))  # on a seed of its own
    plain.append([train(False, scale, chosen[-1], seed)[1] for seed in (1, 2, 3)])
bn, plain = torch.tensor(bn), torch.tensor(plain)  # (scales, seeds)
print("test accuracy in %        with BN, rate 0.1   without, at its best rate")
for scale, with_bn, without, lr in zip(scales, bn.mean(1), plain.mean(1), chosen):
    print(f"initial scale {scale:6g} {with_bn:18.0f} {without:14.0f} {'at ' + format(lr, 'g'):>10s}")

fig, ax = plt.subplots(figsize=(6.4, 3.4))
for runs, color, style, label in ((bn, "C0", "o-", "with BN, one rate"), (plain, "C1", "s--", "without, rate tuned")):
    ax.plot(scales, runs.mean(1), style, color=color, label=label)
    ax.fill_between(scales, runs.min(1).values, runs.max(1).values, color=color, alpha=0.25)
ax.set_xscale("log")
ax.set_ylim(0, 105)
ax.set(xlabel="scale of the initial weights (1: He)", ylabel="test accuracy, %")
ax.legend(loc="lower right")
plt.show()

bn, plain = bn.mean(1), plain.mean(1)
assert bn.min() > 75, f"with BN every scale should train at one rate, worst {bn.min():.0f} %"
assert min(bn[2], plain[2]) > 80, f"at He's scale both should train, {bn[2]:.0f} % and {plain[2]:.0f} %"
assert plain[:2].max() < 30, f"without BN a tenth of it should not, at any rate, best {plain[:2].max():.0f} %"
assert plain[2] > plain[3:].max() + 5, f"larger scales should be worse: {plain[2]:.0f}, {plain[3:].max():.0f} %"
assert chosen[4] < 1e-6 * chosen[2], f"100 times it should need a far smaller rate, {chosen[4]:g} against {chosen[2]:g}"
assert (bn - plain)[3:].min() > 5, f"BN should be ahead at large scales too, by {(bn - plain)[3:].min():.1f} points"
assert bn[4] < bn[2] - 2, f"some dependence should be left with BN: {bn[4]:.0f} % at 100, {bn[2]:.0f} % at 1"
