"""Ten activations differ in their range, in their mean output, and in where their slope falls to zero."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F


def maxout(x):
    return torch.maximum(x, -0.5 * x)  # two linear pieces; a real unit learns the weights and the bias of both


# per activation: lowest and highest output and slope for |x| <= 20, the side on which the slope is below 1e-4
expected = {torch.sigmoid: ("sigmoid", 0, 1, 0, 0.25, "both"), torch.tanh: ("tanh", -1, 1, 0, 1, "both"),
            F.relu: ("ReLU", 0, 20, 0, 1, "left"), F.leaky_relu: ("leaky ReLU", -0.2, 20, 0.01, 1, "none"),
            torch.nn.PReLU(): ("PReLU", -5, 20, 0.25, 1, "none"), F.elu: ("ELU", -1, 20, 0, 1, "left"),
            maxout: ("maxout", 0, 20, -0.5, 1, "none"), F.relu6: ("ReLU6", 0, 6, 0, 1, "both"),
            F.gelu: ("GELU", -0.17, 20, -0.129, 1.129, "left"), F.silu: ("SiLU", -0.278, 20, -0.1, 1.1, "left")}
x = torch.linspace(-20, 20, 200_000, requires_grad=True)  # an even count, so the kink at 0 is never hit
weight = torch.softmax(-x.detach() ** 2 / 2, 0)  # a sum with it is an average over a standard normal input
mean, mean_slope = {}, {}
fig, axes = plt.subplots(2, 5, figsize=(7, 4))
print("for |x| <= 20:     output           slope       slope    standard normal input")
print("              lowest highest   lowest highest   is 0 at  mean out  mean slope")
for ax, (activation, (name, *numbers, side)) in zip(axes.flat, expected.items(), strict=True):
    y = activation(x)
    slope, = torch.autograd.grad(y.sum(), x)
    y = y.detach()
    mean[name], mean_slope[name] = (weight * y).sum().item(), (weight * slope).sum().item()
    measured = [y.min().item(), y.max().item(), slope.min().item(), slope.max().item()]
    left, right = slope[0].abs().item() < 1e-4, slope[-1].abs().item() < 1e-4
    found = "both" if left and right else "left" if left else "right" if right else "none"
    ax.plot(x.detach(), y, color="C0", label="output f(x)")
    ax.plot(x.detach(), slope, "--", color="C1", label="slope f'(x)")
    ax.set(title=name, xlim=(-4, 4), xticks=(-4, 0, 4), ylim=(-1.2, 2.2))
    assert found == side, f"{name} should have slope 0 on this side: {side}, found {found}"
    for value, number in zip(measured, numbers, strict=True):
        assert abs(value - number) < 2e-3, f"{name} should have {number} here, has {value:.4f}"
    print(f"{name:10s}  {measured[0]:8.2f} {measured[1]:7.2f} {measured[2]:8.2f} {measured[3]:7.2f} {found:>9s}"
          f" {round(mean[name], 2) + 0:9.2f} {mean_slope[name]:11.2f}")
axes[1, 2].set(xlim=(-2, 10), xticks=(0, 6), yticks=(0, 1, 6), ylim=(-1.2, 7))  # ReLU6 needs room to show its ceiling
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower right", ncols=2)
fig.supxlabel("input x", fontsize="medium")
plt.show()

centred = [name for name in mean if abs(mean[name]) < 0.01]
assert centred == ["tanh"], f"only tanh should have mean output 0 for a standard normal input, have it: {centred}"
assert abs(mean["ReLU"] - 0.399) < 1e-3, f"ReLU's mean should be 1/sqrt(2 pi) = 0.399, is {mean['ReLU']:.4f}"
assert min(mean_slope, key=mean_slope.get) == "sigmoid", "the sigmoid should have the smallest slope on average"
