"""Under a mask a layer has other names to save, and deepcopy refuses its weight."""

import copy
import io

import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
x = torch.randn(4, 10)  # (N, inputs)
layer = nn.Linear(10, 3)
prune.l1_unstructured(layer, "weight", amount=0.5)
print("parameters:", ", ".join(name for name, _ in layer.named_parameters()))
print("buffers:   ", ", ".join(name for name, _ in layer.named_buffers()))

try:
    copy.deepcopy(layer)
except RuntimeError as error:
    no_copy = str(error)
print("deepcopy:", no_copy.split(".")[0])

try:
    nn.Linear(10, 3).load_state_dict(layer.state_dict())
except RuntimeError as error:
    no_load = str(error)
print("load_state_dict:", no_load)

# %% proof: three remedies, outputs equal to the bit
wanted = layer(x)
sentence = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy"
)
assert no_copy.startswith(sentence), (
    f"deepcopy should say that it needs a leaf: {no_copy}"
)
for key in ("weight_orig", "weight_mask"):
    assert key in no_load, f"loading should name {key}: {no_load}"
assert not layer.weight.is_leaf, "the weight should be computed, so no leaf"

with torch.no_grad():  # the weight is computed again, this time without a graph
    layer(x)
twin = copy.deepcopy(layer)
assert torch.equal(twin(x), wanted), "a copy after a pass without graph should agree"

masked = nn.Linear(10, 3)
prune.identity(masked, "weight")  # a mask of ones: the right names to load into
masked.load_state_dict(layer.state_dict())
stale = (masked.weight == 0).sum().item()  # the attribute still is the one from before
assert stale == 0, (
    f"until the first pass the attribute should be the old one, {stale} zeros"
)
assert torch.equal(masked(x), wanted), "loaded with its mask it should agree"
zeros = (masked.weight == 0).sum().item()
assert zeros == 15, f"half of 30 weights should be zero after the pass, {zeros} are"

fresh = nn.Linear(10, 3)
trained_by_optimizer = fresh.weight
prune.l1_unstructured(fresh, "weight", amount=0.5)
same = fresh.weight_orig is trained_by_optimizer
assert same, "under the mask an optimizer made before should still hold the weight"
parameter = layer.weight_orig
bytes_masked = io.BytesIO()
torch.save(layer.state_dict(), bytes_masked)
prune.remove(layer, "weight")
assert layer.weight is parameter, (
    "an optimizer made before should still hold the weight"
)
plain = nn.Linear(10, 3)
plain.load_state_dict(layer.state_dict())
assert torch.equal(plain(x), wanted), "after remove it should load into a plain layer"
assert torch.equal(copy.deepcopy(layer)(x), wanted), "after remove deepcopy should work"
bytes_plain = io.BytesIO()
torch.save(layer.state_dict(), bytes_plain)
larger = bytes_masked.tell() - bytes_plain.tell()
assert larger > 100, f"a mask should be 120 bytes on top, at least, not {larger}"
print(f"remedies agree: pass without graph, mask of ones, remove; {zeros} zeros each")
