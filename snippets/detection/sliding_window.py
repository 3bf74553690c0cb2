"""One pass over the image gives the scores of a network run on every sliding window, for a fraction of the work."""
import torch
from torch import nn

torch.manual_seed(0)
layers = [nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
          nn.Conv2d(32, 64, 2), nn.ReLU(), nn.Conv2d(64, 11, 1)]  # ten digits and background
model = nn.Sequential(*layers).double()  # a 14 x 14 window in, one vector of 11 scores out
macs = {"windows": 0, "one pass": 0}
counted = "windows"


def count(layer, inputs, output):  # multiply-adds: one per weight and output position
    macs[counted] += output[:, 0].numel() * layer.weight.numel()


for layer in model:
    if isinstance(layer, nn.Conv2d):
        layer.register_forward_hook(count)

image = torch.rand(1, 1, 94, 94, dtype=torch.float64)
with torch.no_grad():
    stride, window = 4, 14  # the two poolings make a step of 4 pixels
    crops = image.unfold(2, window, stride).unfold(3, window, stride)  # (1, 1, 21, 21, 14, 14)
    rows, columns = crops.shape[2:4]
    one_by_one = torch.stack([model(crops[:, :, i, j])[0, :, 0, 0] for i in range(rows) for j in range(columns)])
    one_by_one = one_by_one.T.reshape(11, rows, columns)
    counted = "one pass"
    at_once = model(image)[0]  # (11, 21, 21)

gap = (one_by_one - at_once).abs().max().item()
ratio = macs["windows"] / macs["one pass"]
print(f"{rows * columns} windows of {window} x {window}, {stride} pixels apart; largest gap of scores: {gap:.0e}")
for name, number in macs.items():
    print(f"{name:8s} {number / 1e6:6.2f} million multiply-adds")
print(f"ratio {ratio:.1f}")
assert at_once.shape == (11, 21, 21), f"expected 21 x 21 places, got {tuple(at_once.shape)}"
assert gap < 1e-12, f"both ways should give the same scores, they differ by {gap:.1e}"
per_window = 12 * 12 * 144 + 4 * 4 * 4608 + 8192 + 704  # output positions times weights, layer by layer
whole_image = 92 * 92 * 144 + 44 * 44 * 4608 + 21 * 21 * (8192 + 704)
assert macs["windows"] == 441 * per_window == 45_581_760, f"441 windows should cost 441 * {per_window}"
assert macs["one pass"] == whole_image == 14_063_040, f"one pass should cost {whole_image}, counted {macs['one pass']}"
