"""One step of k N images at k times the rate does about what k steps of N images do."""

import copy

import torch
from torch import nn

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
lr = 0.01  # try: 0.1, 1.0
torch.manual_seed(0)
x, y, _, _ = split(0, train_size=256)
hidden, out = nn.Linear(64, 64), nn.Linear(64, 10)
start = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), out)


# region: SGD, one step for each batch
def train(batches, lr):
    """All weights in one vector, after one SGD step for each batch."""
    model = copy.deepcopy(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for batch in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach()


# endregion
everything = torch.arange(256)
begin, small = train([], lr), train(everything.split(32), lr)
print(f"eight steps of 32 images at rate {lr}, against one step of all 256:")
for name, factor in (("the same rate", 1), ("times sqrt(8)", 8**0.5), ("times 8", 8)):
    large = train([everything], factor * lr)
    gap = (large - small).norm() / (small - begin).norm()
    print(f"{name:14s} ends {gap:6.1%} of the way from where they end")

# %% proof: 12 starts, three rates; the gap by each of the three rules
gaps = {}
for lr in (0.01, 0.1, 1.0):
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        x, y, _, _ = split(seed, train_size=256)
        hidden, out = nn.Linear(64, 64), nn.Linear(64, 10)
        start = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), out)
        begin, small = train([], lr), train(everything.split(32), lr)
        for rule, factor in (("same", 1), ("sqrt", 8**0.5), ("linear", 8)):
            gap = (train([everything], factor * lr) - small).norm()
            gaps.setdefault((lr, rule), []).append(
                (gap / (small - begin).norm()).item()
            )
mean = {key: sum(values) / 12 for key, values in gaps.items()}
for (lr, rule), gap in mean.items():
    print(f"rate {lr:4}, {rule:6s}: gap {gap:.3f}")
assert max(gaps[0.01, "linear"]) < 0.1, f"at 0.01 the rule should hold, {mean}"
assert 0.8 < mean[0.01, "same"] < 0.9, f"the same rate should go an eighth, {mean}"
assert 0.55 < mean[0.01, "sqrt"] < 0.75, f"the root should go about a third, {mean}"
worse = mean[0.1, "linear"] / mean[0.01, "linear"]
assert worse > 3, f"at ten times the rate the gap should grow, {worse:.1f} times"
broken = min(gaps[1.0, "linear"])
assert broken > 0.4, f"at rate 1 the rule should fail, {broken:.2f}"
measured = {"low": mean[0.01, "linear"], "mid": mean[0.1, "linear"]}
measured |= {"high": mean[1.0, "linear"], "same": mean[0.01, "same"]}
measured |= {"sqrt": mean[0.01, "sqrt"]}
