"""Soft-thresholding gives the lasso's exact zeros, and ridge regression on the same data gives none."""
import torch
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso

data = load_diabetes()
x = torch.tensor(data.data, dtype=torch.float64)
x = (x - x.mean(0)) / x.std(0, unbiased=False)  # (442, 10)
y = torch.tensor(data.target, dtype=torch.float64)
y = (y - y.mean()) / y.std(unbiased=False)
n = len(y)
lr = 1 / torch.linalg.eigvalsh(x.T @ x / n).max()  # one over the largest curvature: the step that surely converges


def soft_threshold(w, amount):
    """The proximal step of |w|: move by amount towards zero and stop there."""
    return w.sign() * (w.abs() - amount).clamp(min=0)


for penalty in (0.01, 0.05, 0.2):
    w = torch.zeros(10, dtype=torch.float64)
    for step in range(5000):
        w = soft_threshold(w - lr * x.T @ (x @ w - y) / n, lr * penalty)  # gradient step, then proximal step
    ridge = torch.linalg.solve(x.T @ x / n + penalty * torch.eye(10, dtype=torch.float64), x.T @ y / n)
    reference = torch.tensor(Lasso(penalty, tol=1e-10, max_iter=100000, random_state=0).fit(x.numpy(), y.numpy()).coef_)
    gap = (w - reference).abs().max().item()
    zeros, ridge_zeros = (w == 0).sum().item(), (ridge == 0).sum().item()
    print(f"penalty {penalty:4.2f}: exact zeros of 10: lasso {zeros}, ridge {ridge_zeros}; smallest ridge weight "
          f"{ridge.abs().min():.4f}; lasso by hand against scikit-learn {gap:.0e}")
    assert gap < 1e-6, f"the proximal iteration should reach scikit-learn's lasso, difference {gap:.1e}"
    assert ((w == 0) == (reference == 0)).all(), "both should remove the same inputs"
    assert zeros >= 1 and ridge_zeros == 0, f"lasso should give zeros, ridge none, got {zeros} and {ridge_zeros}"
