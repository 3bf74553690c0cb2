"""When only the distribution of the inputs shifts, a too simple model fails on them; importance weights repair it."""
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)
noise_std = 0.3


def draw(mean, std, n):
    """Inputs from a normal distribution; the law y given x is the same for every input distribution."""
    x = rng.normal(mean, std, n)
    return x, x**3 - x + rng.normal(0, noise_std, n)


def density(x, mean, std):
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / std


def fit(x, y, degree, weight):
    return np.polyfit(x, y, degree, w=np.sqrt(weight))  # polyfit squares its weights


train_x, train_y = draw(0.5, 0.5, 4000)
test_x, test_y = draw(0.0, 0.3, 4000)  # only p(x) differs
weight = density(train_x, 0.0, 0.3) / density(train_x, 0.5, 0.5)  # p_test(x) / p_train(x), up to a constant
ones = np.ones_like(train_x)
fits = {
    "line, unweighted": fit(train_x, train_y, 1, ones),
    "line, weighted": fit(train_x, train_y, 1, weight),
    "line fitted to test data": fit(test_x, test_y, 1, np.ones_like(test_x)),
    "cubic, unweighted": fit(train_x, train_y, 3, ones),
}
fresh_x, fresh_y = draw(0.0, 0.3, 20000)
error = {name: np.mean((np.polyval(c, fresh_x) - fresh_y) ** 2) for name, c in fits.items()}
for name, value in error.items():
    print(f"{name:<26} slope at 0 {fits[name][-2]:5.2f}   mean squared error on test inputs {value:.3f}")
print(f"{'variance of the noise, the least possible error:':<73} {noise_std**2:.3f}")

figure, axis = plt.subplots(figsize=(6, 3.8))
axis.plot(train_x[:150], train_y[:150], "o", color="gray", alpha=0.5, markersize=4, label="training examples")
axis.plot(test_x[:150], test_y[:150], "C1x", alpha=0.8, markersize=5, label="test examples")
grid = np.linspace(-0.9, 1.6, 100)
axis.plot(grid, np.polyval(fits["line, unweighted"], grid), "C0--", label="line, unweighted")
axis.plot(grid, np.polyval(fits["line, weighted"], grid), "C5-", label="line, weighted by p_test / p_train")
axis.set_ylim(-1.4, 2.7)
axis.set_xlabel("x")
axis.set_ylabel("y")
axis.legend(loc="upper left", fontsize=9)
plt.show()

plain, weighted, ideal, cubic = error.values()
assert plain > 2 * ideal, f"the unweighted line should fail on the test inputs: {plain:.2f} against {ideal:.2f}"
assert weighted < 1.25 * ideal, f"the weighted line should do as well as one fitted there: {weighted:.3f}, {ideal:.3f}"
assert cubic < 1.1 * noise_std**2, f"a cubic contains the law and should need no weights, its error is {cubic:.3f}"
for name, mean, std in (("line, unweighted", 0.5, 0.5), ("line, weighted", 0.0, 0.3)):
    best = 3 * (mean**2 + std**2) - 1  # slope of the best line for normal inputs: the mean of the curve's slope
    assert abs(fits[name][0] - best) < 0.15, f"{name}: the slope should be {best:.2f}, is {fits[name][0]:.2f}"
centre = np.average(train_x, weights=weight)
spread = np.average((train_x - centre) ** 2, weights=weight) ** 0.5
assert abs(centre) < 0.05, f"the weights should move the inputs' mean from 0.5 to 0, it is {centre:.2f}"
assert abs(spread - 0.3) < 0.03, f"and their standard deviation from 0.5 to 0.3, it is {spread:.2f}"
