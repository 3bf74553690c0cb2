"""Kernels before batch norm may be scaled: same output, gradient divided."""

import torch
from torch import nn

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
a = 10.0  # try: 0.1, 1000.0
# region: 200 digits, kernels, and the layer behind them
torch.manual_seed(0)
x, y = images[:200].double(), labels[:200]
conv = nn.Conv2d(1, 16, 3, padding=1, bias=False).double()
head = nn.Linear(256, 10).double()
# endregion


def forward(weight, eps=1e-20):
    """The output of convolution and BN, and the loss."""
    z = nn.functional.conv2d(x, weight, padding=1)  # (N, 16, 8, 8)
    z = nn.functional.batch_norm(z, None, None, training=True, eps=eps)
    features = nn.functional.max_pool2d(z.relu(), 2).flatten(1)  # (N, 256)
    return z, nn.functional.cross_entropy(head(features), y)


w = conv.weight.detach().requires_grad_()
scaled = (a * conv.weight).detach().requires_grad_()
z, loss = forward(w)
scaled_z, scaled_loss = forward(scaled)
gradient = torch.autograd.grad(loss, w)[0]
scaled_gradient = torch.autograd.grad(scaled_loss, scaled)[0]
change = (scaled_z - z).abs().max().item()
print(f"kernels times {a:g}: outputs change by {change:.0e},", end=" ")
print(f"gradient times {scaled_gradient.norm() / gradient.norm():.3g}")
assert change < 1e-6, f"the output should not feel the scale, changed by {change:.1e}"
off = ((a * scaled_gradient - gradient).norm() / gradient.norm()).item()
assert off < 1e-6, f"the gradient should be divided by a, off by {off:.1e}"

# %% proof: factors from 0.001 to 1,000, PyTorch's eps, right angles
for a in (0.001, 0.1, 10.0, 1000.0):
    scaled = (a * w).detach().requires_grad_()
    scaled_z, scaled_loss = forward(scaled)
    scaled_gradient = torch.autograd.grad(scaled_loss, scaled)[0]
    assert (scaled_z - z).abs().max() < 1e-6, f"no change at a = {a:g}"
    off = ((a * scaled_gradient - gradient).norm() / gradient.norm()).item()
    assert off < 1e-6, f"the gradient should be divided by {a:g}, off by {off:.1e}"
    step, rate = a * (w - 0.1 * gradient), a**2 * 0.1
    same = torch.allclose(scaled - rate * scaled_gradient, step)
    assert same, f"at the rate times a², the step should be the same, a = {a:g}"
across = (gradient * w).sum((1, 2, 3)).abs().max().item()
lengths = gradient.flatten(1).norm(dim=1) * w.detach().flatten(1).norm(dim=1)
cosine = across / lengths.max().item()
assert cosine < 1e-9, f"gradient and filter should be at right angles, {cosine:.1e}"
felt = {}
for a in (0.001, 1000.0):
    plain = forward(w, eps=1e-5)[0]
    felt[a] = (forward(a * w, eps=1e-5)[0] - plain).abs().max().item()
    print(f"with PyTorch's eps, kernels times {a:g}: outputs change by {felt[a]:.4f}")
measured = {"tiny": felt[0.001]}
assert felt[0.001] > 0.1, f"tiny kernels should feel PyTorch's eps, {felt}"
assert felt[1000.0] < 0.01, f"large ones should not, {felt}"
