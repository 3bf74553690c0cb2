"""Max unpooling in NumPy equals torch's in 288 settings: each maximum goes back to its place, zeros fill the rest."""
import itertools

import numpy as np
import torch
from torch.nn import functional

rng = np.random.default_rng(0)


def max_pool(x, F, S, P):
    """The maxima and where they were, as an index into the flattened picture."""
    H, W = x.shape
    y = np.empty(((H + 2 * P - F) // S + 1, (W + 2 * P - F) // S + 1))
    where = np.empty(y.shape, int)
    for i, j in np.ndindex(y.shape):
        top, left = max(i * S - P, 0), max(j * S - P, 0)  # padding never holds the maximum
        window = x[top:i * S - P + F, left:j * S - P + F]
        u, v = np.unravel_index(window.argmax(), window.shape)
        y[i, j], where[i, j] = window[u, v], (top + u) * W + left + v
    return y, where


def unpool(y, where, shape):
    x = np.zeros(shape)
    x.flat[where] = y
    return x


settings, shared = 0, 0
for H, W, F, S, P in itertools.product((5, 6, 8, 9), (5, 7, 10), (2, 3, 4), (1, 2, 3, 4), (0, 1)):
    x = rng.normal(size=(H, W))
    tx = torch.tensor(x, requires_grad=True)
    y, where = max_pool(x, F, S, P)
    ty, index = functional.max_pool2d(tx[None], F, S, P, return_indices=True)
    assert np.array_equal(y, ty[0].detach()) and np.array_equal(where, index[0]), "maxima and places should be torch's"
    ours = unpool(y, where, (H, W))
    theirs = functional.max_unpool2d(ty, index, F, S, P, output_size=(H, W))[0].detach()
    assert np.array_equal(ours, theirs), f"unpooling should equal max_unpool2d, settings {H, W, F, S, P}"
    kept = ours != 0
    assert np.array_equal(ours[kept], x[kept]), "every value that is not zero should be the input's own"
    gradient, = torch.autograd.grad(ty, tx, grad_outputs=ty.detach())
    windows = np.bincount(where.ravel(), minlength=H * W).reshape(H, W)  # for how many a pixel is the maximum
    assert np.allclose(gradient, ours * windows, rtol=1e-12), "pooling's gradient adds, unpooling puts a value once"
    assert windows.max() == 1 or S < F, "without overlap each window should keep a value of its own"
    shared += windows.max() > 1
    settings += 1
print(f"{settings} settings equal to max_unpool2d, to the last bit")
print(f"in {settings - shared} of them also to the gradient of max_pool2d, in {shared} windows share a maximum")
assert settings - shared >= 144, f"half of the settings have no overlap, {settings - shared} equal the gradient"
assert shared > 30, f"with overlap windows should share maxima and the gradient be larger, did in {shared} settings"
assert settings == 288, f"the sweep should have 4·3·3·4·2 = 288 settings, had {settings}"

x = torch.zeros(1, 5, 5)
x[0, [0, 0, 2, 2], [0, 2, 0, 2]] = torch.tensor([1.0, 2, 3, 4])  # the four maxima, each at its window's first pixel
y, index = functional.max_pool2d(x, 2, return_indices=True)
default, right = functional.max_unpool2d(y, index, 2), functional.max_unpool2d(y, index, 2, output_size=(5, 5))
for row in range(2, 4):
    print(f"row {row}: input", x[0, row].int().tolist(), "  unpooled to 4x4", default[0, row].int().tolist())
assert torch.equal(right, x), "with output_size the maxima should come back to their places"
assert default[0, 2:].tolist() == [[0, 0, 3, 0], [4, 0, 0, 0]], "in 4x4 an index that counts rows of 5 should go astray"
