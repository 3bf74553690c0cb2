"""As the learning rate grows, training passes through four regions in this order: too low, good, too high, NaN."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

digits = load_digits()
train_x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
train_y = torch.tensor(digits.target)
rates = [10 ** (k / 4) for k in range(-10, 8)]  # four a decade
num_steps, batch_size, seeds = 150, 64, range(0, 1200, 100)


def train(lr, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 64), nn.LeakyReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for batch in torch.randint(len(train_x), (num_steps, batch_size)):
        loss = cross_entropy(model(train_x[batch]), train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses)


def region(losses):  # the rule reads one curve and knows neither the rate nor the neighbours
    first, last = losses[0], losses[-20:].mean()
    if not losses.isfinite().all():
        return 3  # NaN
    if last < first / 2:
        return 1  # good
    return 2 if losses.max() > 1.15 * first else 0  # it rose: too high; it neither rose nor halved: too low


names = ["too low", "good", "too high", "NaN"]
curves = torch.stack([torch.stack([train(lr, seed) for seed in seeds]) for lr in rates])  # (rates, seeds, steps)
regions = torch.tensor([[region(losses) for losses in of_rate] for of_rate in curves])  # (rates, seeds)
middle = regions.median(1).values  # the median over the seeds
inside = [[lr for lr, m in zip(rates, middle) if m == r] for r in range(4)]  # the rates of each region
for name, of_region in zip(names, inside):
    print(f"{name:8s}  rates {of_region[0]:6.2g} to {of_region[-1]:.2g}")
final = curves[:, :, -20:].mean(2)  # (rates, seeds)
best = rates[final.mean(1).nan_to_num(torch.inf).argmin()]
print(f"best      rate  {best:6.2g}, lowest rate that is too high {inside[2][0]:.2g}")

fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6), width_ratios=(2, 3))
shown = []  # of each region one curve of the first seed
looks = [("-", "C0"), ("--", "C1"), ("-.", "C6"), (":", "C5")]
for r, (name, (style, color)) in enumerate(zip(names, looks)):
    lr = inside[r][len(inside[r]) // 2] if r < 2 else inside[r][0]
    shown.append(curves[rates.index(lr), 0])
    left.plot(shown[r], style, color=color, label=f"{name}, {lr:.2g}")
    right.axvspan(inside[r][0] / 10**0.125, inside[r][-1] * 10**0.125, color=color, alpha=0.25)
    right.text((inside[r][0] * inside[r][-1]) ** 0.5, 130, name, ha="center", fontsize=10)
left.set(yscale="log", ylim=(0.05, 100), xlabel="step", ylabel="loss of the batch")
left.legend(fontsize=9)
right.plot(rates, final.clamp(max=90), "o", ms=4, color="C0")  # a NaN is not drawn
right.set(xscale="log", yscale="log", ylim=(0.05, 100), xlabel="learning rate", ylabel="loss, last 20 steps")
plt.show()

alike = (shown[2][-20:].mean() / shown[0][-20:].mean()).item()
assert 0.4 < alike < 2.5, f"the curves shown of a rate too low and one too high should look alike, ratio {alike:.2f}"
assert (middle.diff() >= 0).all(), f"a larger rate should never lead back into an earlier region, {middle.tolist()}"
back = (regions.diff(dim=0) < 0).float().mean()  # share of all steps from one rate to the next, over all seeds
assert back < 0.03, f"single seeds should hardly ever step back either, {back:.1%} of the steps do"
assert ((regions == 2).sum(0) >= 2).all(), "between good and NaN some rates should stay finite and learn nothing"
assert set(middle.tolist()) == {0, 1, 2, 3}, f"all four regions should be passed, seen: {sorted(set(middle.tolist()))}"
assert (regions[0] == 0).all() and (regions[-1] == 3).all(), "the sweep should begin too low and end in NaN"
assert ((regions == 1).sum(0) >= 4).all(), "the good region should hold four rates or more for every seed"
assert best < inside[2][0] < 4 * best, f"the best rate {best:.2g} should lie close below {inside[2][0]:.2g}"
assert final.mean(1).nan_to_num(torch.inf).min() < 2.3026 / 10, "the best rate should bring the loss far down"
assert (curves[:, :, 0] - 2.3026).abs().max() < 0.15, "every curve should begin near ln 10"
assert (final[middle == 0] > 1.1).all(), "a rate that is too low should leave half of the loss or more"
