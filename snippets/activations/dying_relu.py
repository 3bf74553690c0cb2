"""A learning rate too large or a bias too negative makes ReLU units zero on every input, and they get no gradient."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)


def train(lr, bias, num_epochs=3):
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    for layer in (model[0], model[2]):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.constant_(layer.bias, bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in torch.randperm(1000).split(50):  # the first 1,000 digits are for training
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    accuracy = (model(x[1000:]).argmax(1) == y[1000:]).float().mean()
    dead = [(model[:depth](x) == 0).all(0).float().mean() for depth in (2, 4)]  # zero on all 1,797 digits
    return torch.stack([*dead, accuracy])


fig, axes = plt.subplots(1, 2, figsize=(7, 3.3), sharey=True)
sweeps = {"learning rate": [(lr, 0.0) for lr in (0.03, 0.1, 0.3, 1.0, 3.0)],
          "initial bias": [(0.1, bias) for bias in (-2.0, -1.0, -0.5, 0.0, 1.0)]}
share, accuracy = {}, {}
for ax, (knob, settings) in zip(axes, sweeps.items(), strict=True):
    for setting in settings:
        results = []
        for seed in range(0, 300, 100):
            torch.manual_seed(seed)
            results.append(train(*setting))
        share[setting], accuracy[setting] = torch.stack(results)[:, :2], torch.stack(results)[:, 2]  # (seeds, layers)
        first, second = share[setting].mean(0).tolist()
        print(f"lr {setting[0]:4.2f}, bias {setting[1]:4.1f}: dead in layer 1 {first:4.0%}, in layer 2 {second:4.0%}, "
              f"test accuracy {accuracy[setting].mean():4.0%}")
    values = [lr if knob == "learning rate" else bias for lr, bias in settings]
    for layer, style in ((0, "C0o-"), (1, "C1s--")):
        points = torch.stack([share[setting][:, layer] for setting in settings])  # (settings, seeds)
        ax.plot(values, points.mean(1), style, label=f"layer {layer + 1}")
        ax.fill_between(values, points.amin(1), points.amax(1), color=style[:2], alpha=0.3)
    ax.set(xlabel=knob, xscale="log" if knob == "learning rate" else "linear")
axes[0].set_ylabel("share of dead units")
axes[0].legend()
plt.show()
sane = [(0.03, 0.0), (0.1, 0.0), (0.3, 0.0), (0.1, 1.0)]
most = max(share[setting].max().item() for setting in sane)
assert most < 0.25, f"at moderate rates with bias 0 or 1 few units should be dead, are {most:.0%}"
for setting, least in (((3.0, 0.0), 0.5), ((0.1, -2.0), 0.8)):
    share_min = share[setting].min().item()
    assert share_min > least, f"lr, bias {setting} should kill over {least:.0%} of each layer, killed {share_min:.0%}"
kept, large = share[0.3, 0.0].mean(), share[1.0, 0.0].mean()
assert large > 2 * kept, f"already at rate 1 more should be dead than at 0.3: {large:.0%} against {kept:.0%}"
assert accuracy[0.3, 0.0].mean() > 0.7, f"with lr 0.3 it should learn, accuracy {accuracy[0.3, 0.0].mean():.0%}"
for setting in ((3.0, 0.0), (0.1, -2.0)):
    assert accuracy[setting].max() < 0.2, f"with nearly all units dead it should guess: {accuracy[setting].max():.0%}"
