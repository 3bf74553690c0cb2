"""Dropout zeroes single values, Dropout1d, 2d and 3d whole channels; AlphaDropout puts a constant instead of zero."""
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
p = 0.5
cases = [  # module, and how many axes follow N and C in its input
    (nn.Dropout(p), 2),  # (N, C, H, W)
    (nn.Dropout1d(p), 1),  # (N, C, L)
    (nn.Dropout2d(p), 2),  # (N, C, H, W)
    (nn.Dropout3d(p), 3),  # (N, C, D, H, W)
    (nn.AlphaDropout(p), 2),  # (N, C, H, W)
    (nn.FeatureAlphaDropout(p), 2),  # (N, C, H, W)
]
found = {}
print("module               dropped   becomes   whole channels   |mean|  variance (input: 0 and 1)")
for module, axes in cases:
    x = torch.randn(200, 32, *[6] * axes)
    out = module(x)
    fill = out.flatten().mode().values.item() + 0.0  # the value that dropped places share; + 0.0 turns -0 into 0
    dropped = (out == fill).flatten(2)  # (N, C, places of a channel)
    whole = (dropped.all(2) | ~dropped.any(2)).float().mean().item()  # share of channels that fall or stay as one
    name, share = type(module).__name__, dropped.float().mean().item()
    assert name in (f"Dropout{axes}d", "Dropout", "AlphaDropout", "FeatureAlphaDropout"), f"{name} has {axes} axes"
    found[name] = share, fill, whole, mean, variance = share, fill, whole, out.mean().item(), out.var().item()
    print(f"{name:20s} {100 * share:5.1f} %   {fill:7.2f}   {100 * whole:12.0f} %   {abs(mean):4.2f}   {variance:8.2f}")

image = torch.ones_like(x[:1, :8])  # (N, C, H, W), so that the output shows the mask
figure, axes = plt.subplots(2, 8, figsize=(7, 2.2))
for row, module in zip(axes, (nn.Dropout(p), nn.Dropout2d(p)), strict=True):
    for channel, axis in enumerate(row):
        axis.imshow(module(image)[0, channel], vmin=0, vmax=2.5)
        axis.set_title(f"ch. {channel}")
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(type(module).__name__)
plt.show()

elementwise, channelwise = ("Dropout", "AlphaDropout"), ("Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout")
for name, (share, fill, whole, mean, variance) in found.items():
    assert abs(share - 0.5) < 0.04, f"{name}: half should be dropped, {share:.3f} were"
    assert abs(mean) < 0.05, f"{name}: the mean should stay 0, was {mean:.3f}"
    assert whole == (name in channelwise) and (name in elementwise + channelwise), f"{name}: whole channels {whole:.2f}"
    right = -0.75 > fill > -0.8 if "Alpha" in name else fill == 0
    assert right, f"{name}: dropped values should be -0.78 for the alpha pair and 0 for the rest, were {fill:.2f}"
    expected = 1 if "Alpha" in name else 2  # 1 / (1 - p)
    assert abs(variance - expected) < 0.15, f"{name}: variance should be {expected}, was {variance:.2f}"
