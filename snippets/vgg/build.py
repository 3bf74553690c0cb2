"""VGG-11, 13, 16 and 19, built from the columns of the paper's table 1, have the parameters of its table 2."""
import torch
from torch import nn

columns = {  # convolutions before each of the five poolings; table 1 of the paper, columns A, B, D and E
    "VGG-11 (A)": (1, 1, 2, 2, 2),
    "VGG-13 (B)": (2, 2, 2, 2, 2),
    "VGG-16 (D)": (2, 2, 3, 3, 3),
    "VGG-19 (E)": (2, 2, 4, 4, 4),
}
published = {"VGG-11 (A)": 133, "VGG-13 (B)": 133, "VGG-16 (D)": 138, "VGG-19 (E)": 144}  # millions, table 2


def vgg(column, num_classes=1000):
    layers, channels = [], 3
    for width, depth in zip((64, 128, 256, 512, 512), column, strict=True):
        for _ in range(depth):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))  # 224, 112, 56, 28, 14, 7
    head = [nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Flatten(), *head, nn.Linear(4096, num_classes))


def count(model, x):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()  # each output value is one dot product

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(hook)
    assert model(x).shape == (1, 1000), "the network should give 1,000 logits"
    return sum(p.numel() for p in model.parameters()), total


exact, work = {}, {}
print("            parameters   paper, millions   multiply-adds")
for name, column in columns.items():
    with torch.device("meta"):  # shapes only, nothing is computed
        exact[name], work[name] = count(vgg(column), torch.empty(1, 3, 224, 224))
    layers = sum(column) + 3
    print(f"{name:10s} {exact[name]:11,} {published[name]:10d} {work[name] / 1e9:16.2f} billion")
    assert f"VGG-{layers} " in name, f"{name} should have as many weight layers as its name says, has {layers}"
    assert round(exact[name] / 1e6) == published[name], f"{name}: paper {published[name]} million, {exact[name]:,}"
expected = [132_863_336, 133_047_848, 138_357_544, 143_667_240]
assert list(exact.values()) == expected, f"exact counts should be {expected}, are {list(exact.values())}"
most, least = "VGG-19 (E)", "VGG-11 (A)"
billions = [round(n / 1e9, 2) for n in work.values()]
assert billions == [7.61, 11.31, 15.47, 19.63], f"multiply-adds should be 7.61, 11.31, 15.47, 19.63 billion: {billions}"
assert work[most] / work[least] > 2.5 and exact[most] / exact[least] < 1.09, "depth should cost work, not parameters"
with torch.device("meta"):
    body = [m for m in vgg(columns["VGG-16 (D)"]) if isinstance(m, nn.Conv2d)]
    averaged = sum(p.numel() for m in (*body, nn.Linear(512, 1000)) for p in m.parameters())
print(f"VGG-16 with global average pooling and one linear layer: {averaged / 1e6:.1f} million parameters")
assert averaged == 15_227_688, f"VGG-16 without its head should have 15,227,688 parameters, has {averaged:,}"
