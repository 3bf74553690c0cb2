"""With a constant rate Adam keeps moving to the end; with a falling one it settles."""

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

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
lr = 0.02  # try: 0.001, 0.05
train_x, train_y, test_x, test_y = split(0)
curves = {}
for name in ("constant", "cosine"):
    torch.manual_seed(0)  # the same start and the same batches
    hidden = nn.Linear(64, 32)
    model = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = LambdaLR(optimizer, lambda step: 1.0)
    if name == "cosine":
        scheduler = CosineAnnealingLR(optimizer, T_max=200)
    test, moved = [], []
    for batch in torch.randint(1000, (200, 16)):
        before = hidden.weight.detach().clone()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
        optimizer.step()
        scheduler.step()
        moved.append((hidden.weight - before).square().mean().sqrt().item())
        with torch.no_grad():
            test.append(nn.functional.cross_entropy(model(test_x), test_y).item())
    curves[name] = test
    print(f"{name:8s} a weight moves by {moved[0]:.4f} in step 1,", end=" ")
    print(f"{moved[-1]:.4f} in step 200; test loss {test[-1]:.3f}")
# region: the picture
import matplotlib.pyplot as plt

for (name, test), style in zip(curves.items(), ("--", "-"), strict=True):
    plt.plot(range(1, 200 + 1), test, style, label=name)
plt.ylim(0, 1)
plt.xlabel("step")
plt.ylabel("test loss")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.7)
plt.show()
# endregion

# %% proof: each schedule at its best peak, chosen by 24 seeds, judged by 36 seeds
from torch.optim.lr_scheduler import ExponentialLR, LinearLR, SequentialLR, StepLR


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


def schedule(name, optimizer):
    """The scheduler of that name; each ends with the 200th step."""
    if name == "constant":
        return LambdaLR(optimizer, lambda step: 1.0)
    if name == "step":  # a tenth, from the middle on
        return StepLR(optimizer, step_size=200 // 2, gamma=0.1)
    if name == "exponential":  # by the same factor in each step, to a twentieth
        return ExponentialLR(optimizer, gamma=0.05 ** (1 / 200))
    if name == "cosine":
        return CosineAnnealingLR(optimizer, T_max=200)
    warm_up = LinearLR(optimizer, 0.01, 1.0, total_iters=20)
    cosine = CosineAnnealingLR(optimizer, T_max=200 - 20)
    return SequentialLR(optimizer, [warm_up, cosine], milestones=[20])


def run(name, lr, seeds):
    """The test loss of each seed's network in the end, (M,)."""
    model = Side(seeds)
    parts = [split(seed) for seed in seeds]  # the same for all schedules
    x, y, test_x, test_y = (torch.stack(part) for part in zip(*parts, strict=True))
    x, test_x = x.flatten(2), test_x.flatten(2)  # (M, N, 64)
    order = [torch.Generator().manual_seed(seed) for seed in seeds]
    draws = [torch.randint(1000, (200, 16), generator=g) for g in order]
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = schedule(name, optimizer)
    each = torch.arange(len(seeds))[:, None]
    for batch in torch.stack(draws, 1):  # (M, 16)
        optimizer.zero_grad()
        losses(model(x[each, batch]), y[each, batch]).sum().backward()
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        return losses(model(test_x), test_y)


names = ("constant", "step", "exponential", "cosine", "warm-up, cosine")
peaks = [0.003 * 3 ** (k / 2) for k in range(7)]
choosing, judging = range(70000, 72400, 100), range(0, 3600, 100)
result, chosen = {}, {}
for name in names:
    table = [run(name, lr, choosing).mean().item() for lr in peaks]
    best = min(range(7), key=table.__getitem__)
    assert 0 < best < 6, f"{name}: the best peak should lie inside, {table}"
    chosen[name] = peaks[best]
    result[name] = run(name, peaks[best], judging)
saved = {name: result["constant"] - result[name] for name in names[1:]}
gain, gain_se = {}, {}
for name in names:
    line = (
        f"{name:16s} peak rate {chosen[name]:.4f}, test loss {result[name].mean():.3f}"
    )
    if name in saved:
        gain[name] = saved[name].mean().item()
        gain_se[name] = saved[name].std().item() / 36**0.5
        line += f", lower by {gain[name]:.3f} +- {gain_se[name]:.3f}"
    print(line)
near = chosen["constant"] / 3**0.5, chosen["constant"] * 3**0.5
others = [run("constant", lr, judging) for lr in near]
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
assert total > 0.05, f"and by more than a few percent, {total:.1%}"
for name in ("step", "cosine", "warm-up, cosine"):
    clear = gain[name] > 2 * gain_se[name]
    assert clear, f"{name} should help, {gain[name]:.3f} +- {gain_se[name]:.3f}"
for name in names[1:]:
    higher = chosen[name] / chosen["constant"]
    assert higher > 0.9, f"{name} should allow as large a rate, {higher:.2f} times"
worse = run("cosine", 0.001, judging) - run("constant", 0.001, judging)
harm, harm_se = worse.mean().item(), worse.std().item() / 36**0.5
print(f"at the rate 0.001 the cosine ends higher by {harm:.3f} +- {harm_se:.3f}")
assert harm > 0.05 + 2 * harm_se, f"at a low rate it should harm, {harm:.3f}"
times = chosen["cosine"] / chosen["constant"]
assert times > 1.2, f"the cosine's best peak should be higher, {times:.1f} times"

# Adam's step, where the gradient is noise alone: as large for small noise as for large.
for noise in (1.0, 1e-4):
    torch.manual_seed(0)
    w = torch.zeros(2000, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1.0)
    for _ in range(3000):
        before = w.detach().clone()
        w.grad = noise * torch.randn(2000)
        optimizer.step()
    step = (w.detach() - before).square().mean().sqrt().item()
    print(f"noise {noise:g}: the step is {step:.3f} of the rate")
    told = (0.1 / 1.9) ** 0.5
    assert abs(step / told - 1) < 0.1, (
        f"should be {told:.3f} of the rate, is {step:.3f}"
    )

# After a silence it is larger than the rate.
w = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam([w], lr=1.0)
for t in range(2000):
    before = w.item()
    w.grad = torch.tensor([0.0 if t < 1999 else 1.0])
    optimizer.step()
jump = abs(w.item() - before)
assert 2.8 < jump < 3.1, f"after a silence it should be near three rates, {jump:.2f}"
warm = saved["warm-up, cosine"] - saved["cosine"]
warmed, warmed_se = -warm.mean().item(), warm.std().item() / 36**0.5
print(f"warm-up changes the loss of the cosine by {warmed:+.4f} +- {warmed_se:.4f}")
small = abs(warmed) + 2 * warmed_se
assert small < 0.8 * total * level, f"warm-up should matter less, {small:.4f}"
measured = {"lead": lead, "lead_se": lead_se}
measured |= {"share": total, "share_se": total_se, "jump": jump}
measured |= {"harm": harm, "harm_se": harm_se}
measured |= {"warmed": warmed, "warmed_se": warmed_se}
for name in ("cosine", "exponential"):
    measured |= {f"{name}_gain": gain[name], f"{name}_gain_se": gain_se[name]}
measured |= {"constant_rate": chosen["constant"], "cosine_rate": chosen["cosine"]}
