"""Rare classes and inputs with a mean: where SGD stays behind, and Adam does not."""

import torch
from torch.nn.functional import cross_entropy

classes = "heavy-tailed"  # try: "balanced"
mean = 3.0  # try: 0.0
sizes = {  # one class of 64 examples, two of 32, … 64 of one: as words in a text
    "heavy-tailed": [64 // 2**j for j in range(7) for _ in range(2**j)],
    "balanced": [4] * 112,  # as many examples, in about as many classes
}
# region: the best rates of doubling ones, on other seeds; the examples
rates = {  # SGD with momentum, Adam; with mean 0 larger ones do as well
    ("heavy-tailed", 3.0): (1.2, 0.06),
    ("heavy-tailed", 0.0): (160, 0.8),
    ("balanced", 3.0): (40, 0.04),
    ("balanced", 0.0): (160, 0.8),
}


def examples(classes, mean, seed):
    """448 random inputs, and their classes, the most frequent first."""
    generator = torch.Generator().manual_seed(seed)
    counts = torch.tensor(sizes[classes])
    y = torch.arange(len(counts)).repeat_interleave(counts)  # (448,)
    return (torch.randn(448, 256, generator=generator) + mean) / 16, y


# endregion


def train(name, classes, mean, seed, lr, num_steps=100):
    """A linear classifier on all examples at once; each example's loss at the end."""
    x, y = examples(classes, mean, seed)  # (448, 256), (448,)
    w = torch.zeros(256, len(sizes[classes]), requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=lr)
    if name == "SGD":
        optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    for _ in range(num_steps):
        optimizer.zero_grad()
        cross_entropy(x @ w, y).backward()
        optimizer.step()
    return cross_entropy(x @ w, y, reduction="none").detach()  # (448,)


for name, lr in zip(("SGD", "Adam"), rates[classes, mean], strict=True):
    losses = train(name, classes, mean, 0, lr)
    print(f"{name}: first {losses[:192].mean():.3f}, last {losses[256:].mean():.3f}")

# %% proof: 12 seeds; one change at a time
assert (classes, mean) == ("heavy-tailed", 3.0), f"as written, {classes}, {mean}"
ends = {}
for key, pair in rates.items():
    for name, lr in zip(("SGD", "Adam"), pair, strict=True):
        runs = [train(name, *key, seed, lr) for seed in range(0, 1200, 100)]
        ends[name, *key] = torch.stack(runs)  # (12, 448)
    sgd, adam = (ends[name, *key].mean(1) for name in ("SGD", "Adam"))
    gaps = sgd - adam
    print(f"{key}: SGD {sgd.mean():.3f}, Adam {adam.mean():.3f}", end=", ")
    print(f"SGD behind by {gaps.mean():.3f} +- {gaps.std() / 12**0.5:.3f}")
    ends["gap", *key] = gaps
full, centred, even, neither = (ends["gap", *key] for key in rates)
assert full.min() > 0.5, f"SGD should stay behind in each of 12, {full}"
others = {"centred": centred, "balanced": even, "both": neither}
for what, gaps in others.items():
    most = gaps.max().item()
    assert most < full.mean() / 10, f"{what}: the gap should be gone, {gaps}"
sgd = ends["SGD", "heavy-tailed", 3.0]
rare, frequent = sgd[:, 256:].mean().item(), sgd[:, :192].mean().item()
adam = ends["Adam", "heavy-tailed", 3.0]
rare_adam, frequent_adam = adam[:, 256:].mean().item(), adam[:, :192].mean().item()
assert rare > 1.5 * frequent, f"SGD: the rare should be worse off, {rare}, {frequent}"
assert rare_adam < frequent_adam, f"Adam: not so, {rare_adam}, {frequent_adam}"
measured = {"gap": full.mean().item(), "gap_se": full.std().item() / 12**0.5}
measured |= {"rare": rare, "frequent": frequent, "rare_adam": rare_adam}
measured |= {"frequent_adam": frequent_adam}
