"""Pooling saves weights in a flattened classifier, and work in the next convolution."""

import torch
from torch import nn

window = 2  # try: 1, 4
head = "flatten"  # try: "global mean"
torch.manual_seed(0)
pool = nn.MaxPool2d(window)  # a window of 1 changes nothing
side = 32 // window // window  # of the last map
layers = [nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), pool]
layers += [nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), pool]
if head == "global mean":
    layers += [nn.AdaptiveAvgPool2d(1)]
    side = 1
layers += [nn.Flatten(), nn.Linear(64 * side * side, 10)]

x = torch.zeros(1, 3, 32, 32)  # (N, C, H, W)
cost = []
for layer in layers:
    x = layer(x)
    if isinstance(layer, nn.Conv2d | nn.Linear):
        weights = layer.weight.numel()
        places = x[0, 0].numel() if x.ndim == 4 else 1  # each uses all weights once
        cost.append((weights, weights * places))
        name = type(layer).__name__
        print(
            f"{name:6s}  {weights:7,d} weights  {weights * places:10,d} multiply-adds"
        )

# %% proof: with and without pooling, in front of both heads
convs = 3 * 32 * 9, 32 * 64 * 9
expected = [(convs[0], convs[0] * 1024), (convs[1], convs[1] * 256), (40960, 40960)]
assert cost == expected, f"pooled 2x2 the cost should be {expected}, was {cost}"
assert sum(p.numel() for p in pool.parameters()) == 0, "pooling should have no weights"
unpooled = 64 * 32 * 32 * 10
measured = {"kept": cost[2][0], "all": unpooled, "work": cost[1][1] / (convs[1] * 1024)}
flat = nn.Sequential(*layers[:2], *layers[3:5], nn.Flatten())
features = flat(torch.zeros(1, 3, 32, 32)).shape[1]
assert features * 10 == unpooled, f"unpooled there should be {unpooled}, {features}"
assert 16 * measured["kept"] == measured["all"], f"a sixteenth stays, {measured}"
assert measured["work"] == 1 / 4, f"a quarter of the work should be left, {measured}"
means = nn.Sequential(*layers[:-2], nn.AdaptiveAvgPool2d(1), nn.Flatten())
pooled = means(torch.zeros(1, 3, 32, 32)).shape[1]
assert pooled == 64, f"a global mean should leave 64 features, pooled or not: {pooled}"
