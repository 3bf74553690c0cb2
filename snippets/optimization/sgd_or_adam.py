"""With the rate tuned on the same budget, SGD with momentum and Adam end alike here; a bad rate costs far more."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
num_steps, batch_size = 150, 32


def run(name, lr, seed):  # test and validation error in percent
    torch.manual_seed(seed)
    train, valid, test = torch.randperm(len(y)).split([600, 500, 697])  # the same for both optimizers
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                          nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10))
    if name == "SGD":
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_steps)
    for batch in train[torch.randint(len(train), (num_steps, batch_size))]:
        loss = cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        return [100 * (model(x[part]).argmax(1) != y[part]).float().mean().item() for part in (valid, test)]


rates = {"SGD": (0.02, 0.05, 0.12, 0.3, 0.75), "Adam": (0.002, 0.005, 0.012, 0.03, 0.075)}  # as many for each, as wide
final, lowest, cost, where, seeds = {}, {}, {}, {}, range(0, 1200, 100)
for name, style in (("SGD", "o-"), ("Adam", "s--")):
    runs = torch.tensor([[run(name, lr, seed) for seed in seeds] for lr in rates[name]])  # (rates, seeds, 2)
    tuning, mean = runs[:, :, 0], runs[:, :, 0].mean(1)  # validation error
    chosen = tuning.argmin(0)  # (seeds,): each seed takes the best rate on the validation digits
    final[name] = runs[chosen, torch.arange(len(seeds)), 1]  # (seeds,), its test error
    lowest[name], cost[name] = mean.min().item(), (mean.max() - mean.min()).item()  # of the worst rate in the sweep
    where[name] = rates[name][mean.argmin()]
    assert mean[1:-1].min() < min(mean[0], mean[-1]), f"{name}: the best rate should lie inside the sweep, {mean}"
    taken = ", ".join(f"{rates[name][k]:g}" for k in sorted(set(chosen.tolist())))
    print(f"{name:4s} rates taken {taken}: test error {final[name].mean():4.1f} %; "
          f"validation error over the rates {mean.min():.1f} to {mean.max():.1f} %")
    plt.plot(rates[name], mean, style, label=name)
    plt.fill_between(rates[name], tuning.min(1).values, tuning.max(1).values, alpha=0.25)
differences = final["SGD"] - final["Adam"]  # seed by seed
difference, uncertain = differences.mean().item(), differences.std().item() / len(seeds) ** 0.5
print(f"SGD minus Adam {difference:+.1f} ± {uncertain:.1f} points (mean and standard error of {len(seeds)} seeds)")
plt.gca().set(xscale="log", yscale="log", xlabel="learning rate (peak of the cosine)", ylabel="validation error, %")
plt.legend()
plt.show()

spread = max((error.max() - error.min()).item() for error in final.values())
assert abs(difference) < spread, f"the difference should be below the range over seeds, {spread:.1f} points"
within = abs(difference) + 2 * uncertain
assert within < 3, f"tuned alike, the two should surely end within 3 points, it could be {within:.1f}"
assert all(error.mean() < 15 for error in final.values()), "both should learn the task with 150 batches"
assert min(cost.values()) > 10, f"the worst rate should cost more than 10 points, it cost {min(cost.values()):.0f}"
assert all(cost[name] > lowest[name] for name in rates), f"off the best rate the error should double or more, {cost}"
apart = abs(lowest["SGD"] - lowest["Adam"])
assert apart < 3, f"the lowest validation errors should be about the same, they are {apart:.1f} points apart"
assert where["Adam"] < where["SGD"], f"Adam's best rate should be the smaller one, {where}"
