"""The L2 term multiplies every weight by 1 - lr·wd at each step and makes none zero; curvature decides what stays."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float64) / 16  # (1797, 64), float64 so that rounding hides no difference
y = torch.tensor(digits.target)
lr, weight_decay, num_steps = 0.5, 0.01, 100
w = (0.1 * torch.randn(10, 64, dtype=torch.float64)).requires_grad_()
v = w.detach().clone()  # the same weights, updated by hand
start = w.detach().clone()
optimizer = torch.optim.SGD([w], lr=lr, weight_decay=weight_decay)
for step in range(num_steps):
    optimizer.zero_grad()
    F.cross_entropy(x @ w.T, y).backward()  # no penalty in the loss
    optimizer.step()
    v.requires_grad_()
    grad, = torch.autograd.grad(F.cross_entropy(x @ v.T, y), v)
    v = (1 - lr * weight_decay) * v.detach() - lr * grad  # first shrink, then the ordinary step
gap = (w - v).abs().max().item()
dead = x.abs().sum(0) == 0  # pixels that are blank in every scan: their weights get no gradient at all
shrunk = (w[:, dead] / start[:, dead]).detach()
zeros = (w == 0).sum().item()
print(f"by hand against SGD: largest difference {gap:.0e} after {num_steps} steps")
print(f"weights without gradient ({dead.sum()} blank pixels): left {shrunk.mean():.4f}, "
      f"(1 - lr wd)^{num_steps} = {(1 - lr * weight_decay) ** num_steps:.4f}")
print(f"exactly zero: {zeros} of {w.numel()} weights")

# a quadratic loss ½ (w - w*)ᵀ H (w - w*): the penalty scales each eigen-direction of H by h / (h + wd)
h = torch.tensor([0.001, 0.01, 0.1, 1.0])  # eigenvalues: curvature of the loss
q, _ = torch.linalg.qr(torch.randn(4, 4))  # eigenvectors
hessian = q @ torch.diag(h) @ q.T
optimum = torch.randn(4)
u = torch.zeros(4, requires_grad=True)
optimizer = torch.optim.SGD([u], lr=1.0, weight_decay=weight_decay)
for step in range(1200):
    optimizer.zero_grad()
    (0.5 * (u - optimum) @ hessian @ (u - optimum)).backward()
    optimizer.step()
kept = ((q.T @ u) / (q.T @ optimum)).detach()  # seen along the eigenvectors
print("curvature h  " + "  ".join(f"{value:6.3f}" for value in h))
print("share kept   " + "  ".join(f"{value:6.3f}" for value in kept))
curve = torch.logspace(-3.3, 0.3, 100)
plt.semilogx(curve, curve / (curve + weight_decay), label="h / (h + λ)")
plt.semilogx(h, kept, "o", color="C1", label="SGD with weight_decay=0.01")
plt.xlabel("curvature h of the loss along the direction")
plt.ylabel("share of the optimum kept")
plt.legend()
plt.show()

assert gap < 1e-6, f"shrink-then-step should reproduce SGD's weight_decay to 1e-6, difference {gap:.1e}"
assert dead.sum() == 3, f"three pixels should be blank in all scans, found {dead.sum()}"
factor = (1 - lr * weight_decay) ** num_steps
assert (shrunk - factor).abs().max() < 1e-6, "shrinkage without gradient should be geometric"
assert zeros == 0, f"the L2 term should set no weight to exactly zero, found {zeros}"
assert torch.allclose(kept, h / (h + weight_decay), atol=1e-3), f"directions should keep h/(h+λ), kept {kept.tolist()}"
