"""Three checks find faults before any tuning: the first loss, a handful of examples, and finite differences."""
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

digits = load_digits()
train_x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
train_y = torch.tensor(digits.target)
torch.manual_seed(0)

# 1. A fresh network knows nothing: its loss should be that of a guess among ten classes, ln 10.
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
first = cross_entropy(model(train_x), train_y).item()
unscaled = cross_entropy(model(train_x * 255), train_y).item()  # the fault: pixels up to 255
print(f"first loss     {first:.3f}, ln 10 = {math.log(10):.3f}; with pixels up to 255: {unscaled:.1f}")


# 2. Ten examples should be fitted to a loss of zero.
def softmax_twice(logits, y):  # the fault: cross_entropy applies a softmax of its own
    return cross_entropy(logits.softmax(1), y)


handful = {}
for loss_function in (cross_entropy, softmax_twice):
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(300):
        loss = loss_function(model(train_x[:10]), train_y[:10])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    handful[loss_function.__name__] = loss.item()
floor = math.log(math.e + 9) - 1  # what a perfect answer costs after two softmaxes
right, wrong = handful.values()
print(f"ten examples   {right:.4f}; with softmax twice {wrong:.3f}, floor {floor:.3f}")


# 3. A gradient written by hand should agree with central differences, here along one random direction.
steps = [10.0**k for k in range(-12, 1)]
w, w2, direction = (torch.randn(shape, dtype=torch.float64) / 8 for shape in ((64, 16), (16, 10), (64, 16)))
errors = {}
for label, style, dtype in (("right, float64", "o-", torch.float64), ("right, float32", "s--", torch.float32),
                            ("faulty, float64", "^:", torch.float64)):
    x, v, v2, d = (tensor.to(dtype) for tensor in (train_x, w, w2, direction))
    hidden = (x @ v).tanh()  # (1797, 16)
    slope = 1 - hidden if "faulty" in label else 1 - hidden**2  # the derivative of tanh, and a slip
    error = (hidden @ v2).softmax(1) - nn.functional.one_hot(train_y, 10)  # (1797, 10)
    by_hand = (x.T @ (error @ v2.T * slope) / len(x) * d).sum().item()
    errors[label] = []
    for h in steps:
        plus, minus = (cross_entropy((x @ (v + s * h * d)).tanh() @ v2, train_y).item() for s in (1, -1))
        numeric = (plus - minus) / (2 * h)
        errors[label].append(abs(by_hand - numeric) / max(abs(by_hand), abs(numeric)))
    plt.loglog(steps, errors[label], style, label=label)
    print(f"{label:15s} relative error {errors[label][7]:.0e} at h = 1e-5, at best {min(errors[label]):.0e}")
plt.gca().set(xlabel="step h of the finite difference", ylabel="relative error of the gradient")
plt.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.18))
plt.show()

assert abs(first - math.log(10)) < 0.1 and unscaled > 10, f"first loss should be near ln 10, it was {first:.2f}"
assert right < 1e-2, f"ten examples should be fitted, the loss is {right:.3f}"
assert abs(wrong - floor) < 0.02, "with softmax applied twice the loss should stop at its floor"
assert errors["right, float64"][7] < 1e-6, "at h = 1e-5 the right gradient should agree in float64"
assert min(errors["faulty, float64"]) > 1e-2, "the wrong derivative should show at every h"
assert min(errors["right, float32"]) > 30 * min(errors["right, float64"]), "float32 should not allow a sharp comparison"
