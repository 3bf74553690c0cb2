"""PyTorch's running statistics: `momentum` is the weight of the new batch."""

import torch
from torch import nn

torch.manual_seed(0)
momentum = 0.1  # try: 0.01, 0.5, 0.9
bn = nn.BatchNorm2d(1, momentum=momentum)
running_mean = torch.zeros(1)  # where every layer starts
running_var = torch.ones(1)
kept, seen = [0.0], []

for step in range(1, 51):
    x = 2 + 3 * torch.randn(4, 1, 2, 2)  # (N, C, H, W), true mean 2, variance 9
    bn(x)  # in train(), so this updates the layer's buffers
    mean = x.mean((0, 2, 3))  # (C,)
    var = x.var((0, 2, 3))  # (C,), divided by N·H·W - 1 = 15
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * var
    kept.append(bn.running_mean.item())
    seen.append(mean.item())
    if step in (1, 10, 50):
        print(f"step {step:2}: running mean {bn.running_mean.item():.1f}", end=", ")
        print(f"variance {bn.running_var.item():.1f}")

# region: the plot and the check of each step's rule
import matplotlib.pyplot as plt

steps = range(51)
fig, ax = plt.subplots(figsize=(5.4, 3.2))
ax.plot(steps[1:], seen, "o", color="C1", ms=4, label="mean of the batch")
ax.plot(steps, kept, color="C0", lw=2.5, label="running mean")
ax.axhline(2, color="gray", ls="--", label="true mean")
ax.set(xlabel="batches seen", ylabel="mean", ylim=(-0.8, 5.5))
ax.legend(ncols=2, loc="upper right", fontsize=9)
plt.show()
gap = (bn.running_mean - running_mean).abs().max().item()
gap = max(gap, (bn.running_var - running_var).abs().max().item())
assert gap < 1e-5, f"the rule should give the buffers, largest gap {gap:.1e}"
# endregion

# %% proof: eight momenta, five shapes, and over how many batches it averages
worst, unlike = 0.0, 1.0
for momentum in (0, 0.003, 0.01, 0.1, 0.3, 0.5, 0.9, 1):
    for shape in ((2, 1, 1, 1), (1, 3, 1, 2), (2, 4, 1, 1), (3, 2, 5, 1), (8, 3, 4, 4)):
        n = shape[0] * shape[2] * shape[3]
        bn = nn.BatchNorm2d(shape[1], momentum=momentum).double()
        mean = torch.zeros(shape[1], dtype=torch.float64)
        var, biased = torch.ones_like(mean), torch.ones_like(mean)
        for _ in range(5):
            x = 2 + 3 * torch.randn(shape, dtype=torch.float64)
            y = bn(x)
            mean = (1 - momentum) * mean + momentum * x.mean((0, 2, 3))
            var = (1 - momentum) * var + momentum * x.var((0, 2, 3))
            now = x.var((0, 2, 3), unbiased=False)
            biased = (1 - momentum) * biased + momentum * now
            used = (
                now / (now + bn.eps)
            ).sqrt()  # the spread that division by it leaves
            left = y.std((0, 2, 3), unbiased=False)
            worst = max(worst, (left - used).abs().max().item())
        worst = max(worst, (bn.running_mean - mean).abs().max().item())
        worst = max(worst, (bn.running_var - var).abs().max().item())
        if n == 2 and momentum >= 0.1:
            unlike = min(unlike, (bn.running_var / biased - 1).abs().min().item())
assert worst < 1e-10, f"the rule should hold for each momentum and shape: {worst:.1e}"
assert unlike > 0.1, f"for n = 2 the biased variance would differ, by {unlike:.2f}"

cumulative, means = nn.BatchNorm1d(3, momentum=None), []
for _ in range(20):
    x = torch.randn(6, 3)
    cumulative(x)
    means.append(x.mean(0))
plain = torch.stack(means).mean(0)
gap = (cumulative.running_mean - plain).abs().max().item()
assert gap < 1e-6, f"momentum=None should be the plain average, gap {gap:.1e}"
count = cumulative.num_batches_tracked.item()
assert count == 20, f"the layer should count 20 batches, counted {count}"

# 20,000 channels at once: how many batches does momentum 0.1 average over?
many = nn.BatchNorm1d(20_000)
for _ in range(150):
    x = torch.randn(4, 20_000)
    many(x)
noise = many.running_mean.var().item()
batches = x.mean(0).var().item() / noise
assert 17.5 < batches < 20.5, f"should be as steady as 19 batches, {batches:.1f}"

swapped = nn.BatchNorm1d(1, momentum=0.9)  # an optimizer's habit
swapped(torch.tensor([[9.0], [11.0]]))  # one batch, of mean 10
after_one = swapped.running_mean.item()
assert abs(after_one - 9) < 1e-5, f"one batch should go nine tenths, to {after_one:.2f}"

# update_bn measures in train(), so with dropout on; and it restores what it changes.
bn, x = nn.BatchNorm1d(1, momentum=0.3), 1 + torch.randn(4000, 1)
model = nn.Sequential(nn.Dropout(0.5), bn).eval()
torch.optim.swa_utils.update_bn(x.split(500), model)
masked = bn.running_var.item() / x.var().item()  # (2 · 2 - 1) / 1 for N(1, 1)
assert 2.6 < masked < 3.4, f"with masks the variance should be 3 times, {masked:.2f}"
restored = bn.momentum == 0.3 and not model.training
assert restored, "update_bn should restore momentum and mode"

two = nn.BatchNorm1d(1)
two(torch.tensor([[3.0], [5.0]]))
first = two.running_mean.item()
two(torch.tensor([[7.0], [9.0]]))
second, spread = two.running_mean.item(), two.running_var.item()
assert abs(first - 0.4) < 1e-5 and abs(second - 1.16) < 1e-5, f"{first}, {second}"
assert abs(spread - (0.9 * (0.9 + 0.2) + 0.2)) < 1e-5, f"variance {spread:.3f}"

start = 0.9**50  # what the start still weighs after 50 batches
measured = {"batches": batches, "after_one": after_one, "second": second}
measured |= {"masked": masked}
measured |= {"start": start, "spread": spread, "first": first}
