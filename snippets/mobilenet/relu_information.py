"""ReLU after a random map to few dimensions destroys parts of a curve; after one to many dimensions it destroys none."""
import math

import matplotlib.pyplot as plt
import numpy as np

t = np.linspace(0.2, 1, 400)
spiral = np.stack([t * np.cos(6 * np.pi * t), t * np.sin(6 * np.pi * t)])  # (2, 400): points in the plane
draws, dimensions = 1000, (2, 3, 5, 15, 30)


def through_relu(n, rng):
    T = rng.standard_normal((n, 2))
    x = np.maximum(T @ spiral, 0)  # (n, 400)
    lost = (x > 0).sum(0) < 2  # fewer than two active outputs cannot hold a point of the plane
    return np.linalg.pinv(T) @ x, lost  # back into the plane, as if there had been no ReLU


shares, pictures = {}, {}
for n in dimensions:
    rng = np.random.default_rng(n * 1000)
    runs = [through_relu(n, rng) for _ in range(draws)]
    shares[n] = np.mean([lost.mean() for _, lost in runs])
    pictures[n] = min(runs, key=lambda run: abs(run[1].mean() - shares[n]))  # the most typical one
    expected = (n + 1) / 2**n
    print(f"n = {n:2d}: {shares[n]:6.2%} of the points lost with ReLU, expected {expected:6.2%}, none without")
    assert abs(shares[n] - expected) < 0.04, f"n = {n}: (n + 1) / 2ⁿ = {expected:.3f} should be lost, is {shares[n]:.3f}"
    T = np.random.default_rng(n * 1000).standard_normal((n, 2))
    gap = np.abs(np.linalg.pinv(T) @ (T @ spiral) - spiral).max()
    assert gap < 1e-9, f"n = {n}: without ReLU the spiral should come back, gap {gap:.1e}"
assert shares[2] > 0.7 and shares[15] < 0.01, f"2 dimensions should lose most, 15 hardly any: {shares}"
assert list(shares.values()) == sorted(shares.values(), reverse=True), f"more dimensions should lose less: {shares}"

rng = np.random.default_rng(1)  # what "lost" means: there is a direction in which the point moves and its image does not
T = rng.standard_normal((5, 2))
for point in spiral.T:
    active = T * (T @ point > 0)[:, None]  # rows of inactive outputs are zero
    direction = np.linalg.svd(active).Vh[-1]  # the one that the active outputs see least
    step = np.maximum(T @ (point + 1e-9 * direction), 0) - np.maximum(T @ point, 0)
    stuck = np.abs(step).max() < 1e-14
    assert stuck == ((T @ point > 0).sum() < 2), "a point should be lost if fewer than two outputs are active"

share = {n: sum(math.comb(n, k) for k in range(24)) / 2**n for n in (24, 144)}  # the same for 24 dimensions
print(f"24 dimensions through ReLU: {share[24]:.5%} lost in 24 channels, {share[144]:.0e} in 6 times as many")
assert share[24] > 0.9999 and share[144] < 1e-15, f"24 channels should lose nearly all, 144 nothing: {share}"

fig, axes = plt.subplots(1, 6, figsize=(7, 1.7))
axes[0].plot(*spiral, ".", markersize=2)
axes[0].set_title("input")
for ax, n in zip(axes[1:], dimensions, strict=True):
    y, lost = pictures[n]
    ax.plot(*y[:, ~lost], ".", markersize=2)
    ax.plot(*y[:, lost], "x", markersize=3)
    ax.set_title(f"n = {n}")
for ax in axes:
    ax.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
plt.show()
