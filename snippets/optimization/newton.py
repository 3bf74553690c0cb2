"""Newton's step lands on a quadratic's minimum; with few examples it goes astray."""

import torch
from sklearn.datasets import load_diabetes

torch.manual_seed(0)
data = load_diabetes()
x = torch.tensor(data.data)  # (442, 10), float64
y = torch.tensor(data.target - data.target.mean())  # (442,)
best = torch.linalg.lstsq(x, y).solution  # (10,), the least squares
w = torch.randn(10, dtype=torch.float64)
batch_size = 442  # try: 12, 50, 200
batch = torch.randperm(442)[:batch_size]


def loss(w):
    """Half the mean squared error, on the batch."""
    return (x[batch] @ w - y[batch]).square().mean() / 2


gradient = torch.func.grad(loss)(w)  # (10,)
hessian = torch.func.hessian(loss)(w)  # (10, 10)
after = w - torch.linalg.solve(hessian, gradient)
left = (after - best).norm() / (w - best).norm()
print(f"Newton's step from {batch_size} of 442 patients leaves", end=" ")
print(f"{left:.0e} of the way" if left < 1e-6 else f"{left:.0%} of the way")

# %% proof: batches over 200 draws, damping, and a saddle
assert batch_size == 442, f"the written batch should be all, is {batch_size}"
assert left < 1e-9, f"one step on all should reach the minimum, {left:.0e} is left"


def left_after(size, damping, seed):
    """The share of the way that one damped step from a batch leaves."""
    generator = torch.Generator().manual_seed(seed)
    batch = torch.randperm(442, generator=generator)[:size]
    w = torch.randn(10, generator=generator, dtype=torch.float64)
    gradient = x[batch].T @ (x[batch] @ w - y[batch]) / size
    hessian = x[batch].T @ x[batch] / size
    scale = damping * hessian.diagonal().mean() * torch.eye(10, dtype=torch.float64)
    after = w - torch.linalg.solve(hessian + scale, gradient)
    return ((after - best).norm() / (w - best).norm()).item()


seeds, medians = range(0, 20000, 100), {}
for size in (12, 50, 200):
    for damping in (0.0, 0.01):
        shares = torch.tensor([left_after(size, damping, seed) for seed in seeds])
        medians[size, damping] = shares.median().item()
    plain, damped = medians[size, 0.0], medians[size, 0.01]
    print(f"{size:3d} patients: {plain:7.1%} left, damped {damped:.0%} (median of 200)")
assert medians[12, 0.0] > 2, f"from 12 the step should lead astray, {medians}"
assert medians[200, 0.0] < medians[50, 0.0] < medians[12, 0.0], f"{medians}"
assert medians[12, 0.01] < medians[12, 0.0] / 1.5, f"damping should help, {medians}"


def saddle(w):
    """Minima at (0, 1) and (0, -1), a saddle at the origin."""
    return w[0] ** 2 / 2 - w[1] ** 2 / 2 + w[1] ** 4 / 4


newton = descent = torch.tensor([1.0, 0.3])
for _ in range(100):
    gradient = torch.func.grad(saddle)(newton)
    hessian = torch.func.hessian(saddle)(newton)
    newton = newton - torch.linalg.solve(hessian, gradient)
    descent = descent - 0.2 * torch.func.grad(saddle)(descent)
for name, end in (("Newton", newton), ("gradient descent", descent)):
    print(f"saddle: from (1, 0.3) {name} ends at ({end[0]:.2f}, {end[1]:.2f})")
assert newton.norm() < 1e-5, f"Newton should be drawn to the saddle, ends at {newton}"
off = (descent - torch.tensor([0.0, 1.0])).norm()
assert off < 1e-3, f"gradient descent should end in the minimum, at {descent}"

# The product Hv without the Hessian
v = torch.randn(10, dtype=torch.float64)
_, product = torch.func.jvp(torch.func.grad(loss), (w,), (v,))
gap = (product - torch.func.hessian(loss)(w) @ v).abs().max().item()
assert gap < 1e-9, f"jvp of grad should be the Hessian times v, gap {gap:.0e}"
measured = {"few": 100 * medians[12, 0.0], "some": 100 * medians[50, 0.0]}
measured |= {"many": 100 * medians[200, 0.0], "damped": 100 * medians[12, 0.01]}
