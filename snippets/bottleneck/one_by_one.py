"""A 1x1 convolution is one linear layer applied to the channels of every pixel by itself."""
import torch
from torch import nn

torch.manual_seed(0)
N, H, W = 2, 9, 7
for inside, outside in ((3, 2), (3, 8), (64, 16)):
    x = torch.randn(N, inside, H, W, dtype=torch.float64)
    conv, linear = nn.Conv2d(inside, outside, 1).double(), nn.Linear(inside, outside).double()
    with torch.no_grad():
        linear.weight.copy_(conv.weight[:, :, 0, 0])  # (outside, inside, 1, 1) without its two sides of length 1
        linear.bias.copy_(conv.bias)
    y = conv(x)  # (N, outside, H, W)
    per_pixel = linear(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)  # Linear wants the channels last
    gap = (y - per_pixel).abs().max().item()
    assert y.shape == (N, outside, H, W), f"height and width should stay, shape is {tuple(y.shape)}"
    assert gap < 1e-12, f"Conv2d({inside}, {outside}, 1) should equal Linear at every pixel, gap {gap:.1e}"

    order = torch.randperm(H * W)  # the pixels of both sides, shuffled alike
    shuffled = conv(x.flatten(2)[:, :, order].reshape(x.shape))
    gap = (shuffled.flatten(2) - y.flatten(2)[:, :, order]).abs().max().item()
    assert gap < 1e-12, f"no pixel should see another one, so order should not matter, gap {gap:.1e}"

    numbers = sum(p.numel() for p in conv.parameters())
    assert numbers == inside * outside + outside, f"it should have one weight per pair of channels: {numbers}"
    print(f"{inside:2d} to {outside:2d} channels: equal to Linear at {N * H * W} pixels, {numbers:4d} parameters")

two = nn.Sequential(nn.Conv2d(3, 16, 1), nn.ReLU(), nn.Conv2d(16, 8, 1)).double()  # Network in Network: an MLP per pixel
x = torch.randn(1, 3, H, W, dtype=torch.float64)
mlp = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 8)).double()
mlp.load_state_dict({k: v.squeeze() for k, v in two.state_dict().items()})
gap = (two(x)[0, :, 4, 2] - mlp(x[0, :, 4, 2])).abs().max().item()
print(f"two 1x1 layers with ReLU between them are an MLP on each pixel, gap {gap:.0e}")
assert gap < 1e-12, f"stacked 1x1 layers should be an MLP on a pixel's channels, gap {gap:.1e}"
