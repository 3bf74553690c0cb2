"""From 200x200x3 to 16 maps of that size, a 3x3 convolution has over 100 million times fewer weights than FC."""
import torch

torch.manual_seed(0)
H, W, C, maps, F = 200, 200, 3, 16, 3
neuron = torch.nn.Linear(H * W * C, 1, bias=False)  # one fully connected neuron sees every value of the image

meta = {"device": "meta", "bias": False}  # shapes without memory: the FC layer would need 307 GB in float32
layers = {
    "fully connected": (torch.nn.Linear(H * W * C, H * W * maps, **meta), torch.empty(1, H * W * C, device="meta")),
    "3x3 convolution": (torch.nn.Conv2d(C, maps, F, padding=1, **meta), torch.empty(1, C, H, W, device="meta")),
}
weights, macs = {}, {}
for name, (layer, x) in layers.items():
    y = layer(x)
    assert y.numel() == H * W * maps, f"both layers should give {H * W * maps} outputs, {name} gave {y.numel()}"
    weights[name] = layer.weight.numel()
    macs[name] = y.numel() * layer.weight[0].numel()  # each output is one dot product with one filter
    print(f"{name}: {weights[name]:14,d} weights, {macs[name]:14,d} multiply-adds for one image")

fc, conv = weights["fully connected"], weights["3x3 convolution"]
print(f"one FC neuron: {neuron.weight.numel():,d} weights, one filter: {conv // maps} weights")
assert neuron.weight.numel() == 120_000, f"an FC neuron should have 120,000 weights, has {neuron.weight.numel()}"
assert fc == 120_000 * 640_000, f"the FC layer should have one such neuron per output, has {fc} weights"
assert conv == F * F * C * maps == 432, f"the convolution should have F·F·C weights per map, 432 in all, has {conv}"
assert fc / conv > 1e8, f"the FC layer should have over 100 million times the weights, ratio {fc / conv:.0f}"
assert macs["fully connected"] == fc, "an FC layer should use each weight once per image"
positions = macs["3x3 convolution"] / conv
assert positions == H * W, f"a convolution should use each weight at all 40,000 positions, used {positions:.0f} times"
saving = macs["fully connected"] / macs["3x3 convolution"]
assert saving == H * W / (F * F), f"multiply-adds should fall by HW/F² = 4,444, fell {saving:.0f} times"
