"""Winograd's F(2x2, 3x3) equals conv2d and takes 16 multiplications where the direct sum takes 36."""
import itertools

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.default_rng(0)
B = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])  # for the 4 inputs of a line
G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])  # for its 3 weights
A = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])  # for its 2 outputs
products = 0


def multiply(weights, windows):
    """Each filter with each window, summed over the channels; counts the products of data with weights."""
    global products
    pairs = weights[None, :, :, None, None] * windows[:, None]  # (N, K, C, rows, columns, ., .)
    products += pairs.size
    return pairs.sum(2)


def winograd(x, w, P=0):
    h, k = x.shape[2] + 2 * P - 2, x.shape[3] + 2 * P - 2  # output height and width
    x = np.pad(x, ((0, 0), (0, 0), (P, P + h % 2), (P, P + k % 2)))  # an odd output gets a spare line, cut at the end
    tiles = sliding_window_view(x, (4, 4), axis=(2, 3))[:, :, ::2, ::2]  # (N, C, rows, columns, 4, 4), overlap of 2
    m = multiply(G @ w @ G.T, B @ tiles @ B.T)  # (N, K, rows, columns, 4, 4); the filter is transformed only once
    y = A @ m @ A.T  # (N, K, rows, columns, 2, 2)
    y = y.swapaxes(3, 4).reshape(*y.shape[:2], 2 * y.shape[2], 2 * y.shape[3])
    return y[:, :, :h, :k]


worst, settings = 0.0, 0
for H, W, C, K, P, N in itertools.product((3, 4, 5, 8, 9), (4, 7, 10), (1, 3), (1, 2), (0, 1, 2), (1, 2)):
    x, w = rng.normal(size=(N, C, H, W)), rng.normal(size=(K, C, 3, 3))  # float64
    expected = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), padding=P).numpy()
    ours = winograd(x, w, P)
    assert ours.shape == expected.shape, f"shape should be {expected.shape}, is {ours.shape}"
    worst, settings = max(worst, np.abs(ours - expected).max()), settings + 1
print(f"{settings} settings equal to conv2d to rounding: {worst < 1e-12}")
assert settings == 360 and worst < 1e-12, f"{settings} settings should agree in float64, differ by {worst:.1e}"

for H, C, K in ((4, 1, 1), (58, 16, 8), (9, 16, 8)):
    x, w, count = rng.normal(size=(1, C, H, H)), rng.normal(size=(K, C, 3, 3)), []
    for method in (lambda: multiply(w, sliding_window_view(x, (3, 3), axis=(2, 3))), lambda: winograd(x, w)):
        products = 0
        method()
        count.append(products)
    print(f"output {H - 2}x{H - 2}, {C} to {K} channels: multiplications {count[0]:9,d} direct, {count[1]:9,d} Winograd")
    assert count[0] / count[1] == (2.25 if H % 2 == 0 else 9 * 49 / (16 * 16)), f"counts should be 36 to 16, are {count}"
additions = [8 * (np.abs(B).sum() - 4), 6 * (np.abs(A).sum() - 2)]  # 4 + 4 lines through B, 4 + 2 lines through A
print(f"additions a tile: {additions[0]} for the input, {additions[1]} for the output")
assert additions == [32, 24], f"the transforms should take 32 and 24 additions, take {additions}"
assert {*B.flat, *A.flat} == {-1, 0, 1}, "the transforms of input and output should need no multiplication"
