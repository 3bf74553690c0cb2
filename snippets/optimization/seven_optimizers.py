"""Seven optimizers in a few lines each, and their paths through a narrow valley."""

import torch

name = "Adam"  # try: "SGD", "Nesterov", "AdaGrad", "RMSProp"
angle = 0  # try: 45


def update(name, w, g, memory, lr):
    """One step from w with the gradient g; memory is what the optimizer keeps."""
    t = memory["t"] = memory.get("t", 0) + 1
    m, v = memory.get("m", 0), memory.get("v", 0)
    if name in ("SGD", "momentum", "Nesterov"):
        m = memory["m"] = (0.0 if name == "SGD" else 0.9) * m + g
        return w - lr * (g + 0.9 * m if name == "Nesterov" else m)
    if name == "AdaGrad":
        v = memory["v"] = v + g**2
        return w - lr * g / (v.sqrt() + 1e-10)
    if name == "RMSProp":
        v = memory["v"] = 0.99 * v + 0.01 * g**2
        return w - lr * g / (v.sqrt() + 1e-8)
    m = memory["m"] = 0.9 * m + 0.1 * g
    v = memory["v"] = 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return w - lr * m_hat / (v_hat.sqrt() + 1e-8)


# region: a valley at that angle, and 41 rates at once
def axes(angle):
    """The directions along and across a valley, as columns, (2, 2)."""
    turn = torch.tensor(angle / 180 * torch.pi, dtype=torch.float64)
    along, across = [turn.cos(), turn.sin()], [-turn.sin(), turn.cos()]
    return torch.tensor([along, across], dtype=torch.float64).T


def race(name, angle, num_steps=800):
    """Each rate's steps until 1 % of the loss is left for good, and all points."""
    rates = torch.logspace(-3, 1, 41, dtype=torch.float64)[:, None]  # (41, 1)
    curvature = torch.tensor([1.0, 40.0], dtype=torch.float64)
    start = axes(angle) @ torch.tensor([-1.5, 0.4], dtype=torch.float64)
    w, memory = start.expand(41, 2), {}
    points, losses = [w], []
    for _ in range(num_steps):
        inside = w @ axes(angle)  # (41, 2), along and across
        losses.append((inside**2 * curvature).sum(1) / 2)
        w = update(name, w, (inside * curvature) @ axes(angle).T, memory, rates)
        points.append(w)
    losses = torch.stack(losses)  # (num_steps, 41)
    arrived = losses <= 0.01 * losses[0]  # a loss of NaN has not
    away = torch.arange(1, num_steps + 1)[:, None] * ~arrived
    return rates[:, 0], away.max(0).values, torch.stack(points, 1)


# endregion
rates, steps, points = race(name, angle)
best = steps.argmin()
print(f"{name} at {angle} degrees: {steps[best]} steps, at rate {rates[best]:.3f}")
# region: the picture
import matplotlib.pyplot as plt

grid = torch.linspace(-1.8, 1.0, 90, dtype=torch.float64)
pair = torch.stack(torch.meshgrid(grid, grid, indexing="xy"), -1)  # (90, 90, 2)
a, b = (pair @ axes(angle)).unbind(-1)
levels = [0.05, 0.25, 0.7, 1.5, 3, 6, 12, 25]
plt.contour(grid, grid, (a**2 + 40 * b**2) / 2, levels, colors="gray", linewidths=0.5)
plt.plot(*points[best, : steps[best] + 1].T, ".-", lw=1.2)
plt.plot(0, 0, "*", color="C1", ms=12)
plt.gca().set(xlabel="first weight", ylabel="second weight", aspect="equal")
plt.gcf().set_size_inches(4, 3.4)
plt.show()
# endregion

