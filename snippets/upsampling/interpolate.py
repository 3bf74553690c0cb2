"""Nearest and bilinear upsampling in NumPy equal torch's interpolate for all sizes from 1 to 20 pixels."""
import itertools

import numpy as np
import torch
from torch.nn import functional

rng = np.random.default_rng(0)


def nearest(n, m):
    """The (m, n) matrix that stretches a line of n pixels to m: each output copies one input."""
    return np.eye(n)[np.arange(m) * n // m]


def linear(n, m, align_corners):
    """Each output mixes the two inputs beside its position, the nearer one with more weight."""
    i = np.arange(m)
    if align_corners:  # the first and the last pixels' centres lie on each other
        at = i * (n - 1) / max(m - 1, 1)
    else:  # the pictures' edges lie on each other; outside the first and last centre the value stays
        at = np.clip((i + 0.5) * n / m - 0.5, 0, n - 1)
    low = np.floor(at).astype(int)
    high, t = np.minimum(low + 1, n - 1), (at - low)[:, None]
    return (1 - t) * np.eye(n)[low] + t * np.eye(n)[high]


worst, settings = 0.0, 0
for n, m in itertools.product(range(1, 21), range(1, 21)):
    height, width = n, 21 - n
    out = (m, 2 * m)
    x = rng.normal(size=(height, width))  # float64
    tx = torch.tensor(x)[None, None]
    ours = nearest(height, out[0]) @ x @ nearest(width, out[1]).T  # rows, then columns
    assert np.array_equal(ours, functional.interpolate(tx, out, mode="nearest")[0, 0]), "nearest should equal torch's"
    for corners in (False, True):
        ours = linear(height, out[0], corners) @ x @ linear(width, out[1], corners).T
        theirs = functional.interpolate(tx, out, mode="bilinear", align_corners=corners)[0, 0].numpy()
        worst = max(worst, np.abs(ours - theirs).max())
    settings += 3
print(f"{settings} settings equal to interpolate to rounding: {worst < 1e-12}")
assert settings == 1200 and worst < 1e-12, f"{settings} settings should agree in float64, differ by {worst:.1e}"

ramp = np.arange(4.0)
for name, matrix in (("nearest", nearest(4, 8)), ("bilinear", linear(4, 8, False)), ("align_corners", linear(4, 8, True))):
    print(f"0 1 2 3 to 8 pixels, {name:13s}:", " ".join(f"{v:.2f}" for v in matrix @ ramp))
steps = np.diff(linear(4, 8, True) @ ramp)
assert np.allclose(steps, 3 / 7), f"with align_corners a ramp should stay one, 3/7 a pixel, steps {steps}"
assert (linear(4, 8, False) @ ramp)[[0, 1, -1]].tolist() == [0, 0.25, 3], "without it the ends of the ramp should go flat"

x = torch.tensor(rng.normal(size=(1, 1, 6, 6)))
w = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=torch.float64)
painted = functional.conv_transpose2d(x, torch.outer(w, w)[None, None], stride=2, padding=1)
gap = (painted - functional.interpolate(x, scale_factor=2, mode="bilinear"))[..., 1:-1, 1:-1].abs().max().item()
assert gap < 1e-12, f"inside, bilinear should be a 4x4 transposed convolution with fixed weights, gap {gap:.1e}"
