"""Max pooling sends each gradient to the recorded index; an equality mask feeds every tied maximum."""

import itertools

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import avg_pool2d, max_pool2d, relu


def backward(x, dy, size, stride, how):
    """Return the gradient for x (N, C, H, W) from dy (N, C, H', W')."""
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = (
            slice(i * stride, i * stride + size),
            slice(j * stride, j * stride + size),
        )
        window, gradient = (
            x[n, c, rows, columns],
            dx[n, c, rows, columns],
        )  # `gradient` is a view into dx
        if how == "index":
            gradient[np.unravel_index(window.argmax(), window.shape)] += dy[
                n, c, i, j
            ]  # the first maximum alone
        elif how == "mask":
            gradient += (window == window.max()) * dy[
                n, c, i, j
            ]  # every tied maximum gets all of it
        else:
            gradient += dy[n, c, i, j] / size**2
    return dx


def by_torch(pool, x, dy, size, stride):
    x = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(pool(x, size, stride), x, torch.tensor(dy))[0].numpy()


rng, count = np.random.default_rng(0), 0
for size, stride, side in itertools.product((2, 3), (1, 2, 3), (5, 6, 7, 8)):
    x = rng.integers(0, 4, (2, 2, side, side)).astype(float)  # many ties
    dy = rng.standard_normal(
        (2, 2, (side - size) // stride + 1, (side - size) // stride + 1)
    )
    for pool, how in ((max_pool2d, "index"), (avg_pool2d, "average")):
        assert np.allclose(
            backward(x, dy, size, stride, how), by_torch(pool, x, dy, size, stride)
        ), f"{how} should equal autograd for {size, stride, side}"
        count += 1
print(f"{count} settings with ties: index and average equal autograd")

tie, one = np.array([[[[3.0, 3], [1, 3]]]]), np.ones((1, 1, 1, 1))
tied = {how: backward(tie, one, 2, 2, how) for how in ("index", "mask")}
tied["torch"] = by_torch(max_pool2d, tie, one, 2, 2)
for how, gradient in tied.items():
    shares = "  ".join(f"{g:.0f}" for g in gradient.flat)
    print(f"window 3 3 1 3, gradient by {how:5s}  {shares}   sum {gradient.sum():.0f}")

x = load_digits().images[:50, None] / 16  # (50, 1, 8, 8), 17 grey levels
ones = np.ones((50, 1, 4, 4))
sent = backward(x, ones, 2, 2, "mask").sum() / ones.sum()
print(
    f"50 scanned digits, 2x2 windows: the mask hands out {sent:.2f} times the gradient that came in"
)
a = relu(
    torch.tensor(x) - 0.5
).numpy()  # behind a ReLU most ties are at 0, where the slope of ReLU is 0
after_relu = [
    (backward(a, ones, 2, 2, how) * (a > 0)).sum() / ones.sum()
    for how in ("index", "mask")
]
print(f"the same behind a ReLU:         {after_relu[1] / after_relu[0]:.2f} times")

assert np.array_equal(tied["index"], tied["torch"]) and tied[
    "torch"
].ravel().tolist() == [1, 0, 0, 0], f"{tied}"
assert tied["mask"].ravel().tolist() == [1, 1, 0, 1], (
    f"the mask should triple the gradient, was {tied['mask']}"
)
even = backward(tie, one, 2, 2, "average")
assert (even == 0.25).all(), (
    f"average pooling should give a quarter to each of four, gave {even}"
)
assert count == 48, f"there should be 48 settings, were {count}"
kept = after_relu[1] / after_relu[0]
assert 1.9 < sent < 2.1, (
    f"on these scans the mask should send about twice the gradient, sent {sent:.2f}"
)
assert 1.2 < kept < 1.35, f"behind a ReLU fewer ties should count, factor {kept:.2f}"
