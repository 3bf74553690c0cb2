"""Called before the optimizer, a scheduler skips the first rate of its schedule."""

import warnings

import torch
from torch.optim.lr_scheduler import ExponentialLR

gamma = 0.1  # try: 0.5
found = {}
for first in ("optimizer", "scheduler"):
    weight = torch.ones(1, requires_grad=True)
    weight.grad = torch.ones(1)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scheduler = ExponentialLR(optimizer, gamma)
    rates = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(4):
            if first == "scheduler":
                scheduler.step()
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if first == "optimizer":
                scheduler.step()
    said = [str(warning.message) for warning in caught]
    print(f"{first} first:", *(f"{rate:.4g}" for rate in rates))
    print(*([line[:63] for line in said] or ["no warning"]))
    found[first] = rates, said, 1 - weight.item()

# %% proof: seven schedules, a skipped step, per batch or per epoch, and two traps
from torch import nn
from torch.optim import lr_scheduler as lrs

used, said, way = found["optimizer"]
assert abs(way - sum(used)) < 1e-6, f"the steps should be of that size, {way}: {used}"
wanted = [gamma**k for k in range(4)]
off = max(abs(a - b) for a, b in zip(used, wanted, strict=True))
assert off < 1e-6 and not said, f"in order: 1, 0.1 …, no warning: {used}, {said}"
used, said, way = found["scheduler"]
assert abs(way - sum(used)) < 1e-6, f"here too, {way}: {used}"
wanted = [gamma ** (k + 1) for k in range(4)]
off = max(abs(a - b) for a, b in zip(used, wanted, strict=True))
assert off < 1e-6, f"the other way round the first rate should be skipped: {used}"
assert len(said) == 1, f"it should be said once, was said {len(said)} times"
for words in (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`.",
    "In PyTorch 1.1.0 and later",
    "skipping the first value of the learning rate schedule",
):
    assert words in said[0], f"the warning should say {words!r}: {said[0]}"


def optimize(lr=1.0):
    """An optimizer with one weight whose gradient is 1."""
    weight = nn.Parameter(torch.ones(1))
    weight.grad = torch.ones(1)
    return torch.optim.SGD([weight], lr=lr, momentum=0.9)


# For each schedule: the wrong order uses the same rates, one call early
schedules = {
    "StepLR": lambda opt: lrs.StepLR(opt, step_size=3),
    "MultiStepLR": lambda opt: lrs.MultiStepLR(opt, [3, 6]),
    "CosineAnnealingLR": lambda opt: lrs.CosineAnnealingLR(opt, T_max=10),
    "LinearLR": lambda opt: lrs.LinearLR(opt, 0.1, total_iters=5),
    "LambdaLR": lambda opt: lrs.LambdaLR(opt, lambda k: 1 / (k + 1)),
    "PolynomialLR": lambda opt: lrs.PolynomialLR(opt, total_iters=10),
    "OneCycleLR": lambda opt: lrs.OneCycleLR(opt, max_lr=1.0, total_steps=12),
}
changed = {}
for name, make in schedules.items():
    lines = {}
    for first in ("optimizer", "scheduler"):
        opt = optimize()
        scheduler, lines[first] = make(opt), []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(10):
                if first == "scheduler":
                    scheduler.step()
                lines[first].append(opt.param_groups[0]["lr"])
                opt.step()
                if first == "optimizer":
                    scheduler.step()
    assert lines["scheduler"][:9] == lines["optimizer"][1:], f"{name}: one early"
    pairs = zip(lines["optimizer"], lines["scheduler"], strict=True)
    changed[name] = sum(a != b for a, b in pairs)
    print(
        f"{name:17s}: the first rate {lines['optimizer'][0]:.2f} is never used", end=""
    )
    print(f", {changed[name]} of 10 rates differ")
assert changed["StepLR"] == 3, f"StepLR should differ once a drop, {changed}"
assert changed["CosineAnnealingLR"] == 10, f"cosine should always, {changed}"


def scaled_steps(num_inf, watch):
    """Warnings with a GradScaler whose first gradients are inf, and the rate."""
    opt = optimize()
    scheduler = lrs.ExponentialLR(opt, 0.1)
    scaler = torch.amp.GradScaler("cpu")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for k in range(3):
            opt.zero_grad()
            loss = opt.param_groups[0]["params"][0].sum()
            if k < num_inf:
                loss = loss * torch.inf
            scaler.scale(loss).backward()
            scale = scaler.get_scale()
            scaler.step(opt)
            scaler.update()
            if not watch or scaler.get_scale() >= scale:  # smaller: it skipped
                scheduler.step()
    said = [str(one.message) for one in caught]
    return len([one for one in said if "Detected call" in one]), opt.param_groups[0][
        "lr"
    ]


calls = {(n, w): scaled_steps(n, w) for n in (0, 1) for w in (False, True)}
print("skipped steps, scale watched: warnings, rate at the end")
for (skipped, watch), (count, rate) in calls.items():
    print(f"{skipped:d}, {watch!s:5s}: {count:d}, {rate:.3g}")
assert calls[0, False][0] == 0, f"no skipped step, no warning: {calls}"
assert calls[1, False][0] == 1, f"the right order, and a warning: {calls}"
assert calls[1, True][0] == 0, f"the scale tells whether a step was made: {calls}"
ratio = calls[1, True][1] / calls[1, False][1]
assert abs(ratio - 10) < 1e-6, f"the schedule should wait one call, {calls}"

# Per batch or per epoch: 5 epochs of 20 batches with T_max=5
where = {}
for place in ("epoch", "batch"):
    opt = optimize()
    scheduler, ends = lrs.CosineAnnealingLR(opt, T_max=5), []
    for epoch in range(5):
        for batch in range(20):
            opt.step()
            if place == "batch":
                scheduler.step()
        if place == "epoch":
            scheduler.step()
        ends.append(opt.param_groups[0]["lr"])
    where[place] = ends
    print(f"T_max=5, called each {place}: " + ", ".join(f"{lr:.2f}" for lr in ends))
falls = all(a > b for a, b in zip(where["epoch"], where["epoch"][1:], strict=False))
assert falls and where["epoch"][-1] < 1e-6, f"per epoch it should fall to 0: {where}"
assert min(where["batch"]) > 0.99, f"per batch it swings, back at 1 each time: {where}"


def complaint(call):
    """What an error says."""
    try:
        call()
    except (TypeError, ValueError) as error:
        return str(error)
    return ""


said = complaint(lambda: lrs.ReduceLROnPlateau(optimize()).step())
assert "missing 1 required positional argument: 'metrics'" in said, f"plateau: {said}"
opt = optimize()
plateau = lrs.ReduceLROnPlateau(opt, patience=2)
for value in range(6):
    opt.step()
    plateau.step(value)  # a number that rises: an accuracy
assert opt.param_groups[0]["lr"] < 0.2, "for an accuracy it needs mode='max'"

weights = [nn.Parameter(torch.ones(1)) for _ in range(2)]
groups = [{"params": weights[:1], "lr": 0.001}, {"params": weights[1:], "lr": 0.1}]
opt = torch.optim.SGD(groups, momentum=0.9)
lrs.OneCycleLR(opt, max_lr=0.1, total_steps=10)
both = [group["lr"] for group in opt.param_groups]
off = max(abs(rate - 0.1 / 25) for rate in both)
assert off < 1e-9, f"one max_lr should override both rates: {both}"
opt = torch.optim.SGD(groups, momentum=0.9)
lrs.OneCycleLR(opt, max_lr=[0.001, 0.1], total_steps=10)
both = [group["lr"] for group in opt.param_groups]
assert abs(both[1] / both[0] - 100) < 1e-9, f"a list should keep the ratio: {both}"
one = lrs.OneCycleLR(opt, max_lr=0.1, total_steps=3)
said = complaint(lambda: [(opt.step(), one.step()) for _ in range(4)])
assert "The specified number of total steps is 3" in said, f"one call too many: {said}"
measured = {"step_changed": changed["StepLR"]}
