"""Gradient descent on a quadratic loss diverges exactly above the learning rate 2 / (largest Hessian eigenvalue)."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data[:, digits.data.std(0) > 0]) / 16  # (1797, 61), float64, without the empty pixels
y = torch.tensor(digits.target, dtype=torch.float64)
hessian = x.T @ x / len(x)  # of the loss ||x w - y||^2 / (2 N), the same everywhere
eigenvalues, eigenvectors = torch.linalg.eigh(hessian)
steepest, limit = eigenvectors[:, -1], 2 / eigenvalues[-1].item()
best_w = torch.linalg.lstsq(x, y).solution
print(f"largest eigenvalue {eigenvalues[-1].item():.4f}, so the limit is {limit:.4f}")

num_steps = 3000
for factor, style in ((0.999, "-"), (1.0, "--"), (1.001, "-.")):
    lr = factor * limit
    w = torch.zeros(x.shape[1], dtype=torch.float64)
    along = []
    for _ in range(num_steps + 1):
        along.append((steepest @ (w - best_w)).item())  # the error in the steepest direction
        w = w - lr * x.T @ (x @ w - y) / len(x)  # the gradient, over all the data
    measured = (along[-1] / along[0]) ** (1 / num_steps)  # 3000 is even, so the sign is back
    predicted = abs(1 - lr * eigenvalues[-1].item())
    print(f"rate {factor:5.3f} x limit: error multiplied by {measured:.6f} a step, predicted {predicted:.6f}")
    assert abs(measured - predicted) < 1e-9, f"each step should multiply the error by {predicted}, not {measured}"
    assert (predicted > 1) == (factor > 1), "only above the limit should the error grow"
    assert all(a * b < 0 for a, b in zip(along, along[1:])), "near the limit every step should jump across the valley"
    expected = predicted**num_steps  # about 0.0025, 1 and 400
    assert abs(along[-1] / along[0] / expected - 1) < 1e-6, f"the error should end at {expected} of the first"
    plt.semilogy([abs(a / along[0]) for a in along], style, label=f"rate {factor:g} x 2/largest eigenvalue")
plt.gca().set(xlabel="step", ylabel="error in the steepest direction\n(share of the first)")
plt.legend()
plt.show()
