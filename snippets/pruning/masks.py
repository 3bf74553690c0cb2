"""PyTorch's pruning is a mask of zeros on the smallest weights."""

import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
amount = 0.5  # try: 0.25, 0.9
layer = nn.Linear(4, 2)
before = layer.weight.detach().clone()  # (outputs, inputs)
prune.l1_unstructured(layer, "weight", amount)

# The same mask without the library: zeros where the size is among the smallest.
order = before.abs().flatten().argsort()
mask = torch.ones(8)
mask[order[: round(amount * 8)]] = 0
mask = mask.view(2, 4)

print("weights            mask         masked")
for old, row, new in zip(before, layer.weight_mask, layer.weight, strict=True):
    print(" ".join(f"{v:+.1f}" for v in old), end="   ")
    print(" ".join(f"{v:.0f}" for v in row), end="   ")
    print(" ".join(f"{v:+.1f}" for v in new))
assert torch.equal(layer.weight_mask, mask), "the masks should be equal"

# %% proof: four layers, a share of each and one threshold, gradients, remove
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(256, 32),
    nn.ReLU(),
    nn.Linear(32, 10),
)
layers = [model[i] for i in (0, 3, 6, 8)]
flat = [layer.weight.detach().flatten().clone() for layer in layers]
x = torch.randn(50, 1, 8, 8)  # (N, C, H, W)


def by_hand(weights, share):
    """Zeros on the smallest share of the weights, ones elsewhere."""
    order = weights.abs().argsort()
    return torch.ones_like(weights).index_fill(0, order[: round(share * len(order))], 0)


for share in (0.1, 0.5, 0.9, 0.98):
    for layer, weights in zip(layers, flat, strict=True):
        prune.l1_unstructured(layer, "weight", share)
        found = layer.weight_mask.flatten()
        assert torch.equal(found, by_hand(weights, share)), f"{share}: masks differ"
        prune.remove(layer, "weight")
        layer.weight.data = weights.view_as(layer.weight).clone()
    pairs = [(layer, "weight") for layer in layers]
    prune.global_unstructured(pairs, prune.L1Unstructured, amount=share)
    wanted = by_hand(torch.cat(flat), share).split([len(w) for w in flat])
    for layer, mask in zip(layers, wanted, strict=True):
        assert torch.equal(layer.weight_mask.flatten(), mask), f"{share}: masks differ"
    logits = model(x)
    model.zero_grad()
    logits.square().mean().backward()
    for layer, weights in zip(layers, flat, strict=True):
        gradient = layer.weight_orig.grad[layer.weight_mask == 0]
        assert (gradient == 0).all(), "a masked weight should get no gradient"
        prune.remove(layer, "weight")
    assert torch.equal(model(x), logits), "remove should not change the function"
    kept = [100 * (layer.weight != 0).float().mean().item() for layer in layers]
    print(f"one threshold, {share:.0%} gone; left of each layer: ", end="")
    print(", ".join(f"{k:.0f} %" for k in kept))
    for layer, weights in zip(layers, flat, strict=True):
        layer.weight.data = weights.view_as(layer.weight).clone()
biggest = max(len(w) for w in flat) / sum(len(w) for w in flat)
measured = {"biggest": 100 * biggest}
assert 0.83 < biggest < 0.85, f"one layer should hold most weights: {biggest:.3f}"
