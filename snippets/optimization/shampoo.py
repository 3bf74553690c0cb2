"""Shampoo turns the gradient's rows and columns, so a rotation does not slow it."""

import torch

name = "Shampoo"  # try: "SGD", "Adam"
rotated = True  # try: False
size = 8


def power(matrix, exponent):
    """Of a symmetric positive matrix, by its eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=1e-12) ** exponent @ vectors.T


def shampoo(w, g, memory, lr):
    """One step: two small matrices stand in for the large one."""
    rows = memory["L"] = memory.get("L", 0) + g @ g.T  # (size, size)
    columns = memory["R"] = memory.get("R", 0) + g.T @ g  # (size, size)
    return w - lr * power(rows, -0.25) @ g @ power(columns, -0.25)


# region: the others, a problem, and a race over the rates
def adam(w, g, memory, lr):
    """One step of Adam."""
    t = memory["t"] = memory.get("t", 0) + 1
    m = memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * g
    v = memory["v"] = 0.999 * memory.get("v", 0) + 0.001 * g**2
    return w - lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)


def sgd(w, g, memory, lr):
    """One step with momentum 0.9."""
    m = memory["m"] = 0.9 * memory.get("m", 0) + g
    return w - lr * m


updates = {"Shampoo": shampoo, "Adam": adam, "SGD": sgd}


def problem(rotated, seed):
    """The left and right factor of a loss |A W B|^2 / 2, and a start."""
    generator = torch.Generator().manual_seed(seed)
    draw = [torch.randn(8, 8, generator=generator).double() for _ in range(3)]
    stretch = torch.logspace(0, -1, 8).double().diag()  # singular values 1 to 0.1
    turn, back = (torch.linalg.qr(matrix)[0] for matrix in draw[:2])
    if not rotated:
        return stretch, stretch, draw[2]
    # the same start, seen from the turned axes
    return stretch @ turn, back @ stretch, turn.T @ draw[2] @ back.T


def race(name, rotated, seed=0, tried=None, num_steps=400):
    """Steps to 1 % of the loss for each of 21 rates."""
    a, b, start = problem(rotated, seed)
    first, found = (a @ start @ b).square().sum().item() / 2, []
    for lr in tried or rates:
        w, memory, far = start, {}, 0
        for step in range(num_steps):
            error = a @ w @ b
            loss = error.square().sum().item() / 2
            if not loss <= 0.01 * first:
                far = step + 1
            if not loss < 1e6 * first:
                far = num_steps
                break
            w = updates[name](w, a.T @ error @ b.T, memory, lr)
        found.append(far)
    return found


# endregion
rates = [10 ** (k / 4) for k in range(-10, 11)]
steps = race(name, rotated)
at = rates[steps.index(min(steps))]
print(f"{name}, {'rotated' if rotated else 'along the axes'}:", end=" ")
print(f"{min(steps)} steps to 1 % of the loss, at rate {at:.2g}")

# %% proof: 12 problems, rates inside their range; Muon and K-FAC; the cost of a step
import time

assert (name, rotated) == ("Shampoo", True), f"as written, was {name}, {rotated}"
counts = {}
for name in updates:
    for rotated in (False, True):
        # The rate that is best on four other problems
        runs = [race(name, rotated, seed) for seed in range(70000, 70400, 100)]
        mean = torch.tensor(runs).double().mean(0)  # (rates,)
        best = mean.argmin().item()
        inside = mean[best] < min(mean[0], mean[-1])
        assert inside, f"{name}: the best rate should lie inside, {mean}"
        runs = [
            race(name, rotated, seed, [rates[best]]) for seed in range(0, 1200, 100)
        ]
        counts[name, rotated] = torch.tensor(runs).double()[:, 0]
    straight, turned = (counts[name, rotated].median() for rotated in (False, True))
    print(f"{name:7s} {straight:4.0f} steps along the axes, {turned:4.0f} rotated")
for name in ("Shampoo", "SGD"):
    gap = (counts[name, True] - counts[name, False]).abs().max().item()
    assert gap <= 1, f"{name} should not see the rotation, {gap} steps apart"
for other in ("SGD", "Adam"):
    for rotated in (False, True):
        lead = counts[other, rotated] / counts["Shampoo", rotated]
        median = lead.median().item()
        assert median > 2, f"Shampoo should need far fewer steps than {other}, {lead}"
        assert (lead > 1).sum() >= 11, f"and fewer nearly each time, {lead}"

# Muon: a Shampoo step without memory, U V^T in place of U S V^T
torch.manual_seed(0)
g = torch.randn(8, 6, dtype=torch.float64)
u, s, v = torch.linalg.svd(g, full_matrices=False)
alone = -shampoo(torch.zeros(8, 6, dtype=torch.float64), g, {}, 1.0)
gap = (alone - u @ v).abs().max().item()
assert gap < 1e-3, f"Shampoo's first step should be U V^T, gap {gap:.0e}"
w = torch.zeros(8, 6, requires_grad=True)
w.grad = g.float()
torch.optim.Muon([w], lr=1.0, weight_decay=0.0, momentum=0.0, nesterov=False).step()
sizes = torch.linalg.svdvals(w.detach()) / (8 / 6) ** 0.5  # PyTorch's factor
print("singular values of Muon's step:", *[f"{value:.2f}" for value in sizes])
assert 0.5 < sizes.min() and sizes.max() < 1.3, f"all should be near 1, {sizes}"
spread = (s.max() / s.min()).item()
assert spread > 2, f"where those of the gradient differ, {spread:.1f} times"

try:
    torch.optim.Muon([torch.nn.Conv2d(3, 8, 3).weight])
    refused = "nothing"
except ValueError as error:
    refused = str(error)
assert refused.startswith("Muon only supports 2D parameters"), f"said {refused}"
default = torch.optim.Muon([torch.zeros(2, 2)]).defaults["weight_decay"]
assert default == 0.1, f"Muon's decay should be 0.1 unless said, {default}"

# K-FAC: the curvature of this loss is a product of two small matrices, so it is exact
a, b, start = problem(True, 0)
gradient = a.T @ (a @ start @ b) @ b.T
step = torch.linalg.solve(a.T @ a, gradient) @ torch.linalg.inv(b @ b.T)
rest = (start - step).norm().item() / start.norm().item()
assert rest < 1e-6, f"K-FAC should arrive in one step, {rest:.0e} is left"


def seconds(work):
    """The least of five tries."""
    tries = []
    for _ in range(5):
        began = time.thread_time()
        work()
        tries.append(time.thread_time() - began)
    return min(tries)


layer, x = torch.nn.Linear(256, 256), torch.randn(64, 256)
passes = seconds(lambda: layer(x).square().sum().backward())
kernel = layer.weight.detach() @ layer.weight.detach().T
roots = seconds(lambda: power(kernel, -0.25))
print(f"a root of 256x256 takes {roots / passes:.0f} times forward and backward of 64")
assert roots > 2 * passes, f"a root should cost more than a gradient, {roots}, {passes}"
measured = {f"{n}_turned": counts[n, True].median().item() for n in updates}
measured |= {"Adam_axes": counts["Adam", False].median().item()}
