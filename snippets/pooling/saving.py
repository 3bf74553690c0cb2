"""Pooling has no weights: it saves multiply-adds in the next convolution and weights in the fully connected layer."""
import torch
from torch import nn

torch.manual_seed(0)


def network(pool, head):
    """Two convolutions for a 32 x 32 colour image, `pool` after each, then the classifier."""
    return nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), pool,
                         nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), pool, *head)


def cost(model):
    """Return weights and biases, and multiply-adds per image, of the convolutions and of the classifier."""
    x, weights, multiply_adds = torch.zeros(1, 3, 32, 32), {}, {}
    for layer in model:
        x = layer(x)
        kind = type(layer).__name__
        positions = x[0, 0].numel() if kind == "Conv2d" else 1  # a filter is used once per output pixel
        own = [p.numel() for p in layer.parameters()]
        weights[kind] = weights.get(kind, 0) + sum(own)
        multiply_adds[kind] = multiply_adds.get(kind, 0) + (own[0] * positions if own else 0)
    return weights, multiply_adds


torch.manual_seed(0)
flat = nn.Flatten()
networks = {"no pooling": network(nn.Identity(), [flat, nn.Linear(64 * 32 * 32, 10)]),
            "max pooling 2x2": network(nn.MaxPool2d(2), [flat, nn.Linear(64 * 8 * 8, 10)]),
            "no pooling, global mean": network(nn.Identity(), [nn.AdaptiveAvgPool2d(1), flat, nn.Linear(64, 10)]),
            "max pooling, global mean": network(nn.MaxPool2d(2), [nn.AdaptiveAvgPool2d(1), flat, nn.Linear(64, 10)])}
found = {name: cost(model) for name, model in networks.items()}
print("                            weights and biases      multiply-adds in 1000")
print("                          convolutions       FC      convolutions      FC")
for name, (weights, multiply_adds) in found.items():
    print(f"{name:24s}  {weights['Conv2d']:12,d}  {weights['Linear']:7,d}"
          f"      {multiply_adds['Conv2d'] / 1000:12,.0f}  {multiply_adds['Linear'] / 1000:6,.1f}")

(plain, plain_work), (pooled, pooled_work) = found["no pooling"], found["max pooling 2x2"]
assert pooled["MaxPool2d"] == 0, f"a pooling layer should have no weights, has {pooled['MaxPool2d']}"
assert plain["Conv2d"] == pooled["Conv2d"] == 19392, f"convolutions should keep 19,392 weights, {plain, pooled}"
assert plain["Linear"] - 10 == 16 * (pooled["Linear"] - 10) == 655360, f"FC should have 1/16: {plain, pooled}"
first, second = 3 * 32 * 9 * 32 * 32, 32 * 64 * 9 * 32 * 32  # multiply-adds of the two convolutions without pooling
assert plain_work["Conv2d"] == first + second, f"expected {first + second:,d}, was {plain_work['Conv2d']:,d}"
assert pooled_work["Conv2d"] == first + second / 4, f"only the second should fall, to 1/4, {pooled_work['Conv2d']:,d}"
mean, both = found["no pooling, global mean"], found["max pooling, global mean"]
assert mean[0]["Linear"] == both[0]["Linear"] == 650, f"a global mean leaves 650 in FC, {mean[0], both[0]}"
assert both[1]["Conv2d"] == pooled_work["Conv2d"], "the global mean should change nothing in the convolutions"
