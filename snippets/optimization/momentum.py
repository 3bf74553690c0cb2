"""Momentum adds up the gradients: across a valley they cancel, along it they add."""

import torch

k = 100
curvature = torch.tensor([1.0, k], dtype=torch.float64)  # of the loss (a^2 + k b^2) / 2
lr = 1.9 / k  # without momentum, 2 / k would diverge
mu = 0.9  # try: 0.0, 0.5, 0.98
w = torch.tensor([1.0, 0.3], dtype=torch.float64)  # (2,), a and b
velocity = torch.zeros(2, dtype=torch.float64)
path = [w]
for step in range(2000):
    gradient = curvature * w
    velocity = mu * velocity + gradient  # PyTorch's form: the rate is not in it
    w = w - lr * velocity
    path.append(w)
path = torch.stack(path)  # (2001, 2)
far = path.norm(dim=1) > 0.001
print(f"mu = {mu}: {far.nonzero().max() + 1} steps until it stays within 0.001")
# region: the picture
import matplotlib.pyplot as plt

a, b = torch.meshgrid(
    torch.linspace(-1, 1.1, 80), torch.linspace(-0.36, 0.36, 80), indexing="xy"
)
levels = [0.05, 0.2, 0.5, 1, 2, 4]
plt.contour(a, b, (a**2 + k * b**2) / 2, levels, colors="gray", linewidths=0.5)
plt.plot(*path[:80].T, ".-", lw=1)
plt.plot(0, 0, "*", color="C1", ms=12)
plt.gca().set(xlabel="a, the flat direction", ylabel="b, the steep direction")
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
# endregion

# %% proof: equal to torch.optim.SGD, and condition numbers of 10 to 1,000
assert mu == 0.9, f"the written momentum should be 0.9, is {mu}"


def descend(k, lr, mu, nesterov, num_steps, rates=None):
    """By hand, in PyTorch's convention, from (1, 1); rates: one for each step."""
    w, velocity = torch.ones(2, dtype=torch.float64), torch.zeros(2)
    path, curvature = [], torch.tensor([1.0, k], dtype=torch.float64)
    for step in range(num_steps):
        gradient = curvature * w
        velocity = mu * velocity + gradient
        move = gradient + mu * velocity if nesterov else velocity
        w = w - (rates[step] if rates else lr) * move
        path.append(w)
    return torch.stack(path)  # (num_steps, 2)


def with_torch(k, lr, mu, nesterov, num_steps):
    """The same by torch.optim.SGD."""
    w, path = torch.ones(2, dtype=torch.float64, requires_grad=True), []
    optimizer = torch.optim.SGD([w], lr=lr, momentum=mu, nesterov=nesterov)
    curvature = torch.tensor([1.0, k], dtype=torch.float64)
    for _ in range(num_steps):
        w.grad = curvature * w.detach()
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path)


def with_rate_inside(k, rates, mu, nesterov):
    """Sutskever's form: the velocity holds the rate; Nesterov looks ahead."""
    w, velocity = torch.ones(2, dtype=torch.float64), torch.zeros(2)
    path, curvature = [], torch.tensor([1.0, k], dtype=torch.float64)
    for lr in rates:
        at = w + mu * velocity if nesterov else w
        velocity = mu * velocity - lr * curvature * at
        w = w + velocity
        path.append(w + mu * velocity if nesterov else w)
    return torch.stack(path)


for nesterov in (False, True):
    by_hand = descend(100, 0.009, 0.9, nesterov, 100)
    gap = (by_hand - with_torch(100, 0.009, 0.9, nesterov, 100)).abs().max().item()
    print(f"nesterov={nesterov!s:5}: at most {gap:.0e} from torch.optim.SGD")
    assert gap < 1e-9, f"by hand should equal torch.optim.SGD, {nesterov}: {gap}"
    inside = with_rate_inside(100, [0.009] * 100, 0.9, nesterov)
    gap = (by_hand - inside).abs().max().item()
    assert gap < 1e-9, f"Sutskever's form should be the same path, {nesterov}: {gap}"
