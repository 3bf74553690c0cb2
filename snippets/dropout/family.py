"""Dropout zeroes single values, Dropout2d whole channels, AlphaDropout sets others."""

import torch
from torch import nn

p = 0.5  # try: 0.2, 0.8
torch.manual_seed(0)
x = torch.randn(200, 32, 6, 6)  # (N, C, H, W), mean 0 and variance 1
kinds = [nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout]
print("                     a dropped   whole      variance")
print("module               value is    channels   behind it")
for kind in kinds:
    out = kind(p)(x)
    filled = out.flatten().mode().values  # the value that dropped places share
    dropped = (out == filled).flatten(2)  # (N, C, H * W)
    whole = (dropped.all(2) | ~dropped.any(2)).float().mean()
    value = filled.item() + 0.0  # - 0 becomes 0
    print(f"{kind.__name__:20s} {value:5.2f} {whole:12.0%} {out.var():12.2f}")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(2, 6, figsize=(5.6, 2.3))
for row, kind in zip(axes, (nn.Dropout, nn.Dropout2d), strict=True):
    mask = kind(p)(torch.ones(1, 6, 6, 6))[0] > 0  # (C, H, W)
    for channel, ax in enumerate(row):
        ax.imshow(mask[channel], vmin=0, vmax=1, cmap="viridis")
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(kind.__name__)
plt.show()
# endregion

# %% proof: all six siblings at three p
cases = {nn.Dropout: (4, False), nn.Dropout1d: (3, True), nn.Dropout2d: (4, True)}
cases |= {nn.Dropout3d: (5, True), nn.AlphaDropout: (4, False)}
cases |= {nn.FeatureAlphaDropout: (4, True)}  # axes of the input, whole channels
for p in (0.2, 0.5, 0.8):
    for kind, (axes, channels) in cases.items():
        name = f"{kind.__name__}({p})"
        x = torch.randn(200, 64, *[6] * (axes - 2))
        out = kind(p)(x)
        filled = out.flatten().mode().values
        dropped = (out == filled).flatten(2)
        share = dropped.float().mean().item()
        assert abs(share - p) < 0.03, f"{name}: should drop p, dropped {share:.3f}"
        whole = (dropped.all(2) | ~dropped.any(2)).float().mean().item()
        assert (whole == 1) == channels, f"{name}: whole channels {whole:.2f}"
        assert whole in (0, 1) or not channels, f"{name}: all or none, {whole:.2f}"
        alpha = "Alpha" in kind.__name__
        assert (filled < -0.1) == alpha, f"{name}: dropped values are {filled:.2f}"
        variance, expected = out.var().item(), 1 if alpha else 1 / (1 - p)
        off = abs(variance / expected - 1)
        assert off < 0.15, (
            f"{name}: variance {expected:.2f} expected, is {variance:.2f}"
        )
        assert abs(out.mean()) < 0.1, (
            f"{name}: the mean should stay 0, {out.mean():.3f}"
        )

kept = nn.AlphaDropout(0.5)(torch.full((10000,), 2.0)).unique()
scale, limit = 0.8864, -1.7581  # 1 / sqrt(q (1 + p limit²)), the lower limit of SELU
shift = -scale * limit * 0.5
by_hand = torch.tensor([scale * limit + shift, scale * 2 + shift])
gap = (kept - by_hand).abs().max().item()
assert gap < 1e-3, f"AlphaDropout by its formula, {kept} and {by_hand}"
limit_of_selu = nn.SELU()(torch.tensor(-100.0)).item()
assert abs(limit_of_selu - limit) < 1e-4, f"SELU's lower limit, {limit_of_selu:.4f}"
