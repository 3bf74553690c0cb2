"""Newton's step reaches a quadratic's minimum at once, and runs into saddles where gradient descent does not."""
import torch
from sklearn.datasets import load_diabetes

data = load_diabetes()
x = torch.tensor(data.data)  # (442, 10), float64
y = torch.tensor(data.target - data.target.mean())
w = torch.randn(10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def quadratic(w):
    return (x @ w - y).square().mean() / 2


def newton_step(function, w):
    gradient = torch.func.grad(function)(w)
    hessian = torch.func.hessian(function)(w)  # (n, n)
    return w - torch.linalg.solve(hessian, gradient)


before, after = (torch.func.grad(quadratic)(v).norm().item() for v in (w, newton_step(quadratic, w)))
best = torch.linalg.lstsq(x, y).solution
distance = (newton_step(quadratic, w) - best).norm().item() / (w - best).norm().item()
print(f"quadratic: one Newton step leaves {distance:.0e} of the distance, gradient {before:.1e} -> {after:.1e}")
assert distance < 1e-9 and after < 1e-9 * before, f"one step should reach the minimum, {distance} of the way is left"


def saddle(w):  # minima at (0, 1) and (0, -1), a saddle at the origin
    return 0.5 * w[0] ** 2 - 0.5 * w[1] ** 2 + 0.25 * w[1] ** 4


w = gradient_w = torch.tensor([1.0, 0.3])
for _ in range(100):
    w, gradient_w = newton_step(saddle, w), gradient_w - 0.2 * torch.func.grad(saddle)(gradient_w)
for name, end in (("Newton", w), ("gradient descent", gradient_w)):
    print(f"saddle: from (1, 0.3) {name} ends at ({end[0]:.2f}, {end[1]:.2f})")
assert w.norm() < 1e-5, "Newton's step should be drawn to the saddle"
assert (gradient_w - torch.tensor([0.0, 1.0])).norm() < 1e-3, "gradient descent should leave the saddle for the minimum"
