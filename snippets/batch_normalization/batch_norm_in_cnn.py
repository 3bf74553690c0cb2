"""BatchNorm2d has one mean and variance per channel, over N, H and W: 2C parameters, and shifts pass through."""
import torch

torch.manual_seed(0)
N, C, H, W = 16, 6, 8, 8
x = torch.randn(N, C, H, W) * torch.arange(1, C + 1).view(1, C, 1, 1) + 3  # (N, C, H, W), channels of unlike scale

# One statistic per channel, over the batch and all positions
bn = torch.nn.BatchNorm2d(C)
y = bn(x)  # (N, C, H, W)
mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)  # (C,) each, over N·H·W = 1024 values
by_hand = (x - mean.view(1, C, 1, 1)) / (var.view(1, C, 1, 1) + bn.eps).sqrt()
assert torch.allclose(y, by_hand, atol=1e-5), "the statistics should run over N, H and W"
largest = y.mean((2, 3)).abs().amax(1)  # (N,), for each image the mean of its least centred channel
assert largest.min() > 0.02, f"no single image should be centred by itself, smallest mean {largest.min():.3f}"

# Every pixel counts as an example: BatchNorm1d on (N·H·W, C) is the same
rows = x.permute(0, 2, 3, 1).reshape(-1, C)  # (N·H·W, C)
z = torch.nn.BatchNorm1d(C)(rows).reshape(N, H, W, C).permute(0, 3, 1, 2)  # (N, C, H, W)
print(f"largest difference to BatchNorm1d on {tuple(rows.shape)}: {(y - z).abs().max().item():.0e}")
assert torch.allclose(y, z, atol=1e-5), "BatchNorm2d should equal BatchNorm1d with pixels as examples"

# Alternative: treat every position as a feature of its own, as a fully connected layer would
bn_each = torch.nn.BatchNorm1d(C * H * W)
per_position = torch.nn.Sequential(torch.nn.Flatten(), bn_each, torch.nn.Unflatten(1, (C, H, W)))
count = [sum(p.numel() for p in module.parameters()) for module in (bn, per_position)]
print(f"parameters: {count[0]} per channel, {count[1]} per channel and position")
assert count == [2 * C, 2 * C * H * W], f"2C and 2CHW parameters expected, counted {count}"

# Does shifting the image shift the output? (circular padding, so that no border disturbs the comparison)
conv = torch.nn.Conv2d(C, C, 3, padding=1, padding_mode="circular")
error = {}
for name, norm in (("per channel", bn), ("per position", per_position)):
    for p in norm.parameters():
        torch.nn.init.uniform_(p, 0.5, 1.5)  # trained scales and shifts are not all alike
    layer = torch.nn.Sequential(conv, norm)
    layer(x)  # one pass in train() to fill the running statistics
    layer.eval()
    shifted_after = layer(x).roll((1, 2), dims=(2, 3))
    shifted_before = layer(x.roll((1, 2), dims=(2, 3)))
    error[name] = (shifted_after - shifted_before).abs().max().item()
    print(f"shift, then layer, against layer, then shift; {name:<12}: largest difference {error[name]:.0e}")
assert error["per channel"] < 1e-5, f"per channel it should commute with shifts: {error['per channel']:.0e}"
assert error["per position"] > 0.1, f"per position it should not: {error['per position']:.0e}"
