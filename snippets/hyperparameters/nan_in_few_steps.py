"""In a deep plain network the loss grows for a few steps only before it is NaN."""

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


# region: the network, and training up to the first loss that is not finite
def plain(depth):
    """Hidden layers of 64 units, started as He proposes."""
    layers, width = [nn.Flatten()], 64
    for _ in range(depth):
        hidden = nn.Linear(width, 64)
        nn.init.kaiming_normal_(hidden.weight, nonlinearity="relu")
        nn.init.zeros_(hidden.bias)
        layers += [hidden, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


def train(depth, lr, seed, num_steps=200):
    """The loss of each step, up to the first that is not finite."""
    torch.manual_seed(seed)
    model, losses = plain(depth), []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for batch in torch.randint(len(labels), (num_steps, 64)):
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        losses.append(loss.item())
        if not loss.isfinite():
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.tensor(losses)


# endregion
depth = 20  # try: 10, 5, 2
lr = 2.0
losses = train(depth, lr, seed=0)
broken = not losses[-1].isfinite()
print(f"{depth} hidden layers, rate {lr}:", "NaN" if broken else "no NaN", end=" ")
print(f"after {len(losses)} steps")
print("each step:       ", *[f"{loss:.3g}" for loss in losses[:8]])
print("every 50th step: ", *[f"{loss:.3g}" for loss in losses[::50]])

# %% proof: how long the growth lasts: four depths, three rates, 12 seeds
rows, grown = [], {}
for depth in (2, 5, 10, 20):
    for lr in (0.5, 1.0, 2.0) if depth > 2 else (2.0,):
        for seed in range(0, 1200, 100):
            losses = train(depth, lr, seed)
            if losses[-1].isfinite():
                continue
            before = losses[:-1]
            calm = (before <= 2 * before[0]).nonzero()[-1].item()
            growth = len(before) - calm  # steps from twice the first loss to the NaN
            grown.setdefault((depth, lr), []).append(growth)
            logged = before[::50]
            hint = (logged > 2 * before[0]).any().item()
            rows.append((depth, growth, hint))
for (depth, lr), steps in grown.items():
    print(f"{depth:2d} layers, rate {lr}: {len(steps):2d} of 12 NaN", end=", ")
    print(f"{min(steps)} to {max(steps)} steps of growth")
count = len(rows)
longest = max(growth for _, growth, _ in rows)
silent = sum(not hint for _, _, hint in rows) / count
print(f"{count} NaN, longest growth {longest} steps, silent {silent:.0%}")
assert count >= 40, f"many of the runs should end in NaN, {count}"
assert longest <= 12, f"the growth should last a few steps only, {longest}"
assert silent > 0.9, f"a log of every 50th step should seldom show it, {silent:.0%}"
assert all(depth > 2 for depth, *_ in rows), (
    "two layers should not break at these rates"
)
five, twenty = (sum(grown[depth, 2.0]) / len(grown[depth, 2.0]) for depth in (5, 20))
assert five > 1.3 * twenty, f"the deeper, the shorter: {five:.1f}, {twenty:.1f} steps"
measured = {"count": count, "longest": longest, "silent": silent}
measured |= {"five": five, "twenty": twenty}
