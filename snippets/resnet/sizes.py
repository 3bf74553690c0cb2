"""ResNet-50 takes 3.86 billion multiply-adds with the paper's strides and 4.09 with those of today's libraries."""
import torch
from torch import nn

repeats = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
table_1 = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}  # billion multiply-adds, He et al. (2016)
torchvision = {18: 11689512, 34: 21797672, 50: 25557032, 101: 44549160, 152: 60192808}  # parameters, its documentation


def conv(inputs, outputs, size, stride=1):
    return [nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(outputs)]


class Block(nn.Module):
    def __init__(self, inputs, width, stride, bottleneck, stride_in, projection):
        super().__init__()
        self.stride, self.outputs = stride, 4 * width if bottleneck else width
        if bottleneck:  # 1x1 down to `width` channels, 3x3, 1x1 up to four times as many
            first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
            convs = [conv(inputs, width, 1, first), conv(width, width, 3, second), conv(width, self.outputs, 1)]
        else:
            convs = [conv(inputs, width, 3, stride), conv(width, width, 3)]
        self.residual = nn.Sequential(*sum((c + [nn.ReLU()] for c in convs), [])[:-1])  # no ReLU before the sum
        changes = stride != 1 or inputs != self.outputs
        self.shortcut = nn.Sequential(*conv(inputs, self.outputs, 1, stride)) if changes and projection else None

    def forward(self, x):
        if self.shortcut is not None:
            return torch.relu(self.residual(x) + self.shortcut(x))  # option B
        zeros = (0, 0, 0, 0, 0, self.outputs - x.shape[1])  # option A: zeros for the missing channels
        return torch.relu(self.residual(x) + nn.functional.pad(x[:, :, ::self.stride, ::self.stride], zeros))


def resnet(depth, stride_in="3x3", projection=True):
    layers, channels = [*conv(3, 64, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)], 64
    for stage, n in enumerate(repeats[depth]):
        for i in range(n):
            stride = 2 if stage > 0 and i == 0 else 1  # stages 2, 3 and 4 start with half the resolution
            layers.append(Block(channels, 64 * 2 ** stage, stride, depth >= 50, stride_in, projection))
            channels = layers[-1].outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def multiply_adds(model):
    total = 0

    def count(layer, inputs, output):  # every output value is one dot product with one filter
        nonlocal total
        total += output[0].numel() * layer.weight[0].numel()
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    model(torch.empty(1, 3, 224, 224))
    return total


macs = {}
with torch.device("meta"):  # shapes only: no memory, no arithmetic
    for depth in repeats:
        parameters = sum(p.numel() for p in resnet(depth).parameters())
        paper = resnet(depth, stride_in="1x1", projection=depth >= 50)  # 18 and 34 had option A in the paper
        macs[depth] = multiply_adds(paper) / 1e9, multiply_adds(resnet(depth)) / 1e9
        text = f"paper's layout {macs[depth][0]:5.2f} (printed: {table_1[depth]:4.1f}), today's {macs[depth][1]:5.2f}"
        print(f"ResNet-{depth:<3d} {parameters / 1e6:4.1f} million parameters; billion multiply-adds: {text}")
        assert parameters == torchvision[depth], f"ResNet-{depth} should have {torchvision[depth]}, has {parameters}"
        off = macs[depth][0] - table_1[depth]
        assert abs(off) < 0.06, f"ResNet-{depth} should match table 1 to 0.06 billion, is off by {off:.2f}"
difference = [macs[depth][1] - macs[depth][0] for depth in (50, 101, 152)]
assert all(round(d, 3) == 0.231 for d in difference), f"the strides should cost 0.231 billion each time: {difference}"
assert [round(m, 1) for m, _ in macs.values()] == [1.8, 3.6, 3.9, 7.6, 11.3], "to one digit only ResNet-50 differs"
counts = [round(m, 2) for m in (*macs[34], *macs[50])]
assert counts == [3.64, 3.66, 3.86, 4.09], f"ResNet-34 and 50, the paper's layout and today's: {counts}"
lower = [round(m - 0.015, 1) for m, _ in macs.values()]
assert lower == list(table_1.values()), f"0.015 billion less should round to table 1 each time: {lower}"
