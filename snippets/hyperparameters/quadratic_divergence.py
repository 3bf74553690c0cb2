"""On a quadratic loss, descent diverges above the rate 2 / (largest eigenvalue)."""

import torch

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
x, y = images.flatten(1).double(), labels.double()
x = x[:, x.std(0) > 0]  # without the pixels that are the same in all
hessian = x.T @ x / len(x)  # of the loss |x w - y|^2 / (2 N), the same everywhere
eigenvalues, eigenvectors = torch.linalg.eigh(hessian)
largest, steepest = eigenvalues[-1].item(), eigenvectors[:, -1]
best_w = torch.linalg.lstsq(x, y).solution

factor = 1.001  # try: 0.999, 1.0, 1.01
lr = factor * 2 / largest
w = torch.zeros(len(steepest), dtype=torch.float64)
errors = []
for step in range(1001):
    errors.append((steepest @ (w - best_w)).item())  # in the steepest direction
    w = w - lr * x.T @ (x @ w - y) / len(x)  # the gradient, over all the data
print(
    f"largest eigenvalue {largest:.3f}, so the limit of the rate is {2 / largest:.4f}"
)
for step in (0, 1, 2, 3, 700, 1000):
    print(f"step {step:4d}: error / first error {errors[step] / errors[0]:10.3g}")
# region: the picture
import matplotlib.pyplot as plt

plt.semilogy([abs(error / errors[0]) for error in errors])
plt.axhline(1, ls=":", lw=1, color="C2")
plt.xlabel("step")
plt.ylabel("error / first error")
if 0.3 < abs(errors[-1] / errors[0]) < 3:
    plt.ylim(0.1, 10)
plt.title(f"rate {factor} times the limit")
plt.gcf().set_size_inches(4.6, 2.7)
plt.show()
# endregion

# %% proof: five rates, 3,000 steps each, against the factor that is predicted
for factor in (0.5, 0.999, 1.0, 1.001, 1.01):
    lr = factor * 2 / largest
    w = torch.zeros(len(steepest), dtype=torch.float64)
    along, num_steps = [], 20 if factor == 0.5 else 3000
    for _ in range(num_steps + 1):
        along.append((steepest @ (w - best_w)).item())
        w = w - lr * x.T @ (x @ w - y) / len(x)
    predicted = 1 - lr * largest
    if factor == 0.5:  # a single step removes the error along this direction
        rest = abs(along[1] / along[0])
        assert rest < 1e-9, f"at half the limit one step should do, {rest:.1e} is left"
        continue
    seen = abs(along[-1] / along[0]) ** (1 / num_steps)
    print(f"rate {factor:5.3f} x limit: factor {seen:.6f} a step", end=", ")
    print(f"predicted {abs(predicted):.6f}")
    gap = abs(seen - abs(predicted))
    assert gap < 1e-9, (
        f"the error should grow by {abs(predicted)} a step, gap {gap:.1e}"
    )
    grows = abs(along[-1]) > 1.5 * abs(along[0])
    assert grows == (factor > 1), f"only above the limit it should grow, {factor}"
    shrinks = abs(along[-1]) < abs(along[0]) / 1.5
    assert shrinks == (factor < 1), f"only below the limit it should shrink, {factor}"
    jumps = all(a * b < 0 for a, b in zip(along, along[1:], strict=False))
    assert jumps, f"each step should jump across the valley, rate {factor}"
tenfold = 1.02**700
assert 0.8e6 < tenfold < 1.3e6, f"1.02^700 should be about a million, is {tenfold:.2g}"
