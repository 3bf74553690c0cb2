"""Drawn: what four activation functions put out, and how steep they are."""

import torch

activations = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "GELU": torch.nn.functional.gelu,
}
x = torch.tensor([-3.0, -1.0, 1.0, 3.0], requires_grad=True)  # the sums of four neurons
print("sum             ", *[f"{value:6.2f}" for value in x])
for name, activation in activations.items():
    y = activation(x)  # what the neurons pass on
    (slope,) = torch.autograd.grad(y.sum(), x)  # how much y moves when x does
    print(f"{name:7s}  output ", *[f"{value:6.2f}" for value in y])
    print("         slope  ", *[f"{value:6.2f}" for value in slope])

# region: the picture and the checks
import matplotlib.pyplot as plt

wide = torch.linspace(-4, 4, 400, requires_grad=True)  # the kink at 0 is not hit
figure, axes = plt.subplots(2, 2, figsize=(4.8, 4), sharex=True, sharey=True)
slopes = {}
for ax, (name, activation) in zip(axes.flat, activations.items(), strict=True):
    y = activation(wide)
    (slopes[name],) = torch.autograd.grad(y.sum(), wide)
    ax.plot(wide.detach(), y.detach(), color="C0", lw=2, label="output")
    ax.plot(wide.detach(), slopes[name], "--", color="C1", lw=2, label="slope")
    ax.set(title=name, xticks=(-4, 0, 4), ylim=(-1.2, 2.2))
figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2)
figure.supxlabel("sum x", fontsize="medium")
plt.show()

left = {name: slope[0].abs().item() for name, slope in slopes.items()}
right = {name: slope[-1].abs().item() for name, slope in slopes.items()}
assert max(left.values()) < 0.02, f"all should be flat far to the left, {left}"
assert max(right["sigmoid"], right["tanh"]) < 0.02, f"two also to the right, {right}"
gap = max(abs(right[name] - 1) for name in ("ReLU", "GELU"))
assert gap < 1e-2, f"the other two should have slope 1 there, {right}"
top = slopes["sigmoid"].max().item()
assert abs(top - 0.25) < 1e-3, f"the sigmoid's slope should reach 1/4, reaches {top}"
assert abs(slopes["tanh"].max() - 1) < 1e-3, "tanh's slope should reach 1"
dip = torch.nn.functional.gelu(wide).min().item()
assert -0.18 < dip < -0.16, f"GELU should dip below 0 by 0.17, dips to {dip:.3f}"
kinks = (slopes["ReLU"].diff() != 0).sum().item()
assert kinks == 1, f"ReLU should have one kink, has {kinks}"
# endregion
