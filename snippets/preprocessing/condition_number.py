"""Centering and normalizing cut the condition number of a least-squares fit, and with it the steps to a good one."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True, scaled=False)  # (442, 10) in years, mmHg, mg/dl, ...; (442,)
y = (y - y.mean()) / y.std()  # so that a squared error of 1 is the whole variance
mean, std = x.mean(0), x.std(0)
inputs = {"raw": x, "centered": x - mean, "normalized": (x - mean) / std}
limit, targets = 20_000, (0.1, 0.01, 0.001)  # variance left to explain, compared with the best fit
condition, steps = {}, {}
print("           condition number" + "".join(f"{f'to {t}':>12s}" for t in targets) + "  (steps)")

for (name, data), style in zip(inputs.items(), ["-", "--", ":"]):
    a = np.hstack([data, np.ones((len(x), 1))])  # (N, 11), the last column is for the bias
    hessian = a.T @ a / len(a)  # (11, 11), the same at every weight vector
    eigenvalues = np.linalg.eigvalsh(hessian)  # ascending
    condition[name] = eigenvalues[-1] / eigenvalues[0]
    best = np.linalg.lstsq(a, y, rcond=None)[0]
    for scale in (1.9, 1.5):  # the learning rate, tuned for each; above 2 / largest eigenvalue it diverges
        error, excess = -best, [1.0]  # all weights start at zero
        while excess[-1] > targets[-1] and len(excess) <= limit:
            error = error - scale / eigenvalues[-1] * (hessian @ error)  # hessian @ error is the gradient
            excess.append(error @ hessian @ error)
        for target in targets:
            taken = next((step for step, left in enumerate(excess) if left <= target), limit + 1)
            steps[name, target] = min(taken, steps.get((name, target), taken))
        if scale == 1.9:
            plt.loglog(range(1, len(excess)), excess[1:], style, label=name)
    counts = [f"over {limit}" if steps[name, t] > limit else f"{steps[name, t]}" for t in targets]
    print(f"{name:10s} {condition[name]:16.1e}" + "".join(f"{count:>12s}" for count in counts))

second_moment, covariance = x.T @ x / len(x), np.cov(x.T, bias=True)
top_raw, top_centered = np.linalg.eigvalsh(second_moment)[-1], np.linalg.eigvalsh(covariance)[-1]
print(f"largest eigenvalue: raw {top_raw:.0f} (squared mean alone {mean @ mean:.0f}), centered {top_centered:.0f}")
plt.xlabel("steps of gradient descent")
plt.ylabel("variance left to explain")
plt.legend()
plt.show()

assert np.allclose(second_moment, covariance + np.outer(mean, mean)), "the raw Hessian is not covariance + mean mean^T"
assert mean @ mean > 0.9 * top_raw, "the squared mean should be over nine tenths of the largest raw eigenvalue"
for before, after in (("raw", "centered"), ("centered", "normalized")):
    drop = condition[before] / condition[after]
    assert drop > 100, f"{before} to {after}: the condition number should fall over 100-fold, it fell {drop:.0f}-fold"
for t in targets:
    raw, centered, normalized = (steps[name, t] for name in inputs)
    assert raw > limit and normalized < 300, f"to {t}: raw {raw} steps, normalized {normalized}"
    assert centered > 5 * normalized, f"to {t}: normalizing should save four steps in five, {centered}, {normalized}"
assert steps["centered", 0.1] < 100, f"centered, a rough fit should take under 100 steps, {steps['centered', 0.1]}"
assert steps["centered", 0.01] > 1000 * steps["normalized", 0.01], f"a good one should take 1,000 times more, {steps}"
