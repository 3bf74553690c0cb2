"""Centering and normalizing cut the condition number, and with it the steps."""

import numpy as np
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True, scaled=False)  # (442, 10): years, mmHg, ...
y = (y - y.mean()) / y.std()  # a squared error of 1 is the whole variance
inputs = {"raw": x, "centered": x - x.mean(0)}
inputs["normalized"] = inputs["centered"] / x.std(0)
scale = 1.9  # try: 0.5, 2.1


def descend(data, scale, num_steps):
    """The condition number, and the variance left to explain after each step."""
    data = np.hstack([data, np.ones((len(data), 1))])  # (N, 11), the last for the bias
    hessian = data.T @ data / len(data)  # (11, 11), of half the mean squared error
    eigenvalues = np.linalg.eigvalsh(hessian)  # ascending
    lr = scale / eigenvalues[-1]  # from 2 on it diverges
    best = np.linalg.lstsq(data, y, rcond=None)[0]  # (11,)
    w, left = np.zeros(11), []
    for _ in range(num_steps):
        w = w - lr * hessian @ (w - best)  # along the gradient
        left.append((w - best) @ hessian @ (w - best))
    return eigenvalues[-1] / eigenvalues[0], np.array(left)


for name, data in inputs.items():
    condition, left = descend(data, scale, 3000)
    shown = f"left after 30 steps {left[29]:6.2g}, after 3,000 {left[-1]:.2g}"
    print(f"{name:10}: condition number {condition:.0e}, {shown}")
# region: the picture
import matplotlib.pyplot as plt

for (name, data), style in zip(inputs.items(), ["-", "--", ":"], strict=True):
    left = descend(data, scale, 3000)[1]
    plt.loglog(range(1, 3001), left, style, linewidth=2, label=name)
plt.ylim(1e-4, 5)
plt.xlabel("steps of gradient descent")
plt.ylabel("variance left to explain")
plt.legend(loc="lower left")
plt.gcf().set_size_inches(5.2, 3)
plt.show()
# endregion

# %% proof: three targets, two rates for each side, 20,000 steps
limit = 20_000
targets = 0.1, 0.01, 0.001
steps, condition = {}, {}
for name, data in inputs.items():
    for scale in (1.9, 1.5):
        condition[name], left = descend(data, scale, limit)
        for target in targets:
            reached = np.flatnonzero(left <= target)
            taken = int(reached[0]) + 1 if len(reached) else limit + 1
            steps[name, target] = min(taken, steps.get((name, target), taken))
for target in targets:
    counts = [steps[name, target] for name in inputs]
    shown = [f"over {limit:,}" if c > limit else f"{c:,}" for c in counts]
    print(f"steps to {target:5}: raw, centered, normalized {', '.join(shown)}")

mean, covariance = x.mean(0), np.cov(x.T, bias=True)
second_moment = x.T @ x / len(x)
top = np.linalg.eigvalsh(second_moment)[-1]
share = mean @ mean / top
print(f"the squared mean is {share:.0%} of the largest raw eigenvalue")
measured = {"share": share, "limit": limit}
measured |= {f"{name}_condition": value for name, value in condition.items()}
measured["rough"] = steps["centered", 0.1]
measured["good"] = steps["centered", 0.01] / steps["normalized", 0.01]
measured["normalized"] = steps["normalized", 0.001]
gap = np.abs(second_moment - covariance - np.outer(mean, mean)).max() / top
assert gap < 1e-12, f"the raw Hessian should be covariance + mean mean^T, off {gap:.0e}"
assert 0.9 < share < 1, f"the mean should make most of the eigenvalue, {share:.2f}"
for before, after in (("raw", "centered"), ("centered", "normalized")):
    fall = condition[before] / condition[after]
    assert fall > 100, f"{before} to {after} should fall over 100-fold, {fall:.0f}"
assert condition["normalized"] > 10, "correlations should be left, and they are not"
for target in targets:
    counts = [steps[name, target] for name in inputs]
    assert counts[2] < 300, f"normalized should reach {target} soon, {counts[2]}"
    assert counts[1] > 5 * counts[2], f"centered should take longer, {counts}"
raw = steps["raw", 0.1]
assert raw > 10 * measured["rough"], f"raw should take longer, {raw}"
missed = steps["raw", 0.01]
assert missed > limit, f"raw should miss a hundredth, it took {missed}"
assert measured["rough"] < 100, f"a rough fit should be soon done, {measured['rough']}"
assert measured["good"] > 1000, f"a good one should not, {measured['good']:.0f} times"
diverges = descend(inputs["normalized"], 2.1, 300)[1][-1]
assert diverges > 100, f"above 2 it should diverge, {diverges:.1e} are left"
