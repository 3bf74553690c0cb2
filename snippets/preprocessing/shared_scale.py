"""Pixels of photographs share one scale; columns with mixed units do not."""

import torch
from sklearn.datasets import load_breast_cancer, load_sample_image, load_wine

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
# region: patches of two photographs
seed = 0
photos = [torch.tensor(load_sample_image(f"{n}.jpg")) for n in ("china", "flower")]
generator = torch.Generator().manual_seed(seed)
rows = torch.randint(0, 420, (2000,), generator=generator).tolist()
columns = torch.randint(0, 633, (2000,), generator=generator).tolist()
patches = [
    photos[i % 2][r : r + 8, c : c + 8].flatten()
    for i, (r, c) in enumerate(zip(rows, columns, strict=True))
]
patches = torch.stack(patches).double()  # (2000, 192)


# endregion
def condition(x):
    """The condition number of the covariance: the steepest over the flattest."""
    eigenvalues = torch.linalg.eigvalsh(torch.cov(x.T))  # ascending
    return (eigenvalues[-1] / eigenvalues[0]).item()


tables = {  # one row an example, one column a feature
    "photo patches": patches,
    "digits": images.flatten(1).double(),
    "wine": torch.tensor(load_wine().data),
    "breast cancer": torch.tensor(load_breast_cancer().data),
}
ratio, gain = {}, {}
for name, x in tables.items():
    x = x[:, x.std(0) > 0]  # three pixels of the digits are always blank
    std = x.std(0)  # (features,)
    ratio[name] = (std.max() / std.min()).item()
    gain[name] = condition(x) / condition(x / std)
    spread = f"spreads differ by a factor of {ratio[name]:7,.1f}"
    print(f"{name:13}: {spread}, scaling gains {gain[name]:11,.1f}")
# region: the picture
import matplotlib.pyplot as plt

for k, (name, x) in enumerate(tables.items()):
    std = x.std(0)
    std = std[std > 0].sort(descending=True).values
    at = torch.linspace(0, 100, len(std))
    color = ("C0", "C1", "C2", "C5")[k]
    plt.semilogy(at, std / std.max(), "os^v"[k] + "-", color=color, ms=4, label=name)
plt.xlabel("features, sorted by their spread (percent)")
plt.ylabel("standard deviation\n(largest of the table = 1)")
plt.legend(fontsize=9)
plt.gcf().set_size_inches(5.4, 3.2)
plt.show()
# endregion

# %% proof: one factor for all pixels, and what a blank border does
one_factor = condition(patches / patches.std()) / condition(patches)
train_x, _, test_x, _ = split(seed, 500)
train_x, test_x = train_x.flatten(1), test_x.flatten(1)
mean, std = train_x.mean(0), train_x.std(0)
live = std > 0
border = ((test_x - mean)[:, live] / std[live]).abs().max().item()
shared = ((test_x - mean) / train_x.std()).abs().max().item()
print(f"one factor for all pixels: condition number times {one_factor:.4f}")
print(f"largest test value, a deviation per pixel: {border:.0f}", end=", ")
print(f"one for all: {shared:.1f}")
measured = {"photos": ratio["photo patches"], "photos_gain": gain["photo patches"]}
measured |= {"wine": ratio["wine"], "cancer": ratio["breast cancer"]}
measured |= {"digits": ratio["digits"], "border": border, "shared": shared}
assert ratio["photo patches"] < 2, f"photographs: under twofold, {ratio}"
assert 0.5 < gain["photo patches"] < 2, f"scaling should change little there, {gain}"
for name in ("wine", "breast cancer"):
    assert ratio[name] > 1000, f"{name}: over a thousandfold, {ratio[name]:.0f}"
    assert gain[name] > 1000, f"{name}: scaling should gain as much, {gain[name]:.0f}"
assert abs(one_factor - 1) < 1e-6, f"one factor should change nothing, {one_factor}"
assert 2 < ratio["digits"] < 1000, f"digits: in between, {ratio['digits']:.0f}"
assert border > 2 * shared, f"a quiet border should be blown up, {border}, {shared}"
