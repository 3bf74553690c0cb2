"""Pixels of photographs share one scale, dividing each by its own changes little; columns with mixed units do not."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_sample_image, load_wine

seed = 0
rng = np.random.default_rng(seed)
photos = [load_sample_image(name).astype(float) for name in ("china.jpg", "flower.jpg")]  # each (427, 640, 3)
corners = zip(rng.integers(0, 420, 2000), rng.integers(0, 633, 2000))
patches = np.stack([photos[i % 2][r:r + 8, c:c + 8].ravel() for i, (r, c) in enumerate(corners)])  # (2000, 192)
tables = {"photo patches": patches, "digits": load_digits().data,  # one row an example, one column a feature
          "wine": load_wine().data, "breast cancer": load_breast_cancer().data}


def condition(x):  # of the covariance, which is the Hessian of least squares on centered inputs
    eigenvalues = np.linalg.eigvalsh(np.cov(x.T))
    return eigenvalues[-1] / eigenvalues[0]


ratio, gain = {}, {}
print("                  features   constant   spreads differ   condition number falls (factors)")
for (name, x), marker, color in zip(tables.items(), "os^v", ("C0", "C1", "C2", "C5")):
    std = x.std(0)
    constant = std == 0  # three border pixels of the digits are always blank
    x, std = x[:, ~constant], std[~constant]
    ratio[name] = std.max() / std.min()
    gain[name] = condition(x) / condition(x / std)
    print(f"{name:13s} {len(std):12d} {constant.sum():10d} {ratio[name]:15.1f} {gain[name]:31.1f}")
    percent = np.linspace(0, 100, len(std))
    plt.semilogy(percent, np.sort(std)[::-1] / std.max(), marker + "-", color=color, markersize=4, label=name)

by_one_number = condition(patches / patches.std()) / condition(patches)
print(f"one number for all pixels: condition number times {by_one_number:.3f}")

x = load_digits().data[rng.permutation(1797)]
train_x, test_x = x[:500], x[500:]
mean, std = train_x.mean(0), train_x.std(0)
live = std > 0
per_pixel = np.abs((test_x - mean)[:, live] / std[live]).max()
shared = np.abs((test_x - mean) / train_x.std()).max()
print(f"largest test value on digits: {per_pixel:.0f} with a deviation per pixel, {shared:.1f} with one for all")
plt.xlabel("features, sorted by spread (percent)")
plt.ylabel("standard deviation\n(largest of the table = 1)")
plt.legend()
plt.show()

assert ratio["photo patches"] < 2, f"pixels of photographs should differ under twofold, {ratio['photo patches']:.2f}"
assert 0.5 < gain["photo patches"] < 2, f"normalizing photographs should change little, {gain['photo patches']:.2f}"
for name in ("wine", "breast cancer"):
    assert ratio[name] > 1000, f"columns of {name} should differ over a thousandfold, {ratio[name]:.0f}"
    assert gain[name] > 1000, f"normalizing {name} should divide the condition number by over 1,000, {gain[name]:.0f}"
assert abs(by_one_number - 1) < 1e-3, f"one common factor should leave the condition number alone, {by_one_number:.4f}"
assert 50 < ratio["digits"] < 1000, f"the digits' quiet border should put them in between, {ratio['digits']:.0f}"
assert per_pixel > 12 and shared < 4, f"per-pixel division should blow up border pixels, {per_pixel:.0f}, {shared:.1f}"
