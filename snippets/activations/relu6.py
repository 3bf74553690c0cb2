"""With eight bits one outlier makes every other value coarse, and ReLU6 has none."""

import torch
from torch.nn import functional as F


def to_8_bits(h, top):
    """Round to 256 levels from 0 to top; what is larger becomes top."""
    step = top / 255
    return (h / step).round().clamp(0, 255) * step


torch.manual_seed(0)
x = 2 * torch.randn(100_000)
outlier = 96.0  # try: 12.0, 384.0
x[0] = outlier  # one value of 100,000
usual = (x > 0) & (x < 6)
for name, h in (("ReLU", F.relu(x)), ("ReLU6", F.relu6(x))):
    top = h.max()
    rounded = to_8_bits(h, top)
    error = (rounded - h)[usual].square().mean().sqrt()
    levels = len(rounded[usual].unique())
    print(
        f"{name:5s}  range 0 to {top:3.0f}, usual values: {levels:3d} levels,", end=" "
    )
    print(f"error {error:.4f}")
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(0, 8, 1601)
for name, style in (("ReLU", "C0-"), ("ReLU6", "C1--")):
    h = F.relu(line) if name == "ReLU" else F.relu6(line)
    top = outlier if name == "ReLU" else 6.0
    plt.plot(line, to_8_bits(h, torch.tensor(top)), style, label=name)
plt.xlabel("input")
plt.ylabel("output at 8 bits")
plt.legend(title=f"outlier {outlier:.0f}")
plt.gcf().set_size_inches(4.4, 2.7)
plt.show()
# endregion

# %% proof: the rounding against PyTorch's, the error against theory, and two costs
assert torch.equal(F.relu6(x), x.clamp(0, 6)), "ReLU6 should be min(6, max(0, x))"
h = F.relu6(x)
reference = torch.fake_quantize_per_tensor_affine(h, 6 / 255, 0, 0, 255)
gap = (to_8_bits(h, torch.tensor(6.0)) - reference).abs().max().item()
assert gap < 1e-5, f"the rounding should be PyTorch's, gap {gap:.1e}"


def error(h, top, among):
    """Root mean square of the rounding error of some of the values."""
    return (to_8_bits(h, top) - h)[among].square().mean().sqrt().item()


print("\noutlier   ReLU   theory    ReLU6")
factors = []
for outlier in (12.0, 24.0, 48.0, 96.0, 192.0):
    x[0] = outlier
    theory = outlier / 255 / 12**0.5  # an error is uniform over one step
    plain, six = (error(f(x), f(x).max(), usual) for f in (F.relu, F.relu6))
    factors.append(plain / six)
    print(f"{outlier:7.0f}  {plain:.4f}  {theory:.4f}  {six:.4f}")
    assert abs(plain / theory - 1) < 0.05, f"error {plain:.4f}, theory {theory:.4f}"
    wrong = abs(six / (6 / 255 / 12**0.5) - 1)
    assert wrong < 0.05, f"ReLU6's error should be that of the range 6, off {wrong:.2f}"
measured = {"times": factors[3]}
assert abs(factors[3] - 16) < 1, f"an outlier of 96 should cost 96/6, {factors[3]:.1f}"

# What it costs: the outlier itself, and a range that is too wide for small values.
taken = (F.relu(x[:1]) - F.relu6(x[:1])).item()
assert taken == 186, f"ReLU6 should cut 192 down to 6, takes {taken:.0f}"
small = F.relu(x[1:]) / 12
inside = small > 0
own = error(small, small.max(), inside)
fixed = error(small, torch.tensor(6.0), inside)
measured["wide"] = fixed / own
print(
    f"values below {small.max():.1f}: error {own:.4f}, with the range of 6 {fixed:.4f}"
)
should = 6 / small.max().item()
assert abs(fixed / own / should - 1) < 0.1, f"{fixed / own:.1f} times, not {should:.1f}"
stuck = torch.tensor([7.0, 5.0], requires_grad=True)
F.relu6(stuck).sum().backward()
assert stuck.grad.tolist() == [0, 1], f"no slope above 6: {stuck.grad.tolist()}"
