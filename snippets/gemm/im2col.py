"""Unrolled into columns, convolution is one matrix product; the copy takes F² times the input's memory."""
import itertools

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.default_rng(0)


def im2col(x, F, S, P, D):
    """One column per output position: the C·F·F input values that the filter meets there."""
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))  # (N, C, H + 2P, W + 2P)
    span = D * (F - 1) + 1
    windows = sliding_window_view(xp, (span, span), axis=(2, 3))[:, :, ::S, ::S, ::D, ::D]  # a view: nothing copied
    N, C, H_out, W_out = windows.shape[:4]
    columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * F * F, H_out * W_out)  # here the copy is made
    return columns, (H_out, W_out)


def conv_as_gemm(x, w, b, S, P, D):
    columns, size = im2col(x, w.shape[2], S, P, D)
    y = w.reshape(len(w), -1) @ columns + b[:, None]  # (K, C·F·F) @ (N, C·F·F, positions)
    return y.reshape(len(x), len(w), *size), columns


worst, settings = 0.0, 0
for H, C, F, S, P, D in itertools.product((6, 7, 9), (1, 3), (1, 2, 3), (1, 2, 3), (0, 1, 2), (1, 2)):
    x, w, b = rng.normal(size=(2, C, H, H + 2)), rng.normal(size=(4, C, F, F)), rng.normal(size=4)  # float64
    ours, columns = conv_as_gemm(x, w, b, S, P, D)
    tx, tw, tb = map(torch.tensor, (x, w, b))
    expected = torch.nn.functional.conv2d(tx, tw, tb, stride=S, padding=P, dilation=D)
    unfold = torch.nn.functional.unfold(tx, F, dilation=D, padding=P, stride=S)
    assert ours.shape == expected.shape, f"shape should be {tuple(expected.shape)}, is {ours.shape}"
    assert np.array_equal(columns, unfold), "the columns should be those of torch.nn.functional.unfold"
    worst, settings = max(worst, np.abs(ours - expected.numpy()).max()), settings + 1
print(f"{settings} settings, product and conv2d equal to rounding: {worst < 1e-12}")
assert settings == 324, f"the sweep should have 3·2·3·3·3·2 = 324 settings, had {settings}"
assert worst < 1e-12, f"the product should equal conv2d to rounding in float64, differs by {worst:.1e}"

x = rng.normal(size=(1, 64, 56, 56)).astype(np.float32)  # a layer of VGG's size
print(f"input 64x56x56: {x.nbytes / 2**20:.2f} MiB in float32")
for F, S in ((1, 1), (3, 1), (3, 2), (5, 1), (7, 1)):
    columns, _ = im2col(x, F, S, F // 2, 1)
    ratio = columns.nbytes / x.nbytes
    print(f"columns for {F}x{F}, stride {S}: {columns.nbytes / 2**20:6.2f} MiB = {ratio:5.2f} times the input")
    assert ratio == F * F / S**2, f"columns should take F²/S² = {F * F / S**2} times the input, take {ratio}"
