"""Pooling slides a maximum or a mean over each channel: sizes and values equal torch's in several hundred settings."""
import itertools

import numpy as np
import torch
from torch import nn


def pool(x, size, stride, padding, ceil_mode, reduce, fill):
    """Pool x (N, C, H, W) with the function `reduce`, the border filled with `fill`."""
    height, width = x.shape[2:]
    rounding = np.ceil if ceil_mode else np.floor
    rows, columns = (int(rounding((n + 2 * padding - size) / stride)) + 1 for n in (height, width))
    rows -= (rows - 1) * stride >= height + padding  # a window must start in the image or in the left padding
    columns -= (columns - 1) * stride >= width + padding
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding + stride), (padding, padding + stride)), constant_values=fill)
    y = np.empty((*x.shape[:2], rows, columns), dtype=x.dtype)  # (N, C, H', W')
    for i, j in itertools.product(range(rows), range(columns)):
        y[..., i, j] = reduce(x[..., i * stride:i * stride + size, j * stride:j * stride + size], axis=(2, 3))
    return y


rng, settings, means = np.random.default_rng(0), 0, 0
for n, size, stride, ceil_mode in itertools.product(range(5, 14), range(1, 5), range(1, 5), (False, True)):
    for padding in range(size // 2 + 1):  # torch allows half a window at most
        x = rng.standard_normal((2, 3, n, n + 1)).astype("float32")  # (N, C, H, W)
        by_torch = nn.MaxPool2d(size, stride, padding, ceil_mode=ceil_mode)(torch.tensor(x)).numpy()
        by_hand = pool(x, size, stride, padding, ceil_mode, np.max, -np.inf)  # -inf: padding never wins
        assert by_hand.shape == by_torch.shape, f"the size should be {by_torch.shape}, was {by_hand.shape}"
        assert np.array_equal(by_hand, by_torch), f"max: {n, size, stride, padding, ceil_mode} should equal torch"
        if not ceil_mode:
            by_torch = nn.AvgPool2d(size, stride, padding)(torch.tensor(x)).numpy()
            by_hand = pool(x, size, stride, padding, ceil_mode, np.mean, 0)  # the padded zeros count in the mean
            assert np.allclose(by_hand, by_torch, atol=1e-6), f"mean: {n, size, stride, padding} should equal torch"
            means += 1
        settings += 1
sizes = [pool(x[..., :8, :7], 2, 2, 0, ceil_mode, np.max, -np.inf).shape for ceil_mode in (False, True)]
ones = nn.AvgPool2d(3, 2, 1)(torch.ones(1, 1, 8, 8))[0, 0]  # the mean of a constant image, with padded zeros
print(f"maximum: {settings} settings equal torch exactly; mean: {means} settings, to rounding")
print(f"8 x 7 pixels, 2x2 windows: {sizes[0][2]} x {sizes[0][3]}, with ceil_mode {sizes[1][2]} x {sizes[1][3]}")
print(f"mean over 3x3 windows of an image of ones with padding 1: corner {ones[0, 0]:.3f}, centre {ones[1, 1]:.3f}")
assert (settings, means) == (576, 288), f"there should be 576 and 288 settings, were {settings, means}"
assert sizes == [(2, 3, 4, 3), (2, 3, 4, 4)], f"7 pixels should give 3, with ceil_mode 4, sizes were {sizes}"
assert abs(ones[0, 0] - 4 / 9) < 1e-6 and ones[1, 1] == 1, f"padded zeros should lower the corner to 4/9, {ones}"
