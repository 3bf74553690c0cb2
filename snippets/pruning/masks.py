"""PyTorch's pruning is a mask of zeros on the smallest weights, the same one that two lines make by hand."""
import copy

import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
                      nn.MaxPool2d(2), nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10))
x = torch.randn(100, 1, 8, 8)  # (N, C, H, W)
amount = 0.9


def by_hand(weight):
    """Zeros on the smallest share of the weights, ones elsewhere."""
    order = weight.abs().flatten().argsort()
    return torch.ones(len(order)).index_fill(0, order[:round(amount * len(order))], 0)


layerwise, together = copy.deepcopy(model), copy.deepcopy(model)
for i in (0, 2, 6, 8):  # a share of each layer
    prune.l1_unstructured(layerwise[i], "weight", amount)
prune.global_unstructured([(together[i], "weight") for i in (0, 2, 6, 8)], prune.L1Unstructured, amount=amount)

all_weights = torch.cat([model[i].weight.detach().flatten() for i in (0, 2, 6, 8)])  # (38160,)
global_mask = by_hand(all_weights).split([model[i].weight.numel() for i in (0, 2, 6, 8)])
print("weights     left of each layer")
print("           one share a layer    one threshold for all")
for i, mask in zip((0, 2, 6, 8), global_mask, strict=True):
    a, b = layerwise[i].weight_mask, together[i].weight_mask
    print(f"{a.numel():7,}   {100 * a.mean().item():15.0f} %   {100 * b.mean().item():18.0f} %")
    assert torch.equal(a.flatten(), by_hand(model[i].weight.detach())), f"layer {i}: the mask should be that by hand"
    assert torch.equal(b.flatten(), mask), f"layer {i}: the global mask should be that by hand"
    assert abs(a.mean() - 0.1) < 0.005, f"layer {i} should keep a tenth, it keeps {a.mean().item():.3f}"
assert together[6].weight.numel() / len(all_weights) > 0.855, "the third layer should hold 86 % of all weights"
assert together[6].weight_mask.mean() < 0.06, "one threshold should take most from the layer with the most inputs"
kept = sum(together[i].weight_mask.sum().item() for i in (0, 2, 6, 8))
print(f"together: {kept:,.0f} of {len(all_weights):,} weights left")
assert kept == 3816, f"a tenth of 38,160 weights should be left, {kept:.0f} are"

# While the mask is on, nothing is smaller: the old weights are kept, and a mask of the same size beside them.
names = list(together[0].state_dict())
logits = together(x)
logits.square().mean().backward()
masked_gradient = together[6].weight_orig.grad[together[6].weight_mask == 0]
for i in (0, 2, 6, 8):
    prune.remove(together[i], "weight")  # now the zeros are written into the weight
print(f"with the mask: {', '.join(names)}; after remove: {', '.join(together[0].state_dict())}")
assert names == ["bias", "weight_orig", "weight_mask"], f"weights and mask should both be stored, was {names}"
assert masked_gradient.abs().max() == 0, "a masked weight should get no gradient"
assert torch.equal(together(x), logits), "remove should not change the function"
assert (together[6].weight == 0).sum() == (global_mask[2] == 0).sum(), "remove should write the zeros"
