"""Pruning in ten lines: half of a layer's weights become zero and stay zero."""

import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
layer = nn.Linear(6, 3)  # 18 weights
prune.l1_unstructured(layer, "weight", amount=0.5)  # the smaller half
print(layer.weight_mask.int())

optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
layer(torch.randn(8, 6)).square().mean().backward()
optimizer.step()  # training goes on with what is left
prune.remove(layer, "weight")  # done: the zeros are written into the weight
print(f"{(layer.weight == 0).sum()} of {layer.weight.numel()} weights are zero")
assert (layer.weight == 0).sum() == 9, "half of 18 weights should stay zero"