# %% proof: equal to torch.optim; the rates inside their range; what centring does
assert (name, angle) == ("Adam", 0), f"as written, was {name}, {angle}"
optim, nesterov = torch.optim, {"momentum": 0.9, "nesterov": True}
library = {  # class, options
    "SGD": (optim.SGD, {}),
    "momentum": (optim.SGD, {"momentum": 0.9}),
    "Nesterov": (optim.SGD, nesterov),
    "AdaGrad": (optim.Adagrad, {}),
    "RMSProp": (optim.RMSprop, {}),
    "Adam": (optim.Adam, {}),
    "AdamW": (optim.AdamW, {"weight_decay": 0.01}),
}
found = {}
print("           at   0 degrees, 45 degrees (steps at the best of 41 rates)")
for name, (kind, options) in library.items():
    w = torch.tensor([-1.5, 0.4], dtype=torch.float64, requires_grad=True)
    by_hand, memory, gap = w.detach().clone(), {}, 0.0
    optimizer = kind([w], lr=0.02, **options)
    for _ in range(100):
        optimizer.zero_grad()
        ((w**2 * torch.tensor([1.0, 40.0])).sum() / 2).backward()
        optimizer.step()
        g = by_hand * torch.tensor([1.0, 40.0])
        if name == "AdamW":  # its decay acts on the weights, and passes by m and v
            by_hand = by_hand - 0.02 * 0.01 * by_hand
        by_hand = update(name, by_hand, g, memory, 0.02)
        gap = max(gap, (by_hand - w.detach()).abs().max().item())
    assert gap < 1e-9, f"{name} should follow torch.optim, differs by {gap}"
    counts = []
    for angle in (0, 45):
        rates, steps, _ = race(name, angle)
        counts.append(steps.min().item())
        best = steps.argmin().item()
        inside = steps[best] < min(steps[0], steps[-1])
        # AdaGrad along the axes: from 0.8 on each rate does it, in 4 steps or 3.
        inside = inside or (name, angle) == ("AdaGrad", 0) and steps[29:].max() <= 4
        assert inside, f"{name}: the best rate should lie inside, {rates[best]}"
    straight, turned = counts
    print(f"{name:9s} {straight:12d} {turned:12d}")
    found |= {name: straight, f"{name}_turned": turned}
for name in ("SGD", "momentum", "Nesterov"):
    straight, turned = found[name], found[f"{name}_turned"]
    assert straight == turned, f"{name} should not see the angle, {straight}, {turned}"
for name in ("AdaGrad", "RMSProp"):
    straight, turned = found[name], found[f"{name}_turned"]
    assert turned > 2 * straight, f"{name} should be much slower turned, {found}"
assert found["AdaGrad"] < found["SGD"] / 3, f"AdaGrad is quick along, {found}"
assert found["AdaGrad_turned"] > found["SGD"], f"and not across, {found}"
hardly = found["Adam_turned"] / found["Adam"]
assert 1 <= hardly < 1.3, f"Adam, with its momentum, should hardly notice, {hardly:.2f}"
assert found["Nesterov"] < found["SGD"] / 2, f"Nesterov is quick, {found}"
# At one small rate, far from the best, Adam does notice.
small = [race("Adam", angle)[1][14].item() for angle in (0, 45)]
assert small[1] > 2 * small[0], f"at rate 0.025 it should be slower turned, {small}"


def regression_steps(name, seed, scale, mean, prepare):
    """Steps to a loss of 1 % at the best of 31 rates; 20 inputs, 400 examples."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(400, 20, generator=generator, dtype=torch.float64)
    x = prepare(scale * (z + mean))  # (400, 20)
    hessian, rates = x.T @ x / 400, torch.logspace(-4, 2, 31, dtype=torch.float64)
    w = torch.randn(20, generator=generator, dtype=torch.float64) / x.std(0)
    w, memory, far = w.expand(31, 20), {}, torch.zeros(31)
    target = 0.01 * ((w @ hessian) * w).sum(1)[0] / 2
    for step in range(1500):
        g = w @ hessian  # the best weights are 0
        loss = (g * w).sum(1) / 2
        far[~(loss <= target)] = step + 1
        w = update(name, w, g, memory, rates[:, None])
    assert far.min() < min(far[0], far[-1]), f"{name}: inside the range, {far}"
    return far.min().item()


spread = torch.logspace(-1, 1, 20, dtype=torch.float64)  # columns of unlike scale
ways = {
    "raw": lambda x: x,
    "scaled": lambda x: x / x.std(0),
    "centred": lambda x: x - x.mean(0),
    "both": lambda x: (x - x.mean(0)) / x.std(0),
}
seeds = range(0, 600, 100)
for way, prepare in ways.items():
    runs = [regression_steps("Adam", seed, spread, 3.0, prepare) for seed in seeds]
    found[way] = sum(runs) / len(runs)
print("Adam, regression, steps:", {way: round(found[way]) for way in ways})
assert found["scaled"] < found["raw"] / 1.5, f"scaling should help, {found}"
for way, before in (("centred", "raw"), ("both", "scaled")):
    gain = found[before] / found[way]
    assert gain > 1.4, f"centring should help beside it, {way}: {gain:.2f}"
wanted = ("SGD", "AdaGrad", "AdaGrad_turned", "RMSProp", "RMSProp_turned", "Adam")
wanted += ("Adam_turned", "Nesterov", "raw", "scaled", "centred", "both")
measured = {key: found[key] for key in wanted}
