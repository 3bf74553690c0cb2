"""AlexNet of 2012, with its layers split over two GPUs, has the 60 million parameters and 650,000 neurons of the paper."""
import torch
from torch import nn


def alexnet(groups):  # the two GPUs talk to each other in the third convolution and in the fully connected layers
    norm = nn.LocalResponseNorm(5, alpha=5e-4, k=2)  # as in the paper, whose alpha is not divided by the size 5
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), norm, nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(), norm, nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
        nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000))


def count(model, x):
    macs = neurons = 0

    def hook(module, inputs, output):
        nonlocal macs, neurons
        neurons += output[0].numel()
        macs += output[0].numel() * module.weight[0].numel()  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    model(x)
    return sum(p.numel() for p in model.parameters()), macs, neurons


with torch.device("meta"):  # shapes only, nothing is computed
    x = torch.empty(1, 3, 227, 227)  # the paper says 224, but 11x11 at stride 4 gives its 55x55 maps from 227
    parameters, macs, neurons = count(alexnet(groups=2), x)
    joined, joined_macs, _ = count(alexnet(groups=1), x)
print(f"two GPUs: {parameters:,} parameters, {macs / 1e6:.0f} million multiply-adds, {neurons:,} neurons")
print("paper:    60 million parameters, 650,000 neurons")
print(f"one GPU:  {joined:,} parameters, {joined_macs / 1e6:.0f} million multiply-adds")
assert parameters == 60_965_224, f"AlexNet in two groups should have 60,965,224 parameters, has {parameters:,}"
assert abs(neurons / 650_000 - 1) < 0.02, f"the paper's 650,000 neurons should be met within 2 %, counted {neurons:,}"
assert joined == 62_378_344, f"without groups it should have 62,378,344 parameters, has {joined:,}"
assert 1.5 < joined_macs / macs < 1.6, f"without groups it should take over 1.5 times the work: {joined_macs / macs:.2f}"
assert macs == 724_406_816, f"AlexNet should take 724 million multiply-adds, takes {macs:,}"
