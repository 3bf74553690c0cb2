"""A right gradient agrees with finite differences, and a wrong one does not."""

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
x, y = images.flatten(1), labels  # (1797, 64)
torch.manual_seed(0)
shapes = (64, 16), (16, 10), (64, 16)
w1, w2, direction = (torch.randn(s, dtype=torch.float64) / 8 for s in shapes)
steps = [10.0**k for k in range(-12, 1)]
errors = {}
for name in ("right, float64", "right, float32", "wrong, float64"):
    dtype = getattr(torch, name[-7:])
    inputs, first, second, d = (t.to(dtype) for t in (x, w1, w2, direction))
    hidden = (inputs @ first).tanh()  # (N, 16)
    slope = 1 - hidden if "wrong" in name else 1 - hidden**2  # of tanh, and a slip
    error = (hidden @ second).softmax(1) - nn.functional.one_hot(y, 10)  # (N, 10)
    gradient = inputs.T @ (error @ second.T * slope) / len(y)  # (64, 16), by hand
    along = (gradient * d).sum().item()  # its slope along one random direction
    errors[name] = []
    for h in steps:
        losses = []
        for sign in (1, -1):
            hidden = (inputs @ (first + sign * h * d)).tanh()
            losses.append(nn.functional.cross_entropy(hidden @ second, y).item())
        numeric = (losses[0] - losses[1]) / (2 * h)
        gap = abs(along - numeric) / max(abs(along), abs(numeric))
        errors[name].append(gap)
    print(f"{name}: relative error at best {min(errors[name]):.0e}")
# region: the picture
import matplotlib.pyplot as plt

for (name, gaps), style in zip(errors.items(), ("o-", "s--", "^:"), strict=True):
    plt.loglog(steps, gaps, style, label=name)
plt.xlabel("step h of the finite difference")
plt.ylabel("relative error of the gradient")
plt.legend(loc="upper center", bbox_to_anchor=(0.5, 1.32))
plt.gcf().set_size_inches(4.6, 3.6)
plt.show()
# endregion

# %% proof: the three curves, how they fall and rise, and gradcheck
gaps = {name: dict(zip(steps, row, strict=True)) for name, row in errors.items()}
sharp, blunt, wrong = (gaps[name] for name in errors)
assert sharp[1e-5] < 1e-6, f"in float64 it should agree at 1e-5, {sharp[1e-5]:.1e}"
fall = sharp[0.1] / sharp[0.01]
assert 50 < fall < 200, f"a tenth of h should leave a hundredth, {fall:.0f}"
rise = sharp[1e-12] / sharp[1e-8]
assert rise > 10, f"at small h rounding should grow again, {rise:.0f} times"
times = min(blunt.values()) / min(sharp.values())
assert times > 30, f"float32 should be far blunter, {times:.0f} times"
flat = [gap for h, gap in wrong.items() if 1e-8 <= h <= 0.01]
assert min(flat) > 1e-2, f"the wrong one should show at every h, {min(flat):.1e}"
assert max(flat) < 1.1 * min(flat), (
    f"on a flat line, {min(flat):.2g} to {max(flat):.2g}"
)
above = min(wrong.values()) / max(min(sharp.values()), min(blunt.values()))
assert above > 3, f"above both dips, {above:.1f} times"


class Tanh(torch.autograd.Function):
    """tanh with a derivative of our own, right or with the slip."""

    @staticmethod
    def forward(ctx, x, slip):
        y = x.tanh()
        ctx.save_for_backward(y)
        ctx.slip = slip
        return y

    @staticmethod
    def backward(ctx, slope):
        (y,) = ctx.saved_tensors
        return slope * (1 - y if ctx.slip else 1 - y**2), None


z = torch.randn(5, dtype=torch.float64, requires_grad=True)
for slip in (False, True):
    passed = torch.autograd.gradcheck(Tanh.apply, (z, slip), raise_exception=False)
    assert passed != slip, f"gradcheck should find the slip, {slip}: {passed}"
measured = {"times": times}
