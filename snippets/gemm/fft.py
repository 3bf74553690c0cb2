"""A product of Fourier transforms is a circular convolution; with enough zeros around it, it is conv2d."""
import itertools

import numpy as np
import torch

rng = np.random.default_rng(0)
multiplications = 0


def fft(a):
    """Radix 2 along the last axis, whose length is a power of two."""
    global multiplications
    n = a.shape[-1]
    if n == 1:
        return a
    even, odd = fft(a[..., ::2]), np.exp(-2j * np.pi * np.arange(n // 2) / n) * fft(a[..., 1::2])
    multiplications += odd.size
    return np.concatenate((even + odd, even - odd), axis=-1)


def fft2(a):
    return fft(fft(a).swapaxes(-1, -2)).swapaxes(-1, -2)


def circular(x, w, n):
    """Circular convolution of all images with all filters on an n x n grid, summed over the channels."""
    grid = [np.zeros((*a.shape[:2], n, n)) for a in (x, w)]
    for g, a in zip(grid, (x, w), strict=True):
        g[..., :a.shape[2], :a.shape[3]] = a
    y = np.einsum("ncab,kcab->nkab", fft2(grid[0]), fft2(grid[1]))
    return fft2(y.conj()).conj().real / n**2  # the inverse is a forward transform between two conjugations


worst, settings = 0.0, 0
for H, F, S, P, D, C in itertools.product((6, 7, 9), (1, 2, 3), (1, 2, 3), (0, 1, 2), (1, 2), (1, 3)):
    x, w = rng.normal(size=(2, C, H, H)), rng.normal(size=(2, C, F, F))
    xp, span = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P))), D * (F - 1) + 1
    spread = np.zeros((2, C, span, span))
    spread[..., ::D, ::D] = w[..., ::-1, ::-1]  # turned by 180°, since conv2d does not flip and this does
    y = circular(xp, spread, 16)[..., span - 1:H + 2 * P:S, span - 1:H + 2 * P:S]  # a stride only throws away
    expected = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), stride=S, padding=P, dilation=D).numpy()
    assert y.shape == expected.shape, f"shape should be {expected.shape}, is {y.shape}"
    worst, settings = max(worst, np.abs(y - expected).max()), settings + 1
print(f"{settings} settings equal to conv2d to rounding: {worst < 1e-12}")
assert settings == 324 and worst < 1e-12, f"{settings} settings should agree in float64, differ by {worst:.1e}"

x, w = rng.normal(size=(1, 1, 16, 16)), rng.normal(size=(1, 1, 5, 5))
multiplications = 0
wrapped, padded = circular(x, w, 16)[0, 0], circular(x, w, 32)[0, 0, :16, :16]
wrong = np.abs(wrapped - padded) > 1e-12
print(f"16x16 image, 5x5 filter, grid of 16: {wrong.sum()} of 256 outputs wrap around the border")
assert wrong.sum() == 256 - 12**2 and wrong[:4].all() and wrong[:, :4].all(), "the first F - 1 rows and columns wrap"
count = 3 * sum(n**2 * np.log2(n) for n in (16, 32))  # three transforms of each size, 2n lines of n/2 · log2(n)
assert multiplications == count, f"n² log2(n) complex products a transform, {count:.0f}; had {multiplications}"
