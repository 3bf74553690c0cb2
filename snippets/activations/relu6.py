"""Eight-bit rounding errors grow with the largest value of a ReLU, while ReLU6 bounds them whatever the outliers do."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
x = 2 * torch.randn(100_000)  # most values below 6
assert torch.equal(F.relu6(x), x.clamp(min=0).clamp(max=6)), "ReLU6 should be min(6, max(0, x))"


def to_8_bits(h, top):  # 256 levels from 0 to top, larger values land on top
    step = top / 255
    return (h / step).round().clamp(0, 255) * step


h = F.relu6(x)
reference = torch.fake_quantize_per_tensor_affine(h, 6 / 255, 0, 0, 255)
assert torch.allclose(to_8_bits(h, 6.0), reference), "rounding by hand should agree with PyTorch's"

outliers = torch.tensor([12.0, 24, 48, 96, 192])
errors = {"ReLU": [], "ReLU6": []}
print("largest value   RMS error of the usual values")
for outlier in outliers:
    x[:10] = outlier  # one value in ten thousand
    usual = (x > 0) & (x < 6)  # the values that carry almost all of the signal
    for name, h in (("ReLU", F.relu(x)), ("ReLU6", F.relu6(x))):
        error = to_8_bits(h, h.max()) - h
        errors[name].append(error[usual].square().mean().sqrt().item())
    print(f"{outlier:13.0f}   ReLU {errors['ReLU'][-1]:.4f}, ReLU6 {errors['ReLU6'][-1]:.4f}")
    same = to_8_bits(F.relu(x), torch.tensor(6.0))  # a plain ReLU, its range cut at 6 when it is quantized
    assert torch.equal(same, to_8_bits(F.relu6(x), torch.tensor(6.0))), "a cut range should give what ReLU6 gives"

theory = outliers / 255 / 12 ** 0.5  # a rounding error is uniform over one step
worst = (torch.tensor(errors["ReLU"]) / theory - 1).abs().max()
drift = max(errors["ReLU6"]) / min(errors["ReLU6"])
clipped = F.relu(x[:10]).mean() - F.relu6(x[:10]).mean()
small = F.relu(x[10:]) / 12  # a layer whose values stay below 1
own, fixed = ((to_8_bits(small, top) - small).square().mean().sqrt() for top in (small.max(), torch.tensor(6.0)))
print(f"values below 1: RMS error {own:.4f} with their own range, {fixed:.4f} with the fixed range of 6")
print(f"an outlier of {outliers[-1]:.0f} loses {clipped:.0f} to ReLU6")
assert worst < 0.05, f"the error should be the step over the root of 12, it is off by {100 * worst:.0f} %"
assert errors["ReLU"][-1] > 25 * errors["ReLU6"][-1], "an outlier of 192 should cost ReLU 32 times the error of ReLU6"
assert drift < 1.05, f"ReLU6's error should not depend on the outliers, it changes {drift:.2f}-fold"
assert fixed > 3 * own, f"small values should suffer from the fixed range, errors {fixed:.4f} and {own:.4f}"
assert clipped == 186, f"ReLU6 should cut 192 down to 6, it takes away {clipped:.0f}"

plt.figure(figsize=(6, 3.4))
plt.loglog(outliers, errors["ReLU"], "o-", label="ReLU")
plt.loglog(outliers, errors["ReLU6"], "s--", label="ReLU6")
plt.loglog(outliers, theory, ":", color="gray", label="step / root of 12")
plt.xticks(outliers, [f"{outlier:.0f}" for outlier in outliers])
plt.minorticks_off()
plt.xlabel("largest value before the quantization")
plt.ylabel("RMS error of the usual values")
plt.legend()
plt.show()
