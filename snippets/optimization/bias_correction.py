"""Adam's bias correction makes the first step exactly the learning rate; without it the first steps are too long."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy

digits = load_digits()
x = torch.tensor(digits.data) / 16  # (1797, 64), float64
y = torch.tensor(digits.target)
lr, num_steps = 0.01, 1000
torch.manual_seed(0)
start = 0.1 * torch.randn(64, 10, dtype=torch.float64)  # one linear layer
inked = x.std(0) > 0.05  # pixels that are always empty get no gradient


def adam(corrected, scale=1.0):
    w, m, v, lengths = start.clone(), 0.0, 0.0, []
    torch.manual_seed(1)
    for t in range(1, num_steps + 1):
        batch = torch.randint(len(y), (32,))
        w.requires_grad_()
        g, = torch.autograd.grad(scale * cross_entropy(x[batch] @ w, y[batch]), w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if corrected else (m, v)
        step = lr * m_hat / (v_hat.sqrt() + 1e-8)
        w = w.detach() - step
        lengths.append(step[inked].abs().mean().item() / lr)
        first = step if t == 1 else first
    return w, lengths, first


right_w, right, first = adam(corrected=True)
_, bare, first_bare = adam(corrected=False)
scaled_w, _, _ = adam(corrected=True, scale=1000)
for t in (1, 10, 100, 1000):
    print(f"step {t:4d}: mean step / learning rate {right[t - 1]:.2f} with the correction, {bare[t - 1]:.2f} without")
ratio = (first_bare / first)[first.abs() > 0.99 * lr].median().item()
print(ratio, (right_w-scaled_w).abs().max())
print(max(bare), max(right))