# The rate falls to a tenth after 20 steps: how long is the next step?
rates = [0.009] * 20 + [0.0009] * 5
outside = descend(100, None, 0.9, False, 25, rates)
inside = with_rate_inside(100, rates, 0.9, False)
moved = [(path[20] - path[19]).norm().item() for path in (outside, inside)]
lingering = moved[1] / moved[0]
print(f"after the drop the other form's step is {lingering:.1f} times as long")
assert lingering > 5, f"the old velocity should linger, {lingering:.1f}"

needed = {"plain": [], "momentum": [], "Nesterov": []}
conditions = [10, 30, 100, 300, 1000]
for k in conditions:
    ratio = (k**0.5 - 1) / (k**0.5 + 1)
    settings = {  # the textbook setting for each: rate, momentum, Nesterov
        "plain": (2 / (1 + k), 0.0, False),
        "momentum": (4 / (1 + k**0.5) ** 2, ratio**2, False),
        "Nesterov": (1 / k, ratio, True),
    }
    for name, setting in settings.items():
        far = descend(k, *setting, 6 * k + 60).norm(dim=1) > 1e-3
        needed[name].append(far.nonzero().max().item() + 2)
import math

slopes = {}
for (name, steps), style in zip(needed.items(), ["o-", "s--", "^:"], strict=True):
    slopes[name] = math.log(steps[-1] / steps[1]) / math.log(1000 / 30)
    print(f"{name:9s} {steps} steps, slope {slopes[name]:.2f}")
    plt.loglog(conditions, steps, style, label=name)
plt.gca().set(xlabel="condition number", ylabel="steps until 0.001 is left")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
gain = needed["plain"][-1] / max(needed["momentum"][-1], needed["Nesterov"][-1])
assert 0.9 < slopes["plain"] < 1.1, f"plain should grow in proportion, {slopes}"
for name in ("momentum", "Nesterov"):
    assert 0.4 < slopes[name] < 0.6, f"{name} should grow like the root, {slopes}"
assert gain > 8, f"at 1,000 the gain should be manifold, {gain:.1f}"
still = path[-1].norm().item()
assert still < 1e-6, f"the written path should have come down, {still}"


def steps_at(mu):
    """The steps of the picture's run at another momentum, and the first heights b."""
    w, heights = torch.tensor([1.0, 0.3], dtype=torch.float64), [0.3]
    velocity, last = torch.zeros(2), 0
    for step in range(2000):
        velocity = mu * velocity + torch.tensor([1.0, 100.0]) * w
        w = w - lr * velocity
        last = step + 1 if w.norm() > 0.001 else last
        heights.append(w[1].item())
    return last + 1, heights[:40]


turns = {mu: steps_at(mu)[0] for mu in (0.0, 0.5, 0.9, 0.98)}
bare = steps_at(0.0)[1]
assert all(b * c < 0 for b, c in zip(bare, bare[1:], strict=False)), f"zigzag, {bare}"
# What the velocity makes of gradients of 1 that alternate, or that agree
sums = {}
for name, sign in (("alternating", -1), ("agreeing", 1)):
    velocity = 0.0
    for step in range(200):
        velocity = 0.9 * velocity + sign**step
    sums[name] = abs(velocity)
print("velocity of gradients of 1:", {name: round(v, 2) for name, v in sums.items()})
assert abs(sums["alternating"] - 1 / 1.9) < 1e-6, f"should be 1 / (1 + mu), {sums}"
assert abs(sums["agreeing"] - 1 / 0.1) < 1e-6, f"should be 1 / (1 - mu), {sums}"
assert turns[0.9] < turns[0.5] < turns[0.0], f"momentum should help, {turns}"
assert turns[0.98] > 3 * turns[0.9], f"too much should harm, {turns}"
measured = {"gain": gain, "plain": slopes["plain"], "polyak": slopes["momentum"]}
measured |= {"nesterov": slopes["Nesterov"], "lingering": lingering}
measured |= {"with": turns[0.9], "without": turns[0.0], "much": turns[0.98]}
