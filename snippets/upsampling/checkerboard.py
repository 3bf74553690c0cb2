"""Equal weights make a checkerboard exactly where the stride does not divide the filter; resizing first never does."""
import itertools

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image
from torch.nn import functional

torch.manual_seed(0)


def transposed(x, w, S):
    return functional.conv_transpose2d(x, w, stride=S)


def resized(x, w, S):
    return functional.conv2d(functional.interpolate(x, scale_factor=S, mode="nearest"), w)


def unevenness(y):
    """How much a picture varies away from its border, relative to its size."""
    y = y[..., 8:-8, 8:-8]
    return (y.std() / y.square().mean().sqrt()).item()


flat = torch.ones(1, 1, 16, 16, dtype=torch.float64)  # a picture without any pattern
settings = [(F, S) for F, S in itertools.product(range(2, 9), (2, 3, 4)) if F >= S]  # with F < S pixels stay empty
for F, S in settings:
    ones = torch.ones(1, 1, F, F, dtype=torch.float64)
    y = transposed(flat, ones, S)
    assert (unevenness(y) < 1e-12) == (F % S == 0), f"F = {F}, S = {S}: should be even only if S divides F"
    inner, few, many = y[..., 8:-8, 8:-8], F // S, -(-F // S)  # how many filters meet at a pixel of a line
    assert inner.min() == few**2 and inner.max() == many**2, f"F = {F}, S = {S}: {few}² to {many}² inputs should meet"
    assert unevenness(resized(flat, ones, S)) < 1e-12, f"F = {F}, S = {S}: nearest, then convolution, should stay flat"
print(f"equal weights, {len(settings)} settings: even exactly where S divides F")

compared = ((transposed, 3), (transposed, 4), (resized, 3))
for method, F in compared:  # 100 draws of torch's initial weights
    draws = [unevenness(method(flat, torch.nn.Conv2d(1, 1, F).weight.double(), 2)) for _ in range(100)]
    mean = sum(draws) / 100
    print(f"random weights, stride 2, {method.__name__:10s} {F}x{F}: unevenness {mean:.2f} on average over 100 draws")
    right = max(draws) < 1e-12 if method is resized else mean > 0.5
    assert right, f"random weights should leave a pattern, even if S divides F, unless resized first; mean {mean:.2f}"

photo = torch.tensor(load_sample_image("flower.jpg"), dtype=torch.float64).mean(2)[60:380, 160:480] / 255
small = functional.avg_pool2d(photo[None, None], 8)  # (1, 1, 40, 40)
fig, axes = plt.subplots(1, 4, figsize=(7, 2))
axes[0].imshow(small[0, 0])
axes[0].set_title("input", fontsize="small")
for ax, (method, F) in zip(axes[1:], compared, strict=True):
    y = method(small, torch.ones(1, 1, F, F, dtype=torch.float64), 2)
    means = [y[..., 8 + i:-8, 8 + j:-8][..., ::2, ::2].mean().item() for i in (0, 1) for j in (0, 1)]
    ratio = max(means) / min(means)  # every second pixel of a row or column, against those between
    print(f"photo, stride 2, {method.__name__:10s} {F}x{F}: brightest quarter of the pixels {ratio:.2f} times the darkest")
    uneven = (method, F) == (transposed, 3)  # where 4 inputs meet it is 4 times as bright as where 1 does
    assert 3.5 < ratio < 4.5 if uneven else ratio < 1.1, f"only 3x3 should show a grid, {F}x{F} has {ratio:.2f}"
    ax.imshow(y[0, 0])
    ax.set_title(f"{method.__name__}, {F}x{F}", fontsize="small")
for ax in axes:
    ax.axis("off")
plt.show()
