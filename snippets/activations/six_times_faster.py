"""At each one's best rate tanh is faster than ReLU here, and how far ReLU leads the sigmoid depends on the start."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
x = (x - x.mean()) / x.std()
y = torch.tensor(digits.target)
max_steps, seeds = 120, range(0, 300, 100)
activations = {"ReLU": (torch.nn.ReLU, 2 ** 0.5), "tanh": (torch.nn.Tanh, 5 / 3), "sigmoid": (torch.nn.Sigmoid, 4.0)}
rates = {"PyTorch default": {"ReLU": (0.15, 0.3, 0.6, 1.2), "tanh": (0.3, 0.6, 1.2, 2.4), "sigmoid": (1, 4, 16)},
         "scaled weights": {"ReLU": (0.08, 0.15, 0.3, 0.6), "tanh": (0.15, 0.3, 0.6, 1.2),
                            "sigmoid": (0.3, 0.6, 1.2, 2.4)}}


def steps_to_25_percent(name, start, lr, seed):  # of a four-layer network, 8x8 -> 8x8 -> 4x4 -> 2x2 -> 10
    torch.manual_seed(seed)
    act, gain = activations[name]
    conv1, conv2, conv3 = (torch.nn.Conv2d(c, k, 3, f, 1) for c, k, f in ((1, 8, 1), (8, 8, 2), (8, 16, 2)))
    model = torch.nn.Sequential(conv1, act(), conv2, act(), conv3, act(), torch.nn.Flatten(), torch.nn.Linear(64, 10))
    if start == "scaled weights":  # variance gain² / fan-in, which is He's initialization for ReLU
        for p in model.parameters():
            torch.nn.init.normal_(p, std=gain / p[0].numel() ** 0.5 if p.dim() > 1 else 0)  # biases 0
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(1, max_steps + 1):
        batch = torch.randint(len(y), (64,))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
        with torch.no_grad():  # the training error on a fixed part of the training digits
            if step % 2 == 0 and (model(x[:250]).argmax(1) != y[:250]).float().mean() <= 0.25:
                return step
    return max_steps  # did not arrive


fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
best = {}
print("start            activation  best rate   steps (range)  of ReLU's")
for start, axis in zip(rates, axes, strict=True):
    for (name, tried), line in zip(rates[start].items(), ("o-", "s--", "^:"), strict=True):
        steps = torch.tensor([[steps_to_25_percent(name, start, lr, seed) for seed in seeds] for lr in tried]).float()
        i = steps.mean(1).argmin().item()  # steps: (rates, seeds)
        best[start, name] = mean = steps[i].mean().item()
        spread, ratio = f"({steps[i].min():3.0f}-{steps[i].max():3.0f})", mean / best[start, "ReLU"]
        arrived = steps.min() < max_steps
        rate, note = (tried[i], "") if arrived else ("none", "  no run arrived: the true numbers are larger")
        print(f"{start:17s}{name:10s}{rate!s:>11s} {mean:7.0f} {spread} {ratio:9.1f}{note}")
        axis.plot(tried, steps.mean(1), line, label=name)
        axis.fill_between(tried, steps.amin(1), steps.amax(1), alpha=0.2)
        inside = 0 < i < len(tried) - 1
        assert inside or not arrived, f"the best rate should not be at an end of the grid, {name}: {steps.mean(1)}"
    axis.axhline(max_steps, color="gray", linewidth=1)
    axis.set(xscale="log", yscale="log", title=start, xlabel="learning rate", xlim=(0.05, 25), ylim=(4, 200))
    axis.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    axis.set_yticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
    axis.minorticks_off()
    assert best[start, "tanh"] < 0.8 * best[start, "ReLU"], f"tanh should arrive before ReLU here, steps: {best}"
axes[0].set_ylabel("steps to 25 % training error")
axes[1].legend(loc="lower right")
axes[1].text(24, max_steps * 1.1, "not reached", color="gray", ha="right")
plt.show()
unscaled, scaled = (best[start, "sigmoid"] / best[start, "ReLU"] for start in rates)
assert best["PyTorch default", "sigmoid"] == max_steps, f"from PyTorch's start no sigmoid run should arrive: {best}"
assert unscaled > 2, f"so it should take over two times ReLU's steps, takes {unscaled:.1f}"
assert 1.2 < scaled < 5, f"with scaled weights the sigmoid should take some two times ReLU's steps, takes {scaled:.1f}"
