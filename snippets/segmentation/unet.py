"""The U-Net of the paper: 572 x 572 in, 388 x 388 out, 23 convolutional layers, every copied map cropped to fit."""
import torch
from torch import nn


def double(inputs, outputs):  # two unpadded 3x3 convolutions: each takes one pixel from every border
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3), nn.ReLU(), nn.Conv2d(outputs, outputs, 3), nn.ReLU())


class UNet(nn.Module):
    def __init__(self, widths=(64, 128, 256, 512, 1024), classes=2):
        super().__init__()
        self.down = nn.ModuleList(double(a, b) for a, b in zip((1, *widths), widths))  # the last is the bottom
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in widths[-2::-1])
        self.merge = nn.ModuleList(double(2 * w, w) for w in widths[-2::-1])
        self.score = nn.Conv2d(widths[0], classes, 1)
        self.sizes, self.cuts = [], []  # for the printed table only

    def forward(self, x):
        copies = []
        for stage, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if stage else x)
            copies.append(x)
            self.sizes.append(x.shape[-1])
        for up, merge, copy in zip(self.up, self.merge, copies[-2::-1]):
            x = up(x)  # half the channels, twice the size
            cut = (copy.shape[-1] - x.shape[-1]) // 2  # the copy is larger: crop it around its centre
            x = merge(torch.cat([copy[:, :, cut:cut + x.shape[-2], cut:cut + x.shape[-1]], x], 1))
            self.sizes.append(x.shape[-1])
            self.cuts.append(cut)
        return self.score(x)


with torch.device("meta"):  # shapes only: nothing is allocated, nothing computed
    model = UNet()
    smallest = model(torch.empty(1, 1, 16 * 4 + 124, 16 * 4 + 124))
    model.sizes, model.cuts = [], []
    logits = model(torch.empty(1, 1, 572, 572))
layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
parameters = sum(p.numel() for p in model.parameters())
print("size after each stage:  ", " ".join(str(size) for size in model.sizes))
print("cropped from each side: ", " ".join(str(cut) for cut in model.cuts))
print(f"572 x 572 in, {logits.shape[-2]} x {logits.shape[-1]} out, {len(layers)} convolutional layers, "
      f"{parameters:,} parameters")
assert logits.shape == (1, 2, 388, 388), f"two scores for each of 388 x 388 pixels, not {tuple(logits.shape)}"
assert smallest.shape == (1, 2, 4, 4), f"188 x 188 pixels should leave 4 x 4, not {tuple(smallest.shape)}"
assert len(layers) == 23, f"the paper counts 23 convolutional layers, there are {len(layers)}"
assert model.sizes == [568, 280, 136, 64, 28, 52, 100, 196, 388], f"sizes of figure 1, not {model.sizes}"
assert model.cuts == [4, 16, 40, 88], f"the crop should grow with the resolution, it was {model.cuts}"
w = (64, 128, 256, 512, 1024)
by_hand = sum(9 * a * b + 9 * b * b + 2 * b for a, b in zip((1, *w), w)) + 2 * 64 + 2
upward = sum(4 * 2 * c * c + c + 9 * 2 * c * c + 9 * c * c + 2 * c for c in w[:-1])
assert upward == 12_188_480, f"the way up should have 12,188,480 parameters, not {upward:,}"
assert parameters == by_hand + upward == 31_030_658, f"weights and biases should add up to 31,030,658, not {parameters:,}"
