"""Two parameter groups keep weight decay off biases, normalization and, as MobileNet asks, depthwise filters."""
import torch
from torch import nn

torch.manual_seed(0)
lr, weight_decay = 0.1, 0.01
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(),  # an ordinary convolution
    nn.Conv2d(8, 8, 3, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU(),  # depthwise: 9 weights a channel
    nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),  # pointwise
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))

decay, no_decay = [], []
for module in model.modules():
    depthwise = isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1
    for name, parameter in module.named_parameters(recurse=False):
        # one axis: a bias or a normalization's scale or shift; kernels and matrices have more
        (no_decay if parameter.ndim == 1 or depthwise else decay).append(parameter)
optimizer = torch.optim.SGD(
    [{"params": decay, "weight_decay": weight_decay}, {"params": no_decay, "weight_decay": 0.0}], lr=lr)

before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
for parameter in model.parameters():
    parameter.grad = torch.zeros_like(parameter)  # no gradient: what still moves, moves by weight decay
optimizer.step()
shrunk = []
for name, parameter in model.named_parameters():
    factor = (parameter.norm() / before[name].norm()).item() if before[name].norm() > 0 else 1.0
    print(f"{name:10s} {str(tuple(parameter.shape)):16s} {'unchanged' if factor == 1 else f'times {factor:.3f}'}")
    if not torch.equal(parameter, before[name]):
        shrunk.append(name)
        assert abs(factor - (1 - lr * weight_decay)) < 1e-6, f"{name} should shrink by 1 - lr·wd, not {factor:.6f}"

assert shrunk == ["0.weight", "6.weight", "11.weight"], f"dense kernels and matrices should shrink: {shrunk}"
assert sum(p.numel() for p in decay) == 8 * 3 * 9 + 16 * 8 + 10 * 16, "504 weights should be under decay"
assert sum(p.numel() for p in no_decay) == 8 * 9 + 2 * (8 + 8 + 16) + 10, "72 depthwise, 64 BN, 10 bias not"
assert len(decay) + len(no_decay) == len(list(model.parameters())), "every parameter should be in exactly one group"

plain = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=weight_decay)  # one group: nothing is spared
before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
plain.step()
spared = [name for name, p in model.named_parameters() if torch.equal(p, before[name]) and before[name].any()]
print(f"with model.parameters() instead: {len(spared)} of {len(before)} tensors are spared")
assert spared == [], f"a plain call should decay every tensor that is not zero already, spared {spared}"
