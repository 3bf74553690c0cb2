"""Kernels before batch normalization may be scaled by any a > 0: the output stays, and the gradient is divided by a."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images[:500])[:, None] / 16  # (500, 1, 8, 8), float64
y = torch.tensor(digits.target[:500])
conv = torch.nn.Conv2d(1, 16, 3, padding=1, bias=False).double()
head = torch.nn.Linear(256, 10).double()


def forward(weight, eps):
    z = F.conv2d(x, weight, padding=1)  # (500, 16, 8, 8)
    z = F.batch_norm(z, None, None, training=True, eps=eps)  # the batch's own mean and deviation
    return z, F.cross_entropy(head(F.max_pool2d(z.relu(), 2).flatten(1)), y)


for eps in (1e-20, 1e-5):  # next to no constant beside the variance, then PyTorch's default
    output, loss = forward(conv.weight, eps)
    grad, = torch.autograd.grad(loss, conv.weight)
    for a in (0.001, 0.1, 10.0, 1000.0):
        scaled = (a * conv.weight).detach().requires_grad_()
        scaled_output, scaled_loss = forward(scaled, eps)
        scaled_grad, = torch.autograd.grad(scaled_loss, scaled)
        change, factor = (scaled_output - output).abs().max().item(), (scaled_grad.norm() / grad.norm()).item()
        print(f"eps {eps:.0e}, kernels times {a:5g}: outputs change by {change:.0e}, gradient times {factor:.3g}")
        if eps < 1e-5:
            assert change < 1e-6, f"scaled kernels should leave the output alone, changed by {change:.0e}"
            assert (scaled_grad * a - grad).abs().max() < 1e-6, f"the gradient should be divided by a = {a:g}"
            # one step of rate a² lr from a·w is a times the step of rate lr from w: only lr / |w|² counts
            step, scaled_step = conv.weight - 0.1 * grad, scaled - a ** 2 * 0.1 * scaled_grad
            assert torch.allclose(scaled_step, a * step), "with the rate times a² the step should be a times as long"
            across = (grad * conv.weight).sum((1, 2, 3)).abs().max()
            assert across < 1e-10, f"the gradient should stand at right angles to each filter, product {across:.0e}"
        elif a == 0.001:
            assert change > 0.1, f"kernels so small should feel the default eps, outputs changed by {change:.0e}"
