"""Amounts refer to what is left while the mask is on; after remove, zeros count too."""

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.utils import prune

amount = 0.5  # try: 0.2, 0.9


def prune_five_times(remove):
    """Prune a layer five times, then train it for one step; the shares left."""
    torch.manual_seed(0)
    layer, shares = nn.Linear(100, 10), []  # 1,000 weights
    for _ in range(5):
        prune.l1_unstructured(layer, "weight", amount)
        if remove:
            prune.remove(layer, "weight")  # writes the zeros, drops the mask
        shares.append((layer.weight != 0).float().mean().item())
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer(torch.randn(64, 100)).square().mean().backward()
    optimizer.step()
    layer(torch.randn(64, 100))  # a mask is applied in the forward pass
    return shares, (layer.weight != 0).float().mean().item()


kept, kept_later = prune_five_times(remove=False)
removed, removed_later = prune_five_times(remove=True)
print("weights left, %   calls 1 to 5           then one step")
# region: the table and the plot
for name, shares, later in (
    ("mask stays on", kept, kept_later),
    ("remove each time", removed, removed_later),
):
    print(f"{name:17s}" + "".join(f"{100 * s:5.1f}" for s in shares), end="")
    print(f"{100 * later:12.1f}")
fig, ax = plt.subplots(figsize=(5, 3))
ax.plot(range(1, 6), [100 * s for s in kept], "o-", label="mask stays on")
ax.plot(range(1, 6), [100 * s for s in removed], "s--", label="remove each time")
ax.set_xlabel("calls with the same amount")
ax.set_ylabel("weights left, %")
ax.set_xticks(range(1, 6))
ax.set_ylim(0, 105)
ax.legend()
plt.show()
# endregion

# %% proof: shares by formula, every method, what a training step does
share = 1 - amount
assert len(kept) == len(removed) == 5, f"five calls should be made: {kept}"
for k in range(5):
    wanted = share ** (k + 1)
    # each call rounds the number of weights that go: a few of 1,000
    assert abs(kept[k] - wanted) < 0.003, (
        f"call {k + 1}: {kept[k]:.3f}, not {wanted:.3f}"
    )
    assert removed[k] == kept[0], f"call {k + 1} after remove should do nothing more"
assert kept_later == kept[-1], (
    f"the mask should hold in training, {kept_later:.3f} left"
)
assert removed_later == 1, (
    f"a step should fill all zeros again: {removed_later:.3f} left"
)


def twice(method, remove, half=0.5):
    """The share left of two layers after two calls of a method of pruning."""
    layers = [nn.Conv2d(8, 16, 3), nn.Conv2d(8, 16, 3)]
    pairs = [(layer, "weight") for layer in layers]
    for _ in range(2):
        if method == "global":
            prune.global_unstructured(pairs, prune.L1Unstructured, amount=half)
        for layer in layers * (method != "global"):
            if method == "whole filters":
                prune.ln_structured(layer, "weight", half, n=1, dim=0)
            if method == "one layer":
                prune.l1_unstructured(layer, "weight", half)
        for pair in pairs * remove:
            prune.remove(*pair)
    return torch.cat([layer.weight.flatten() for layer in layers]).ne(0).float().mean()


print("share left after two calls with 0.5     mask on   remove between")
for method in ("one layer", "whole filters", "global"):
    on, off = twice(method, remove=False).item(), twice(method, remove=True).item()
    print(f"{method:38s}{on:9.2f}{off:17.2f}")
    assert (on, off) == (0.25, 0.5), f"{method}: {on} and {off}, should be 1/4 and 1/2"

counted, emptied = nn.Linear(100, 10), nn.Linear(100, 10)
prune.l1_unstructured(counted, "weight", amount=1)
prune.l1_unstructured(emptied, "weight", amount=1.0)
gone = [int((layer.weight == 0).sum()) for layer in (counted, emptied)]
print(f"amount=1 takes {gone[0]} weight, amount=1.0 takes {gone[1]:,}")
assert gone == [1, 1000], f"the whole number should be a count, 1.0 a share: {gone}"

layer = nn.Linear(100, 10)
prune.l1_unstructured(layer, "weight", 0.5)
prune.remove(layer, "weight")
prune.custom_from_mask(layer, "weight", layer.weight != 0)  # the mask, back again
prune.l1_unstructured(layer, "weight", 0.5)
back = (layer.weight != 0).float().mean().item()
print(f"remove, mask made anew from the zeros, second call: {back:.2f} left")
assert back == 0.25, f"with a mask made anew the amounts should add up, {back:.2f} left"
