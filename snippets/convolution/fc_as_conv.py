"""An FC layer's weights, reshaped, are a convolution, which slides over a larger image exactly and at less cost."""
import torch
from sklearn.datasets import load_sample_image
from torch import nn

torch.manual_seed(0)
first = [nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2)]
features = nn.Sequential(*first, nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2))
head = nn.Sequential(nn.Flatten(), nn.Linear(16 * 6 * 6, 64), nn.ReLU(), nn.Linear(64, 10))  # fixed to 32x32 inputs
network = nn.Sequential(features, head).double()

as_conv = nn.Sequential(nn.Conv2d(16, 64, 6), nn.ReLU(), nn.Conv2d(64, 10, 1)).double()
for conv, fc in ((as_conv[0], head[1]), (as_conv[2], head[3])):
    with torch.no_grad():
        conv.weight.copy_(fc.weight.view_as(conv.weight))  # Flatten's order C, H, W is the filter's order
        conv.bias.copy_(fc.bias)
convolutional = nn.Sequential(features, as_conv)


def multiply_adds(model, x):
    total = 0
    for module in (m for part in model for m in part):
        x = module(x)
        if hasattr(module, "weight"):
            total += x[0].numel() * module.weight[0].numel()  # each output is one dot product
    return total


photo = torch.tensor(load_sample_image("china.jpg")).permute(2, 0, 1)[None].double() / 255
small, large = photo[..., 100:132, 100:132], photo[..., 100:228, 100:228]  # 32x32 and 128x128 pixels
gap = (convolutional(small).flatten(1) - network(small)).abs().max().item()
assert gap < 1e-12, f"on its own size both networks should give the same outputs, gap {gap:.1e}"
same = sum(p.numel() for p in convolutional.parameters()) == sum(p.numel() for p in network.parameters())
assert same, "the conversion should not change the number of parameters"

scores = convolutional(large)  # (1, 10, 25, 25)
stride = 4  # the product of the strides before the head
windows = large.unfold(2, 32, stride).unfold(3, 32, stride)  # (1, 3, 25, 25, 32, 32)
windows = windows.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3, 32, 32)  # (625, 3, 32, 32)
one_by_one = network(windows).reshape(25, 25, 10).permute(2, 0, 1)
gap = (scores[0] - one_by_one).abs().max().item()
assert scores.shape == (1, 10, 25, 25), f"there should be 25x25 positions, shape is {tuple(scores.shape)}"
assert gap < 1e-12, f"one pass should equal the 625 windows, gap {gap:.1e}"

once, each = multiply_adds(convolutional, large), len(windows) * multiply_adds(network, small)
print(f"625 windows one by one: {each / 1e6:6.1f} million multiply-adds")
print(f"one pass:               {once / 1e6:6.1f} million, {each / once:.1f} times fewer")
assert each / once > 5, f"one pass should save over five times, saves {each / once:.1f}"

for module in (features[0], features[3]):
    module.padding = (1, 1)  # now a window has zeros where the large image has neighbours
inside = features(large)[..., 8:16, 8:16]  # 4 pixels apart: cells 8 to 15 belong to pixels 32 to 63
gap = (inside - features(large[..., 32:64, 32:64])).abs().amax((0, 1))  # (8, 8)
print(f"with padded convolutions: border cells differ by up to {gap.max().item():.2f}, inner cells agree")
assert gap[0].max() > 0.01, f"padding should break the equality at the window's border, gap {gap[0].max():.1e}"
assert gap[1:7, 1:7].max() < 1e-12, f"and leave the inner cells alone, gap {gap[1:7, 1:7].max():.1e}"

# VGG-16 on 224x224: map size, channels in, channels out
sizes = [(224, 3, 64), (224, 64, 64), (112, 64, 128), (112, 128, 128), (56, 128, 256), *[(56, 256, 256)] * 2,
         (28, 256, 512), *[(28, 512, 512)] * 2, *[(14, 512, 512)] * 3]
conv_weights, conv_macs = sum(9 * a * b for _, a, b in sizes), sum(9 * a * b * n * n for n, a, b in sizes)
fc = 512 * 7 * 7 * 4096 + 4096 * 4096 + 4096 * 1000
print(f"VGG-16: FC layers hold {fc / (fc + conv_weights):.0%} of the weights, {fc / (fc + conv_macs):.1%} of the work")
assert fc / (fc + conv_weights) > 0.89 and fc / (fc + conv_macs) < 0.01, "FC should be memory, convolution time"
