"""Pooling replaces each window by its maximum or its mean, and has no weights."""

import numpy as np

x = np.array([[1, 3, 2, 0], [5, 2, 1, 4], [0, 2, 6, 1], [3, 1, 2, 8]])  # (H, W)
size = 2  # the side of the window
stride = 2  # try: 1, 3


def pool(x, reduce):
    """Slide a window over x (H, W) and reduce each of its places to one number."""
    rows = range(0, x.shape[0] - size + 1, stride)
    columns = range(0, x.shape[1] - size + 1, stride)
    y = np.empty((len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            y[i, j] = reduce(x[top : top + size, left : left + size])
    return y


print(f"input\n{x}")
print(f"maxima\n{pool(x, np.max)}")
print(f"means\n{pool(x, np.mean)}")

# %% proof: equal to PyTorch in each of 576 settings, with padding and ceil_mode
import itertools

import torch
from torch import nn


def places(n, size, stride, padding, ceil_mode):
    """Where the windows start, on an axis of n pixels that begins at -padding."""
    room = n + 2 * padding - size
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    starts = [k * stride - padding for k in range(count)]
    return [start for start in starts if start < n]  # or it would hold padding alone


def pool_all(x, size, stride, padding, ceil_mode, kind):
    """Pool x (N, C, H, W) as nn.MaxPool2d or nn.AvgPool2d do."""
    height, width = x.shape[2:]
    rows = places(height, size, stride, padding, ceil_mode)
    columns = places(width, size, stride, padding, ceil_mode)
    y = np.empty((*x.shape[:2], len(rows), len(columns)), x.dtype)
    for (i, top), (j, left) in itertools.product(enumerate(rows), enumerate(columns)):
        inside = x[..., max(top, 0) : top + size, max(left, 0) : left + size]
        if kind == "max":
            y[..., i, j] = inside.max((2, 3))
        else:  # padded zeros count, what ceil_mode adds beyond them does not
            high = min(top + size, height + padding) - top
            wide = min(left + size, width + padding) - left
            y[..., i, j] = inside.sum((2, 3)) / (high * wide)
    return y


rng, settings = np.random.default_rng(0), 0
sweep = itertools.product(range(5, 14), range(1, 5), range(1, 5), (False, True))
for n, side, step, ceil_mode in sweep:
    for padding in range(side // 2 + 1):  # PyTorch allows half a window at most
        z = rng.standard_normal((2, 3, n, n + 1)).astype("float32")  # (N, C, H, W)
        arguments = side, step, padding
        for kind, layer in (("max", nn.MaxPool2d), ("mean", nn.AvgPool2d)):
            by_torch = layer(*arguments, ceil_mode=ceil_mode)(torch.tensor(z)).numpy()
            by_hand = pool_all(z, *arguments, ceil_mode, kind)
            where = f"{kind}, {n} pixels, {arguments}, ceil_mode={ceil_mode}"
            assert by_hand.shape == by_torch.shape, f"{where}: {by_torch.shape}"
            assert np.allclose(by_hand, by_torch, atol=1e-6), f"{where}: should equal"
        settings += 1
seven = torch.zeros(1, 1, 7, 7)
sizes = [nn.MaxPool2d(2, ceil_mode=c)(seven).shape[-1] for c in (False, True)]
corner = nn.AvgPool2d(3, 2, 1)(torch.ones(1, 1, 8, 8))[0, 0, 0, 0].item()
print(f"maximum and mean equal PyTorch's in {settings} settings each")
print(f"7 pixels, windows of 2: {sizes[0]} outputs, with ceil_mode {sizes[1]}")
print(f"the mean at the corner of an image of ones, padding 1: {corner:.3f}")
measured = {"settings": settings, "corner": corner}
assert settings == 576, f"there should be 576 settings, were {settings}"
assert sizes == [3, 4], f"7 pixels should give 3, with ceil_mode 4, gave {sizes}"
assert abs(corner - 4 / 9) < 1e-6, f"the corner should be 4/9, was {corner:.3f}"
assert pool(x, np.max).tolist() == [[5, 4], [3, 8]], f"maxima: {pool(x, np.max)}"
assert pool(x, np.mean).tolist() == [[2.75, 1.75], [1.5, 4.25]], "means by hand"
