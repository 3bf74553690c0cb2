"""Far below zero ELU lets less noise through than a leaky unit does, near zero it lets more through."""
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

torch.manual_seed(0)
units = {"ReLU": (0.0, "C2:"), "leaky ReLU, 0.01": (0.01, "C1--"), "PReLU, 0.25": (0.25, "C5-."), "ELU": (None, "C0-")}
noise = 0.5 * torch.randn(10_000)  # standard deviation 0.5
centers = range(-8, 1)
assert abs(noise.std().item() - 0.5) < 0.015, f"the noise should have standard deviation 0.5: {noise.std().item():.3f}"
passed = {}
for name, (slope, style) in units.items():
    for center in centers:
        out = F.elu(center + noise) if slope is None else F.leaky_relu(center + noise, slope)
        passed[name, center] = (out.std() / noise.std()).item()  # 1: the noise passes unchanged
    plt.plot(centers, [passed[name, center] for center in centers], style, label=name)
plt.yscale("symlog", linthresh=1e-4)
plt.xlabel("input around which the noise lies")
plt.ylabel("share of the noise that passes")
plt.figlegend(loc="outside upper center", ncols=4)
plt.show()
for name in units:
    print(f"noise that passes {name:16s}:", ", ".join(f"{passed[name, c]:5.1%} at {c}" for c in (-1, -3, -6)))
elu = {center: passed["ELU", center] for center in centers}
assert elu[-1] > passed["PReLU, 0.25", -1], f"at -1 ELU should pass more noise than slope 0.25, passes {elu[-1]:.3f}"
assert 0.01 < elu[-3] < 0.25, f"at -3 ELU should pass more than slope 0.01 and less than 0.25, passes {elu[-3]:.3f}"
assert elu[-6] < 0.01, f"at -6 ELU should pass less noise than slope 0.01, passes {elu[-6]:.4f}"
assert all(elu[center] > passed["ReLU", center] for center in centers), "ELU should pass more noise than ReLU"
for center in centers[:6]:  # -8 to -3
    relative = passed["ELU", center] / math.exp(center)  # exp(center) is the slope in the middle of the noise
    assert 1.1 < relative < 1.35, f"ELU should pass noise in proportion to exp({center}), the factor is {relative:.2f}"
    assert passed["ReLU", center] == 0, f"ReLU should pass no noise at {center}, passes {passed['ReLU', center]:.1e}"
    for name in ("PReLU, 0.25", "leaky ReLU, 0.01"):
        change = passed[name, center] / units[name][0]
        assert abs(change - 1) < 1e-3, f"{name} should pass as much as its slope at {center}, factor {change:.4f}"
