"""Gradient step, then soft threshold: the exact zeros of the lasso."""

import torch

# region: ten measurements of 442 patients, standardized
from sklearn.datasets import load_diabetes

data = load_diabetes()
x = torch.tensor(data.data, dtype=torch.float64)
x = (x - x.mean(0)) / x.std(0, unbiased=False)  # (442, 10)
y = torch.tensor(data.target, dtype=torch.float64)
y = (y - y.mean()) / y.std(unbiased=False)  # (442,)
# endregion


def soft_threshold(w, amount):
    """Move each weight by amount towards zero, and stop there."""
    return w.sign() * (w.abs() - amount).clamp(min=0)


def lasso(penalty, num_steps=5000):
    """The least of ½ (mean squared error) + penalty · sum of |w|."""
    lr = 1 / torch.linalg.eigvalsh(x.T @ x / len(y)).max()  # a step that converges
    w = torch.zeros(10, dtype=torch.float64)
    for step in range(num_steps):
        gradient = x.T @ (x @ w - y) / len(y)
        w = soft_threshold(w - lr * gradient, lr * penalty)
    return w


penalty = 0.05  # try: 0.01, 0.2
w = lasso(penalty)
ridge = torch.linalg.solve(x.T @ x / 442 + penalty * torch.eye(10), x.T @ y / 442)
for name, l1, l2 in zip(data.feature_names, w.tolist(), ridge.tolist(), strict=True):
    print(f"{name:3s}  L1 {l1:z6.3f}   L2 {l2:6.3f}")
assert (w == 0).any(), "L1 should leave a weight at exactly zero"
assert (ridge != 0).all(), "L2 should leave none"

# %% proof: three penalties against scikit-learn
from sklearn.linear_model import Lasso

for tried in (0.01, 0.05, 0.2):
    own = lasso(tried)
    other = Lasso(tried, tol=1e-10, max_iter=100000, random_state=0)
    other = torch.tensor(other.fit(x.numpy(), y.numpy()).coef_)
    gap = (own - other).abs().max().item()
    zeros = (own == 0).sum().item()
    print(f"penalty {tried:4.2f}: {zeros} of 10 are zero, off by {gap:.0e}")
    assert gap < 1e-6, f"should be scikit-learn's lasso, differs by {gap:.1e}"
    assert ((own == 0) == (other == 0)).all(), "the same weights should be zero"
    ridge = torch.linalg.solve(x.T @ x / 442 + tried * torch.eye(10), x.T @ y / 442)
    assert zeros > 0 and (ridge != 0).all(), f"zeros for L1 alone, {zeros}"
