"""The gradient through BN, by hand in NumPy, equals autograd's in float64 to 1e-10, and it has lost two directions."""
import numpy as np
import torch

rng = np.random.default_rng(0)
n, channels, eps = 8, 16, 1e-5  # n values per channel; for images n = N·H·W
x = 2 + 3 * rng.standard_normal((n, channels))  # (n, C)
gamma, beta = rng.standard_normal(channels), rng.standard_normal(channels)
dy = rng.standard_normal((n, channels))  # gradient of the loss with respect to the output

# forward
mean, var = x.mean(0), x.var(0)  # (C,), the variance divided by n
inv_std = 1 / np.sqrt(var + eps)
x_hat = (x - mean) * inv_std
y = gamma * x_hat + beta

# backward
d_beta = dy.sum(0)
d_gamma = (dy * x_hat).sum(0)
dx = gamma * inv_std * (dy - d_beta / n - x_hat * d_gamma / n)

xt, gt, bt = (torch.tensor(a, requires_grad=True) for a in (x, gamma, beta))  # float64, as NumPy
yt = torch.nn.functional.batch_norm(xt, None, None, gt, bt, training=True, eps=eps)
yt.backward(torch.tensor(dy))
by_hand = {"y": y, "dx": dx, "d_gamma": d_gamma, "d_beta": d_beta}
for name, auto in (("y", yt.detach()), ("dx", xt.grad), ("d_gamma", gt.grad), ("d_beta", bt.grad)):
    error = np.abs(by_hand[name] - auto.numpy()).max()
    print(f"{name:8s} largest difference from torch {max(error, 1e-16):.0e}")
    assert error < 1e-10, f"{name} should equal torch to 1e-10, the difference is {error:.1e}"

# The usual mistake: mean and variance taken as constants, as they are in eval().
frozen = gamma * inv_std * dy
off = np.linalg.norm(frozen - dx) / np.linalg.norm(dx)
print(f"mean and variance taken as constants: relative error {off:.0%}")
assert off > 0.2, f"constants for mean and variance should give a wrong gradient, relative error {off:.2f}"

xe = torch.tensor(x, requires_grad=True)  # eval: the statistics ARE constants, and then the short form is right
ye = torch.nn.functional.batch_norm(xe, torch.tensor(mean), torch.tensor(var), gt, bt, training=False, eps=eps)
ye.backward(torch.tensor(dy))
assert np.allclose(xe.grad.numpy(), frozen, atol=1e-10), "in eval() the gradient should be gamma dy / sqrt(var + eps)"

shift = np.abs(dx.sum(0)).max()  # the gradient along "add a constant to the channel"
stretch = (dx * x_hat).sum(0)  # and along "stretch the channel", where eps leaves a little
left = d_gamma * gamma * inv_std * eps * inv_std**2
print(f"gradient along a shift: {shift:.0e}, along a stretch: {np.abs(stretch).max():.0e}")
assert shift < 1e-12, f"a shift of the channel changes nothing, its gradient is {shift:.1e}"
assert np.abs(stretch).max() < 1e-3, f"a stretch should change next to nothing, gradient {np.abs(stretch).max():.1e}"
assert np.allclose(stretch, left, atol=1e-12), "along a stretch only what eps leaves should remain"
