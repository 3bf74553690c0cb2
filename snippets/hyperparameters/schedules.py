"""With the peak rate tuned for each, decaying schedules end with a lower test loss than a constant rate, on average."""
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, SequentialLR, StepLR

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
num_steps, batch_size, num_seeds = 200, 16, 12
peaks = (0.017, 0.03, 0.052, 0.09, 0.16, 0.28, 0.48)
schedules = {
    "constant": lambda opt: LambdaLR(opt, lambda step: 1.0),
    "step": lambda opt: StepLR(opt, step_size=num_steps // 2, gamma=0.1),
    "exponential": lambda opt: ExponentialLR(opt, gamma=0.05 ** (1 / num_steps)),
    "cosine": lambda opt: CosineAnnealingLR(opt, T_max=num_steps),
    "warm-up, cosine": lambda opt: SequentialLR(
        opt, [LinearLR(opt, 0.01, 1.0, total_iters=20), CosineAnnealingLR(opt, num_steps - 20)], milestones=[20]),
}


def run(schedule, lr, seed):
    torch.manual_seed(seed)
    train, valid, test = torch.randperm(len(y)).split([1000, 398, 399])  # the same for all schedules
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = schedules[schedule](optimizer)
    rates = []
    for batch in train[torch.randint(len(train), (num_steps, batch_size))]:
        rates.append(optimizer.param_groups[0]["lr"] / lr)
        loss = cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()  # after optimizer.step(), once a batch
    with torch.no_grad():
        return rates, [cross_entropy(model(x[part]), y[part]).item() for part in (valid, test)]


fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.4))
result, shape, chosen, saving = {}, {}, {}, {}
looks = [("-", "C0"), ("--", "C1"), ("-.", "C6"), (":", "C4"), ("-", "C5")]
for name, (style, color) in zip(schedules, looks):
    table = {}
    for lr in peaks:
        runs = [run(name, lr, seed) for seed in range(0, 100 * num_seeds, 100)]
        shape[name] = runs[0][0]
        table[lr] = torch.tensor([losses for _, losses in runs])  # (seeds, 2)
    best = min(table, key=lambda lr: table[lr][:, 0].mean())  # chosen by the validation loss
    result[name] = table[best][:, 1]
    chosen[name] = best
    saved = result["constant"] - result[name]  # seed by seed
    saving[name] = saved.mean().item(), saved.std().item() / num_seeds**0.5
    print(f"{name:16s} best peak rate {best:5.3f}, test loss {result[name].mean():.3f}, "
          f"lower than constant by {saving[name][0]:.3f} ± {saving[name][1]:.3f}")
    left.plot(shape[name], style, color=color, label=name)
    right.plot(result[name], [name] * num_seeds, "o", color=color)
left.set(xlabel="step", ylabel="learning rate / peak rate")
left.set_ylim(0, 1.8)  # room for the legend
left.legend(fontsize=9, loc="upper right")
right.set(xlabel="test loss after 200 steps")
right.invert_yaxis()
plt.show()

t = torch.arange(num_steps)
formulas = {"constant": t * 0 + 1, "step": 0.1 ** (t // 100), "exponential": 0.05 ** (t / num_steps),
            "cosine": (1 + torch.cos(math.pi * t / num_steps)) / 2}
for name, formula in formulas.items():
    assert torch.allclose(torch.tensor(shape[name]), formula.float(), atol=1e-5), f"{name} should follow its formula"
warm_up = torch.tensor(shape["warm-up, cosine"])
assert (warm_up[:21].diff() > 0).all(), "warm-up should rise for 20 steps"
assert (warm_up[20:].diff() < 0).all(), "after the warm-up the rate should fall"
for name, best in chosen.items():
    assert peaks[0] < best < peaks[-1], f"{name}: the best peak rate should lie inside the sweep, it was {best}"
for name in list(schedules)[1:]:
    assert chosen[name] >= chosen["constant"], f"{name} should allow as large a rate, it was {chosen[name]}"
    saved, error = saving[name]
    assert saved > 2 * error, f"{name} should end lower than a constant rate, it saved {saved:.3f} ± {error:.3f}"
losses = torch.stack([result[name] for name in list(schedules)[1:]])  # (4, seeds)
among = (losses.mean(1).max() - losses.mean(1).min()).item()
assert among < (losses.amax(1) - losses.amin(1)).min() / 2, f"the four should differ by less than seeds do, by {among:.3f}"
saved = result["constant"] - losses.mean(0)  # (seeds,)
gain, error = saved.mean() / result["constant"].mean(), saved.std() / num_seeds**0.5 / result["constant"].mean()
print(f"decay lowers the test loss by {gain:.0%} ± {error:.0%}, averaged over the four schedules")
assert gain > 0.12 and gain > 2 * error, f"on average decay should lower the test loss clearly, the gain was {gain:.0%}"
