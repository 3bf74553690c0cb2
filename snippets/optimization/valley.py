"""In a narrow valley gradient descent zigzags, in steps that grow with its shape."""

import numpy as np

k = 30  # try: 3, 100
# The loss (a^2 + k b^2) / 2: flat along a, and k times as curved along b.
curvature = np.array([1.0, k])  # (2,)
lr = 2 / (1 + k)  # the best constant rate
w = np.array([1.0, 0.3])  # (2,), the weights a and b
path = [w]
while np.linalg.norm(w) > 0.001:
    w = w - lr * curvature * w
    path.append(w)
print(f"condition number {k}: {len(path) - 1} steps until 0.001 is left")
# region: the picture
import matplotlib.pyplot as plt

path = np.array(path)  # (steps + 1, 2)
a, b = np.meshgrid(np.linspace(-0.2, 1.1, 80), np.linspace(-0.36, 0.36, 80))
levels = 0.5 * np.array([0.03, 0.1, 0.25, 0.5, 1.0, 2.0])
plt.contour(a, b, (a**2 + k * b**2) / 2, levels, colors="gray", linewidths=0.5)
plt.plot(*path.T, ".-", lw=1)
plt.plot(0, 0, "*", color="C1", ms=12)
plt.gca().set(xlabel="a, the flat direction", ylabel="b, the steep direction")
plt.gcf().set_size_inches(4.6, 2.6)
plt.show()
# endregion
assert (path[1:, 1] * path[:-1, 1] < 0).all(), "each step should cross the valley"

# %% proof: condition numbers of 10 to 1,000, and those of photographs
import torch

# region: Fashion-MNIST
import gzip
from pathlib import Path

import numpy as np

places = [Path("data/fashion-mnist"), Path("/usr/share/datasets/fashion-mnist")]
folder = next((place for place in places if place.exists()), None)
if not folder:
    raise FileNotFoundError("install dataset-fashion-mnist, or run `make data`")


def read(part, count):
    """The first images of a part, (N, 1, 28, 28), and their classes, (N,)."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    x = torch.tensor(pixels.reshape(-1, 1, 28, 28), dtype=torch.float32)
    return (x / 255 - 0.286) / 0.353, torch.tensor(classes, dtype=torch.int64)


# endregion


def steps(k, lr):
    """Steps until less than 0.001 is left of the distance from (1, 1)."""
    w, count = np.array([1.0, 1.0]), 0
    while np.linalg.norm(w) > 0.001:
        w, count = w - lr * np.array([1.0, k]) * w, count + 1
    return count


conditions = np.array([10, 30, 100, 300, 1000])
needed = [steps(k, 2 / (1 + k)) for k in conditions]
slope = np.polyfit(np.log(conditions), np.log(needed), 1)[0]
print("condition number  " + "  ".join(f"{k:5d}" for k in conditions))
print("steps             " + "  ".join(f"{n:5d}" for n in needed))
print(f"slope on log axes {slope:.2f}")
predicted = np.log(1e-3 / 2**0.5) / np.log((conditions - 1) / (conditions + 1))
assert np.allclose(needed, predicted, atol=1.5), f"{needed} should be {predicted}"
assert 0.9 < slope < 1.1, f"steps should grow in proportion, slope {slope:.2f}"
slower = steps(100, 1 / 101) / steps(100, 2 / 101)
assert 1.8 < slower < 2.2, f"half the best rate should cost twice the steps, {slower}"

# Linear regression on pixels has the Hessian X'X / N.
x = read("train", 5000)[0].flatten(1).double()  # (5000, 784)
x = x * 0.353 + 0.286  # as pixels from 0 to 1
spread = {}
for name, inputs in (("raw", x), ("centred", x - x.mean(0))):
    eigenvalues = torch.linalg.eigvalsh(inputs.T @ inputs / len(x))
    spread[name] = (eigenvalues[-1] / eigenvalues.median()).item()
    print(f"Fashion-MNIST, {name}: largest eigenvalue {spread[name]:,.0f} medians")
assert spread["raw"] > 1000, f"photographs should make a narrow valley, {spread}"
assert spread["centred"] < spread["raw"] / 2, f"centring should widen it, {spread}"
measured = {"slope": slope, "at_30": len(path) - 1, **spread}
