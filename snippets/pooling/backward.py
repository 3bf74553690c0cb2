"""Max pooling sends each gradient to one index; an equality mask repeats it at ties."""

import torch

how = "index"  # try: "mask", "mean"
x = torch.tensor([[3.0, 3, 0, 1], [1, 3, 2, 0], [1, 1, 5, 4], [0, 2, 6, 6]])  # (H, W)
dy = torch.tensor([[1.0, 10], [100, 1000]])  # what comes back to each window's output


def share(window):
    """How a window hands out a gradient of 1."""
    if how == "mean":
        return torch.full_like(window, 1 / window.numel())
    if how == "mask":
        return (window == window.max()).float()  # each of the tied maxima gets all
    one = torch.zeros_like(window)
    one.view(-1)[window.argmax()] = 1  # the first maximum alone
    return one


dx = torch.zeros_like(x)
for i in range(2):
    for j in range(2):
        place = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
        dx[place] += share(x[place]) * dy[i, j]
print(f"gradient by {how}:\n{dx}")
print(f"came in {dy.sum():.0f}, handed out {dx.sum():.0f}")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(4.8, 2), width_ratios=(4, 2, 4))
for ax, grid, title in zip(
    axes, (x, dy, dx), ("input", "back", "gradient"), strict=True
):
    side = len(grid)
    for i in range(side):
        for j in range(side):
            window = (2 * i // side + 2 * j // side) % 2
            box = plt.Rectangle((j, -i), 0.92, 0.92, color=f"C{window}", alpha=0.25)
            ax.add_patch(box)
            text = f"{grid[i, j]:g}"
            at = (j + 0.46, 0.46 - i)
            ax.text(*at, text, ha="center", va="center", fontsize=9)
            inside = box.get_bbox().contains(*at)
            assert inside, f"{text} should stand in its box of column {j}, row {i}"
    tops = sorted({patch.get_y() for patch in ax.patches})
    assert tops == [-i for i in reversed(range(side))], f"rows of boxes: {tops}"
    colours = [patch.get_facecolor()[:3] for patch in ax.patches]
    corner = colours[0], colours[side // 2 - 1], colours[side // 2], colours[-1]
    assert corner[0] == corner[1] == corner[3] != corner[2], "like a chessboard"
    ax.set(xlim=(-0.05, side), ylim=(0.95 - side, 1), title=title, aspect="equal")
    ax.axis("off")
plt.show()
# endregion

# %% proof: 24 settings with ties, digits, photographs of clothes, and PyTorch's ways
import itertools

from torch.nn.functional import avg_pool2d, max_pool2d

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


def backward(x, dy, size, stride, how):
    """The gradient for x (N, C, H, W) from dy, by the index or by the mean."""
    dx = torch.zeros_like(x)
    for n, c, i, j in itertools.product(*map(range, dy.shape)):
        top, left = i * stride, j * stride
        rows, columns = slice(top, top + size), slice(left, left + size)
        window, gradient = x[n, c, rows, columns], dx[n, c, rows, columns]
        if how == "index":
            at = divmod(window.argmax().item(), size)
            gradient[at] += dy[n, c, i, j]
        else:
            gradient += dy[n, c, i, j] / size**2
    return dx


def by_torch(function, x, dy):
    """The gradient of a function at x, by autograd."""
    x = x.clone().requires_grad_(True)
    return torch.autograd.grad(function(x), x, dy)[0]


torch.manual_seed(0)
count = 0
for size, stride, side in itertools.product((2, 3), (1, 2, 3), (5, 6, 7, 8)):
    z = torch.randint(0, 4, (2, 2, side, side)).double()  # many ties
    for pool, kind in ((max_pool2d, "index"), (avg_pool2d, "mean")):
        dz = torch.randn_like(pool(z, size, stride))
        hand = backward(z, dz, size, stride, kind)
        auto = by_torch(lambda x, p=pool: p(x, size, stride), z, dz)
        assert torch.allclose(hand, auto), f"{kind} should equal, {size, stride, side}"
    count += 1


def factor(x):
    """How many times the gradient the mask hands out: the maxima per 2x2 window."""
    windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)  # (N, C, H/2, W/2, 4)
    tied = windows == windows.amax(4, keepdim=True)
    return tied.sum(4).float().mean().item(), tied, windows


raw = images[:200]
clothes = read("t10k", 200)[0]
measured = {"digits": factor(raw)[0], "clothes": factor(clothes)[0]}
relu = torch.relu(raw)  # behind a ReLU ties at 0 pass nothing on
_, tied, windows = factor(relu)
alive = (windows.amax(4) > 0).float().sum()  # windows whose gradient goes on
measured["relu"] = ((tied & (windows > 0)).sum() / alive).item()
tie = torch.tensor([[[[3.0, 3], [1, 3]]]])
ways = {
    "max_pool2d": lambda x: max_pool2d(x, 2).sum(),
    "x.amax()": lambda x: x.amax(),
    "x.max()": lambda x: x.max(),
    "x.max(dim)": lambda x: x.flatten().max(0).values,
}
one = torch.tensor(1.0)
got = {name: by_torch(way, tie, one).flatten().tolist() for name, way in ways.items()}
print(f"by index and by mean equal to autograd in {count} settings with ties")
print(f"the mask hands out, 200 digits: {measured['digits']:.2f} times")
print(f"             behind a ReLU: {measured['relu']:.2f} times what goes on")
print(f"             200 photographs of clothes: {measured['clothes']:.2f} times")
for name, gradient in got.items():
    print(f"window 3 3 1 3 by {name:10s} " + "  ".join(f"{g:.2f}" for g in gradient))
assert count == 24, f"there should be 24 settings, were {count}"
assert dx[:2, :2].flatten().tolist() == [1, 0, 0, 0], f"the first maximum alone, {dx}"
assert dx.sum() == dy.sum() == 1111, f"by the index nothing should be added, {dx}"
auto = by_torch(lambda x: max_pool2d(x, 2), x[None, None], dy[None, None])
assert torch.equal(auto[0, 0], dx), f"PyTorch should route as the index does, {auto}"
assert measured["digits"] > 1.5, f"on scans the mask should add much, {measured}"
assert measured["clothes"] > 1.5, f"on photographs too, {measured}"
flat = (factor(clothes)[1].sum(4) == 4).float().mean().item()
assert flat > 1 / 3, f"over a third of the windows should be flat, {flat:.2f}"
assert 1 < measured["relu"] < measured["digits"] - 0.3, f"less after ReLU, {measured}"
for name in ("max_pool2d", "x.max(dim)"):
    assert got[name] == [1, 0, 0, 0], f"{name} should take the first, {got[name]}"
for name in ("x.amax()", "x.max()"):
    even = torch.allclose(torch.tensor(got[name]), torch.tensor([1.0, 1, 0, 1]) / 3)
    assert even, f"{name} should share evenly, {got[name]}"
