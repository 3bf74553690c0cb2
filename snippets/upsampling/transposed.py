"""A transposed convolution is the gradient of a convolution for its input; NumPy gives torch's in 312 settings."""
import itertools

import numpy as np
import torch
from torch.nn import functional

rng = np.random.default_rng(0)
torch.manual_seed(0)


def conv_transpose(x, w, S, P, D, extra):
    """Each input pixel paints the filter, times its value, S pixels from its neighbour's; where they overlap they add."""
    (N, _, H, W), (_, K, F, _) = x.shape, w.shape  # w: (C, K, F, F), the input's channels first
    span = D * (F - 1) + 1
    y = np.zeros((N, K, (H - 1) * S + span + extra, (W - 1) * S + span + extra))
    for i, j in np.ndindex(H, W):
        y[:, :, i * S:i * S + span:D, j * S:j * S + span:D] += np.einsum("nc,ckuv->nkuv", x[:, :, i, j], w)
    return y[:, :, P:y.shape[2] - P, P:y.shape[3] - P]  # padding takes away where conv2d adds


worst, settings, undone = 0.0, 0, 0
for H, F, S, P, D in itertools.product((2, 3, 4, 6), (2, 3, 4), (1, 2, 3), (0, 1), (1, 2)):
    for extra in range(max(S, D)):  # torch wants output_padding below the stride or the dilation
        x, w = rng.normal(size=(2, 3, H, H + 1)), rng.normal(size=(3, 2, F, F))  # float64
        tx, tw, options = torch.tensor(x), torch.tensor(w), {"stride": S, "padding": P, "dilation": D}
        expected = functional.conv_transpose2d(tx, tw, output_padding=extra, **options)
        ours = conv_transpose(x, w, S, P, D, extra)
        size = (H - 1) * S - 2 * P + D * (F - 1) + 1 + extra
        assert expected.shape[2] == size, f"output size should be {size}, is {expected.shape[2]}"
        assert ours.shape == expected.shape, f"shape should be {tuple(expected.shape)}, is {ours.shape}"
        worst, settings = max(worst, np.abs(ours - expected.numpy()).max()), settings + 1

        image = torch.zeros(expected.shape, dtype=torch.float64, requires_grad=True)
        y = functional.conv2d(image, tw, **options)  # the convolution with the same weights goes the other way
        assert (y.shape[2:] == tx.shape[2:]) == (extra < S), "sizes below output_padding = S should shrink to the input's"
        if extra < S:
            gradient, = torch.autograd.grad(y, image, grad_outputs=tx)
            worst, undone = max(worst, np.abs(ours - gradient.numpy()).max()), undone + 1
print(f"{settings} settings, NumPy and conv_transpose2d equal to rounding: {worst < 1e-12}")
print(f"{undone} of them also equal the gradient of conv2d for its input")
assert settings == 312 and undone == 288, f"should have swept 312 settings, 288 with a partner, had {settings}, {undone}"
assert worst < 1e-12, f"all three should agree to rounding in float64, differ by {worst:.1e}"

torch.manual_seed(0)
shrink = torch.nn.Conv2d(1, 1, 3, stride=2, padding=1)
for n, extra in ((7, 0), (8, 1)):
    small = shrink(torch.zeros(1, 1, n, n))
    back = torch.nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=extra)(small)
    print(f"{n}x{n} shrinks to {small.shape[2]}x{small.shape[3]}, back to {n}x{n} with output_padding={extra}")
    assert small.shape[2] == 4 and back.shape[2] == n, f"should go {n}, 4, {n}: {small.shape[2]}, {back.shape[2]}"
