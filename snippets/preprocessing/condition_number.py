"""Centering and normalizing cut the condition number of a least-squares fit, and with it the steps to a good one."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True, scaled=False)  # (442, 10) in years, mmHg, mg/dl, ...; (442,)
y = (y - y.mean()) / y.std()  # so that an error of 1 is the whole variance
mean, std = x.mean(0), x.std(0)
inputs = {"raw": x, "centered": x - mean, "normalized": (x - mean) / std}
limit, target = 20_000, 0.02
condition, steps = {}, {}

for (name, data), style in zip(inputs.items(), ["-", "--", ":"]):
    a = np.hstack([data, np.ones((len(x), 1))])  # (N, 11), the last column is for the bias
    hessian = a.T @ a / len(a)  # (11, 11), the same at every weight vector
    eigenvalues = np.linalg.eigvalsh(hessian)  # ascending
    condition[name] = eigenvalues[-1] / eigenvalues[0]
    best = np.linalg.lstsq(a, y, rcond=None)[0]
    steps[name], curve = limit + 1, []
    for scale in (1.9, 1.5, 1.0):  # the learning rate, tuned for each; from 2 / largest eigenvalue on it diverges
        error = -best  # all weights start at zero
        excess = []  # unexplained variance above the best fit's, after each step
        while (not excess or excess[-1] > target) and len(excess) < limit:
            error = error - scale / eigenvalues[-1] * (hessian @ error)  # hessian @ error is the gradient
            excess.append(error @ hessian @ error)
        taken = len(excess) if excess[-1] <= target else limit + 1
        if taken < steps[name] or not curve:
            steps[name], curve = taken, excess
    plt.loglog(range(1, len(curve) + 1), curve, style, marker="o" if len(curve) < 20 else None, label=name)
    shown = f"over {limit}" if steps[name] > limit else f"{steps[name]}"
    print(f"{name:10s}: condition number {condition[name]:.1e}, {shown:>10s} steps to within {target} of the best fit")

second_moment, covariance = x.T @ x / len(x), np.cov(x.T, bias=True)
top_raw, top_centered = np.linalg.eigvalsh(second_moment)[-1], np.linalg.eigvalsh(covariance)[-1]
print(f"largest eigenvalue: raw {top_raw:.0f} (squared mean alone {mean @ mean:.0f}), centered {top_centered:.0f}")
plt.axhline(target, color="gray", linewidth=0.8)
plt.xlabel("steps of gradient descent")
plt.ylabel("explainable variance still missing")
plt.legend()
plt.show()

assert np.allclose(second_moment, covariance + np.outer(mean, mean)), "the raw Hessian is not covariance + mean mean^T"
assert mean @ mean > 0.9 * top_raw, "the squared mean should be over nine tenths of the largest raw eigenvalue"
for before, after in (("raw", "centered"), ("centered", "normalized")):
    drop = condition[before] / condition[after]
    assert drop > 100, f"{before} to {after}: the condition number should fall over 100-fold, it fell {drop:.0f}-fold"
assert steps["raw"] > limit, f"raw, gradient descent should not arrive in {limit} steps, it took {steps['raw']}"
assert steps["centered"] < limit, f"centered, it should arrive in under {limit} steps, it took {steps['centered']}"
assert steps["normalized"] < 50, f"normalized, it should arrive in under 50 steps, it took {steps['normalized']}"
assert steps["centered"] > 20 * steps["normalized"], f"normalizing should save 19 steps in 20, {steps}"
