"""A learning rate that falls in the end lowers the test loss, whichever schedule."""

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LambdaLR
from torch.optim.lr_scheduler import LinearLR, SequentialLR, StepLR

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
num_steps = 200
name = "cosine"  # try: "constant", "step", "exponential", "warm-up, cosine"


# region: the five schedules, as torch has them
def schedule(name, optimizer):
    """The scheduler of that name; each ends with the 200th step."""
    if name == "constant":
        return LambdaLR(optimizer, lambda step: 1.0)
    if name == "step":  # a tenth, from the middle on
        return StepLR(optimizer, step_size=num_steps // 2, gamma=0.1)
    if name == "exponential":  # by the same factor in each step, to a twentieth
        return ExponentialLR(optimizer, gamma=0.05 ** (1 / num_steps))
    if name == "cosine":
        return CosineAnnealingLR(optimizer, T_max=num_steps)
    warm_up = LinearLR(optimizer, 0.01, 1.0, total_iters=20)
    cosine = CosineAnnealingLR(optimizer, T_max=num_steps - 20)
    return SequentialLR(optimizer, [warm_up, cosine], milestones=[20])


# endregion
torch.manual_seed(0)
train_x, train_y, test_x, test_y = split(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = schedule(name, optimizer)
rates, test = [], []
for batch in torch.randint(1000, (num_steps, 16)):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
    optimizer.step()
    rates.append(scheduler.get_last_lr()[0])
    scheduler.step()  # after optimizer.step(), here once a batch
    with torch.no_grad():
        test.append(nn.functional.cross_entropy(model(test_x), test_y).item())
# region: what is printed and drawn
import matplotlib.pyplot as plt

for step in (1, 10, 100, 101, 150, 200):
    print(f"step {step:3d}: rate {rates[step - 1]:.5f}, test loss {test[step - 1]:.2f}")
figure, (above, below) = plt.subplots(2, 1, figsize=(4.6, 3.6), sharex=True)
above.plot(range(1, 201), rates)
above.set_ylabel("learning rate")
above.set_ylim(0, 0.055)
below.plot(range(1, 201), test, color="C1")
below.set_ylabel("test loss")
below.set_ylim(0, 1.5)
below.set_xlabel("step")
plt.show()
# endregion

# %% proof: each schedule at its best peak, chosen by 24 seeds, judged by 36 seeds
import math


# region: several networks side by side
class Side(nn.Module):
    """One network for each seed, with one hidden layer; they share nothing."""

    def __init__(self, seeds, inputs=64, hidden=32):
        super().__init__()
        layers = []
        for seed in seeds:
            torch.manual_seed(seed)
            layers.append([nn.Linear(inputs, hidden), nn.Linear(hidden, 10)])
        for name, k in (("first", 0), ("last", 1)):
            weights = torch.stack([pair[k].weight.T for pair in layers]).detach()
            biases = torch.stack([pair[k].bias[None] for pair in layers]).detach()
            setattr(self, name, nn.Parameter(weights))  # (M, inputs, units)
            setattr(self, name + "_bias", nn.Parameter(biases))  # (M, 1, units)

    def forward(self, x):  # (M, N, inputs)
        h = torch.baddbmm(self.first_bias, x, self.first).relu()  # (M, N, hidden)
        return torch.baddbmm(self.last_bias, h, self.last)  # (M, N, 10)


def losses(logits, y):
    """The loss of each network, (M,)."""
    flat = logits.flatten(0, 1)
    flat = nn.functional.cross_entropy(flat, y.flatten(), reduction="none")
    return flat.view(y.shape).mean(1)


# endregion


def run(name, lr, seeds):
    """The relative rates, and the test loss of each seed's network in the end."""
    model = Side(seeds)
    parts = [split(seed) for seed in seeds]  # the same for all schedules
    x, y, test_x, test_y = (torch.stack(part) for part in zip(*parts, strict=True))
    x, test_x = x.flatten(2), test_x.flatten(2)  # (M, N, 64)
    order = [torch.Generator().manual_seed(seed) for seed in seeds]
    draws = [torch.randint(1000, (num_steps, 16), generator=g) for g in order]
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler, shape = schedule(name, optimizer), []
    each = torch.arange(len(seeds))[:, None]
    for batch in torch.stack(draws, 1):  # (M, 16)
        shape.append(scheduler.get_last_lr()[0] / lr)
        optimizer.zero_grad()
        losses(model(x[each, batch]), y[each, batch]).sum().backward()
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        return torch.tensor(shape), losses(model(test_x), test_y)


names = ("constant", "step", "exponential", "cosine", "warm-up, cosine")
peaks = [0.0104 * 3 ** (k / 2) for k in range(7)]
choosing, judging = range(70000, 72400, 100), range(0, 3600, 100)
shapes, result, chosen = {}, {}, {}
for name in names:
    table = []
    for lr in peaks:
        shapes[name], test = run(name, lr, choosing)
        table.append(test.mean().nan_to_num(torch.inf).item())
    best = min(range(7), key=table.__getitem__)
    assert 0 < best < 6, f"{name}: the best peak should lie inside, {table}"
    chosen[name] = peaks[best]
    result[name] = run(name, peaks[best], judging)[1]
saved = {name: result["constant"] - result[name] for name in names[1:]}
gain, gain_se = {}, {}
for name in names:
    line = (
        f"{name:16s} peak rate {chosen[name]:.3f}, test loss {result[name].mean():.3f}"
    )
    if name in saved:
        gain[name] = saved[name].mean().item()
        gain_se[name] = saved[name].std().item() / 36**0.5
        line += f", lower by {gain[name]:.3f} +- {gain_se[name]:.3f}"
    print(line)
near = chosen["constant"] / 3**0.5, chosen["constant"] * 3**0.5
others = [run("constant", lr, judging)[1] for lr in near]
hindsight = min([result["constant"], *others], key=torch.Tensor.mean)
still = hindsight - result["cosine"]  # against the constant rate that judged best
lead, lead_se = still.mean().item(), still.std().item() / 36**0.5
print(
    f"cosine ahead of the constant rate best in hindsight: {lead:.3f} +- {lead_se:.3f}"
)
assert lead > 2 * lead_se, f"it should stay ahead, {lead:.3f} +- {lead_se:.3f}"
level = result["constant"].mean().item()
share = torch.stack(list(saved.values())).mean(0) / level  # (36,)
total, total_se = share.mean().item(), share.std().item() / 36**0.5
print(f"the four together: {total:.0%} +- {total_se:.0%} of the constant rate's loss")
assert total > 3 * total_se, (
    f"a falling rate should help, {total:.3f} +- {total_se:.3f}"
)
assert total > 0.06, f"and by more than a few percent, {total:.1%}"
for name in names[1:]:
    clear = gain[name] > 2 * gain_se[name]
    assert clear, f"{name} should help, {gain[name]:.3f} +- {gain_se[name]:.3f}"
    higher = chosen[name] / chosen["constant"]
    assert higher > 0.9, f"{name} should allow as large a rate, {higher:.2f} times"
among = max(gain.values()) - min(gain.values())
print(f"the four differ by {among:.3f} at most")
assert among < 0.6 * min(gain.values()), f"the shapes should matter less, {among:.3f}"
warm = saved["warm-up, cosine"] - saved["cosine"]
warmed, warmed_se = warm.mean().item(), warm.std().item() / 36**0.5
print(f"warm-up lowers the loss of cosine by {warmed:.4f} +- {warmed_se:.4f}")
small = abs(warmed) + 2 * warmed_se
assert small < 0.5 * total * level, f"warm-up should matter less, {small:.3f}"

t = torch.arange(num_steps)
cosine = (1 + torch.cos(math.pi * t / num_steps)) / 2
formulas = {"constant": 1.0 + 0 * t, "step": 0.1 ** (t // 100), "cosine": cosine}
formulas["exponential"] = 0.05 ** (t / num_steps)
for name, formula in formulas.items():
    gap = (shapes[name] - formula).abs().max().item()
    assert gap < 1e-5, f"{name} should follow its formula, gap {gap:.1e}"
warm_up = shapes["warm-up, cosine"]
assert (warm_up[:21].diff() > 0).all(), "warm-up should rise for 20 steps"
assert (warm_up[20:].diff() < 0).all(), "after the warm-up the rate should fall"

optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
scheduler = CosineAnnealingLR(optimizer, T_max=10)  # epochs, but stepped per batch
wrong = []
for _ in range(21):
    wrong.append(scheduler.get_last_lr()[0])
    optimizer.step()
    scheduler.step()
assert wrong[10] < 1e-6 and wrong[20] > 0.99, f"beyond T_max it should rise, {wrong}"
measured = {"lead": lead, "lead_se": lead_se}
measured |= {"share": total, "share_se": total_se, "among": among, "level": level}
measured |= {"warmed": warmed, "warmed_se": warmed_se}
measured |= {"constant_rate": chosen["constant"], "cosine_rate": chosen["cosine"]}
