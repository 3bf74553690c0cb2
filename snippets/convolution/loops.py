"""Loops in NumPy give torch's conv2d and its gradients for 324 settings of stride, padding, dilation and groups."""
import itertools

import numpy as np
import torch

rng = np.random.default_rng(0)
worst, settings = 0.0, 0


def convolve(x, w, b, dy=None, S=1, P=0, D=1, G=1):
    """Without dy the output; with dy = ∂ℓ/∂y the gradients ∂ℓ/∂x, ∂ℓ/∂w, ∂ℓ/∂b."""
    (N, _, H, W), (K, per_group, F, _) = x.shape, w.shape  # K filters, each sees C/G channels
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))  # (N, C, H + 2P, W + 2P)
    span = D * (F - 1) + 1  # pixels from the filter's first tap to its last
    y = np.zeros((N, K, (H + 2 * P - span) // S + 1, (W + 2 * P - span) // S + 1))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for k, i, j in itertools.product(range(K), range(y.shape[2]), range(y.shape[3])):
        g = k // (K // G)  # the group of filter k decides which channels it sees
        see = np.s_[:, g * per_group:(g + 1) * per_group, i * S:i * S + span:D, j * S:j * S + span:D]
        if dy is None:
            y[:, k, i, j] = (xp[see] * w[k]).sum((1, 2, 3)) + b[k]
        else:  # y is linear in x and in w: each window gets w back, each weight its window
            dxp[see] += dy[:, k, i, j, None, None, None] * w[k]
            dw[k] += (dy[:, k, i, j, None, None, None] * xp[see]).sum(0)
    return y if dy is None else (dxp[:, :, P:P + H, P:P + W], dw, dy.sum((0, 2, 3)))


for H, F, S, P, D, G in itertools.product((5, 6, 8), (1, 2, 3), (1, 2, 3), (0, 1, 2), (1, 2), (1, 2)):
    x, b = rng.normal(size=(2, 4, H, H + 1)), rng.normal(size=4)  # float64: rounding cannot hide a mistake
    w = rng.normal(size=(4, 4 // G, F, F))
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    y = torch.nn.functional.conv2d(*tensors, stride=S, padding=P, dilation=D, groups=G)
    dy = rng.normal(size=y.shape)
    expected = [y, *torch.autograd.grad(y, tensors, torch.tensor(dy))]
    ours = [convolve(x, w, b, S=S, P=P, D=D, G=G), *convolve(x, w, b, dy, S, P, D, G)]
    for name, a, e in zip(("output", "∂ℓ/∂x", "∂ℓ/∂w", "∂ℓ/∂b"), ours, expected, strict=True):
        assert a.shape == e.shape, f"{name}: shape should be {tuple(e.shape)}, is {a.shape}"
        worst = max(worst, np.abs(a - e.detach().numpy()).max())
    settings += 1

print(f"{settings} settings, output and three gradients each; largest difference below 1e-12: {worst < 1e-12}")
assert settings == 324, f"the sweep should have 3·3·3·3·2·2 = 324 settings, had {settings}"
assert worst < 1e-12, f"loops and torch should agree to rounding in float64, differ by {worst:.1e}"
