"""Ten examples can be fitted to a loss of zero; with softmax twice they cannot."""

import math

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
twice = False  # try: True
torch.manual_seed(0)
x, y = images[:10], labels[:10]  # ten examples, nothing else
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(301):
    logits = model(x)  # (10, 10)
    if twice:  # the fault: cross_entropy applies a softmax of its own
        logits = logits.softmax(1)
    loss = nn.functional.cross_entropy(logits, y)
    if step in (0, 10, 100, 300):
        right = (logits.argmax(1) == y).float().mean().item()
        print(f"step {step:3d}: loss {loss:.3f}, {right:.0%} right")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
floor = math.log(math.e + 9) - 1
print(f"the floor of softmax twice: {floor:.3f}")


# %% proof: 12 draws of ten digits; three programs with a fault; labels drawn at random
def fitted(seed, fault):
    """The loss of ten examples after 300 steps, and the share that is right."""
    torch.manual_seed(seed)
    x, y, _, _ = split(seed, train_size=10)
    if fault == "labels at random":
        y = torch.randint(10, (10,))
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(300):
        logits = model(0 * x if fault == "inputs lost" else x)
        if fault == "softmax twice":
            logits = logits.softmax(1)
        loss = nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), (logits.argmax(1) == y).float().mean().item()


faults = ("none", "labels at random", "softmax twice", "inputs lost")
seen = {}
for fault in faults:
    seen[fault] = torch.tensor([fitted(seed, fault) for seed in range(0, 1200, 100)])
    lowest, highest = seen[fault][:, 0].aminmax()
    right = seen[fault][:, 1].mean().item()
    print(f"{fault:16s} loss {lowest:.4f} to {highest:.4f}, {right:.0%} right")
sound = seen["none"][:, 0].max().item()
assert sound < 0.01, f"ten digits should be fitted, loss {sound:.4f}"
drawn = seen["labels at random"][:, 0].max().item()
assert drawn < 0.02, f"with labels at random just as well, loss {drawn:.4f}"
assert (seen["none"][:, 1] == 1).all(), "and all be right"
assert (seen["labels at random"][:, 1] == 1).all(), "also with labels at random"
over = (seen["softmax twice"][:, 0] - floor).min().item()
assert over > -1e-4, f"softmax twice should not pass its floor, {over:.1e}"
near = (seen["softmax twice"][:, 0] - floor).mean().item()
assert near < 0.06, f"and come near it in the mean, {near:.3f}"
right = seen["softmax twice"][:, 1].mean().item()
assert right > 0.95, f"with nearly all right, {right:.1%}"
lost = seen["inputs lost"][:, 0].min().item()
assert lost > 1, f"without the inputs no fit is possible, loss {lost:.2f}"
measured = {"sound": sound, "lost": lost, "near": near, "floor": floor}
