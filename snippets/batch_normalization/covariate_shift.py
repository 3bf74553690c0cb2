"""Where only inputs shift, a too simple model fails; importance weights repair it."""

import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)


def draw(mean, std, count):
    """Inputs move with mean and std; the law of y given x is the same for all."""
    x = rng.normal(mean, std, count)
    return x, x**3 - x + rng.normal(0, 0.3, count)


def density(x, mean, std):
    """Of the normal distribution, up to a constant factor."""
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / std


degree = 1  # try: 2, 3
train_x, train_y = draw(0.5, 0.5, 3000)
test_x, test_y = draw(0.0, 0.3, 3000)
weight = density(train_x, 0.0, 0.3) / density(train_x, 0.5, 0.5)

plain = np.polyfit(train_x, train_y, degree)
# polyfit squares its weights.
weighted = np.polyfit(train_x, train_y, degree, w=np.sqrt(weight))
for name, fit in {"unweighted": plain, "weighted": weighted}.items():
    error = np.mean((np.polyval(fit, test_x) - test_y) ** 2)
    print(f"degree {degree}, {name}: mean squared error on test inputs {error:.3f}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3.6))
axis.plot(train_x[:150], train_y[:150], "o", color="gray", ms=4, label="training")
axis.plot(test_x[:150], test_y[:150], "C1x", markersize=5, label="test")
grid = np.linspace(-0.9, 1.6, 100)
axis.plot(grid, np.polyval(plain, grid), "C0--", label="fit, unweighted")
axis.plot(grid, np.polyval(weighted, grid), "C5-", label="fit, weighted")
axis.set_ylim(-1.4, 2.7)
axis.set_xlabel("x")
axis.set_ylabel("y")
axis.legend(loc="upper left", fontsize=9)
plt.show()
# endregion

# %% proof: 12 seeds, held against the best possible fits and the derived slopes
assert degree == 1, f"the written degree should be 1, is {degree}"
least = 0.3**2  # the variance of the noise: no fit can have a smaller error
found = {name: [] for name in ("plain", "weighted", "ideal", "cubic")}
slopes = {"plain": [], "weighted": []}
for seed in range(0, 1200, 100):
    rng = np.random.default_rng(seed)
    train_x, train_y = draw(0.5, 0.5, 3000)
    test_x, test_y = draw(0.0, 0.3, 3000)
    weight = density(train_x, 0.0, 0.3) / density(train_x, 0.5, 0.5)
    fits = {
        "plain": np.polyfit(train_x, train_y, 1),
        "weighted": np.polyfit(train_x, train_y, 1, w=np.sqrt(weight)),
        "ideal": np.polyfit(test_x, test_y, 1),  # a line fitted to test data
        "cubic": np.polyfit(train_x, train_y, 3),
    }
    fresh_x, fresh_y = draw(0.0, 0.3, 20000)
    for name, fit in fits.items():
        found[name].append(np.mean((np.polyval(fit, fresh_x) - fresh_y) ** 2))
    for name, slope in slopes.items():
        slope.append(fits[name][0])
    centre = np.average(train_x, weights=weight)
    spread = np.average((train_x - centre) ** 2, weights=weight) ** 0.5
    assert abs(centre) < 0.05, f"the weights should move the mean to 0, is {centre:.2f}"
    assert abs(spread - 0.3) < 0.05, f"and the spread to 0.3, is {spread:.2f}"
measured = {f"{name}_error": np.mean(errors) for name, errors in found.items()}
for name in found:
    print(
        f"{name:9s} mean squared error on test inputs {measured[name + '_error']:.3f}"
    )
plain, weighted = np.array(found["plain"]), np.array(found["weighted"])
ideal, cubic = np.array(found["ideal"]), np.array(found["cubic"])
assert (plain > 2.4 * ideal).all(), f"the plain line should fail, {plain.min():.3f}"
assert (weighted < 1.1 * ideal).all(), f"weights should repair it, {weighted.max():.3f}"
assert (cubic < 1.05 * least).all(), f"a cubic should need none, {cubic.max():.3f}"
# The best line's slope for normal inputs is the mean of the curve's slope, 3x² - 1.
for name, mean, std in (("plain", 0.5, 0.5), ("weighted", 0.0, 0.3)):
    slope, best = np.mean(slopes[name]), 3 * (mean**2 + std**2) - 1
    assert abs(slope - best) < 0.06, f"{name}: slope {slope:.2f}, should be {best:.2f}"
