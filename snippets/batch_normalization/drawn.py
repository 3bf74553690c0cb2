"""Batch normalization gives each channel mean 0 and standard deviation 1 over the batch, then its own scale and shift."""

# region: 64 scanned digits, and two filters
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

ink = torch.tensor(load_digits().images[:64], dtype=torch.float32)[:, None]  # 0 to 16
filters = torch.zeros(2, 1, 3, 3)
filters[0] = 1  # adds up the ink around a pixel
filters[1, 0, :, 0], filters[1, 0, :, 2] = 1, -1  # compares left with right
# endregion
x = torch.nn.functional.conv2d(ink, filters, padding=1)  # (N, C, H, W)
mean = x.mean((0, 2, 3), keepdim=True)  # (1, C, 1, 1), a mean per channel
var = x.var((0, 2, 3), unbiased=False, keepdim=True)  # (1, C, 1, 1)
x_hat = (x - mean) / (var + 1e-5).sqrt()  # (N, C, H, W)

gamma = torch.tensor([1.0, 2.0]).view(1, 2, 1, 1)  # learned in training
beta = torch.tensor([0.0, 3.0]).view(1, 2, 1, 1)  # learned in training
y = gamma * x_hat + beta  # (N, C, H, W)
for name, value in (("x", x), ("x_hat", x_hat), ("y", y)):
    for channel, v in enumerate(value.unbind(1)):
        spread = v.std(unbiased=False)
        print(f"{name:5} channel {channel}: mean {v.mean():z5.1f}, std {spread:4.1f}")

# region: the picture and the checks
rows = (("x", x), ("x_hat: mean 0, standard deviation 1", x_hat))
rows += (("y: standard deviation γ, mean β", y),)
lost = 0.0
fig, axes = plt.subplots(3, 1, figsize=(5.4, 4))
for ax, (title, value) in zip(axes, rows, strict=True):
    low, high = (-60, 130) if value is x else (-5, 12)
    for channel, style in ((0, "-"), (1, "--")):
        v = value[:, channel]
        height, edges = torch.histogram(v, bins=60, range=(low, high), density=True)
        label = f"channel {channel}"
        lost = max(lost, 1 - (height.sum() * (high - low) / len(height)).item())
        lost = max(lost, ((v < low) | (v > high)).float().mean().item())
        ax.stairs(height, edges, color=f"C{channel}", ls=style, lw=2, label=label)
    ax.set_title(title, loc="left")
    ax.set_yticks([])
axes[0].legend(loc="upper right")
axes[2].set_xlabel("value")
axes[1].set_ylabel("how frequent")
plt.show()

bn = torch.nn.BatchNorm2d(2)
with torch.no_grad():
    bn.weight.copy_(gamma.flatten())
    bn.bias.copy_(beta.flatten())
gap = (bn(x) - y).abs().max().item()
assert gap < 1e-4, f"PyTorch's layer should do the same, largest difference {gap:.1e}"
wide, narrow = x.std((0, 2, 3))
assert wide > 1.2 * narrow > 12, f"the spreads should differ: {wide:.1f}, {narrow:.1f}"
apart = (x[:, 0].mean() - x[:, 1].mean()).item()
assert apart > 20, f"the means should lie apart before, by {apart:.1f}"
centred, spread = x_hat.mean((0, 2, 3)).abs().max(), x_hat.std((0, 2, 3))
assert centred < 1e-4, f"each channel should have mean 0, largest {centred:.1e}"
assert (spread - 1).abs().max() < 1e-3, f"and standard deviation 1, found {spread}"
for channel, (std, mean) in enumerate(((1, 0), (2, 3))):
    v = y[:, channel]
    found = f"channel {channel}: {v.mean():.3f}, {v.std():.3f}"
    assert abs(v.mean() - mean) < 1e-3, f"the mean should be beta, {found}"
    assert abs(v.std(unbiased=False) - std) < 1e-3, f"the spread gamma, {found}"
even = x[:, 1].mean().abs().item()
assert even < 2, f"channel 1 should lie around 0 before, has mean {even:.1f}"
assert lost < 0.01, f"the axes should show all, {lost:.3f} of a channel lie outside"
# endregion
