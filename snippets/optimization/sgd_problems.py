"""Plain SGD needs steps in proportion to the condition number, lingers at a saddle, and hovers at a noise floor."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits


def descend(gradient, w, lr, num_steps):
    path = [np.array(w, dtype=float)]
    for _ in range(num_steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)  # (steps + 1, 2)


# 1. An ill-conditioned valley: loss = (a^2 + k b^2) / 2, at the best constant rate 2 / (1 + k).
conditions, needed = np.array([10, 30, 100, 300, 1000]), []
for k in conditions:
    path = descend(lambda w, k=k: w * [1, k], [1, 1], 2 / (1 + k), 10 * k)
    needed.append(np.argmax(np.linalg.norm(path, axis=1) < 1e-3))
slope = np.polyfit(np.log(conditions), np.log(needed), 1)[0]
print("condition number  " + "  ".join(f"{k:5d}" for k in conditions))
print("steps             " + "  ".join(f"{n:5d}" for n in needed) + f"   slope on log axes {slope:.2f}")
zigzag = descend(lambda w: w * [1, 30], [1, 0.3], 1.9 / 30, 60)

# 2. A saddle: loss = a^2 / 2 - b^2 / 2 + b^4 / 4 is flat at the origin and has its minima at b = 1 and b = -1.
starts, escape = np.array([1e-1, 1e-3, 1e-5, 1e-7]), []
for b in starts:
    saddle = descend(lambda w: np.array([w[0], w[1] ** 3 - w[1]]), [1, b], 0.1, 400)
    escape.append(np.argmax(saddle[:, 1] > 0.5))
print("steps to leave a saddle, started beside it by", ", ".join(f"{b:.0e}: {n}" for b, n in zip(starts, escape)))

# 3. Gradient noise: a line fitted to real data with batches of four.
digits = load_digits()
ink = digits.data.mean(1)
ink = (ink - ink.mean()) / ink.std()  # (1797,)
corner = (digits.data[:, 10] - digits.data[:, 10].mean()) / digits.data[:, 10].std()  # one pixel, to be predicted
rng = np.random.default_rng(0)
best = np.array([0.0, (ink * corner).mean()])  # least squares in closed form, since both are standardized
floors, noisy = {}, {}
for lr in (0.2, 0.05):
    def minibatch_gradient(w):
        i = rng.integers(len(ink), size=4)
        error = w[0] + w[1] * ink[i] - corner[i]
        return np.array([error.mean(), (error * ink[i]).mean()])
    noisy[lr] = descend(minibatch_gradient, [2, 2], lr, 12000)
    floors[lr] = ((noisy[lr][200:] - best) ** 2).sum(1).mean()  # the Hessian is the identity
    residual = best[0] + best[1] * ink - corner
    noise = (residual**2 * (1 + ink**2)).mean() / 4  # variance of a batch gradient at the minimum
    predicted = lr * noise / (2 - lr)  # where shrinking and noise balance
    assert 0.8 < floors[lr] / predicted < 1.7, f"the floor should be near {predicted:.3f}, it is {floors[lr]:.3f}"
    print(f"rate {lr:.2f}: mean squared distance from the minimum {floors[lr]:.3f}, predicted {predicted:.3f}")

fig, axes = plt.subplots(1, 3, figsize=(7, 2.8))
axes[0].plot(*zigzag.T, ".-", lw=1)
axes[1].plot(*descend(lambda w: np.array([w[0], w[1] ** 3 - w[1]]), [1, 1e-3], 0.1, 150).T, ".-", lw=1)
axes[2].plot(*noisy[0.2][:200].T, "-", color="C1", lw=1, label="rate 0.2")
axes[2].plot(*noisy[0.05][:200].T, "-", color="C0", lw=1.5, label="rate 0.05")
axes[2].plot(*best, "*", color="C5", ms=10)
axes[2].legend()
for ax, title in zip(axes, ["narrow valley", "saddle at (0, 0)", "gradient noise"]):
    ax.set(title=title, xlabel="first parameter")
axes[0].set_ylabel("second parameter")
plt.show()

predicted = np.log(1e-3 / 2**0.5) / np.log((conditions - 1) / (conditions + 1))
assert np.allclose(needed, predicted, atol=1.5), f"the steps should be {predicted.round()}, they were {needed}"
assert 0.9 < slope < 1.1, f"the steps should grow in proportion to the condition number, slope {slope:.2f}"
assert (zigzag[1:, 1] / zigzag[:-1, 1] < -0.85).all(), "in the narrow valley every step should cross to the other side"
assert abs(zigzag[-1, 1]) < 0.01, "and come down in the end"
assert all(40 < n < 60 for n in np.diff(escape)), f"100 times nearer should cost ln(100)/ln(1.1) = 48 steps, {escape}"
assert 3 < floors[0.2] / floors[0.05] < 7, "the noise floor should fall about in proportion to the rate"
