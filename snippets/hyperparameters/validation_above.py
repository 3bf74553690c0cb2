"""Validation beats the logged training accuracy, which is another measurement."""

import torch
from torch import nn

# region: Fashion-MNIST
import gzip
from pathlib import Path

import numpy as np

places = [Path("data/fashion-mnist"), Path("/usr/share/datasets/fashion-mnist")]
folder = next((place for place in places if place.exists()), None)
if not folder:
    raise FileNotFoundError("install dataset-fashion-mnist, or run `make data`")


def read(part, count):
    """The first images of a part, (N, 1, 28, 28), and their classes, (N,)."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    x = torch.tensor(pixels.reshape(-1, 1, 28, 28), dtype=torch.float32)
    return (x / 255 - 0.286) / 0.353, torch.tensor(classes, dtype=torch.int64)


# endregion
p = 0.5  # try: 0.0, 0.8
train_x, train_y = read("train", 2000)
valid_x, valid_y = read("t10k", 2000)


# region: the share of right answers
@torch.no_grad()
def right(model, x, y):
    """The share of images that the model, in its present mode, gets right."""
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
torch.manual_seed(0)
model = nn.Sequential(
    *(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(p)),
    *(nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10)),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
print("epoch  training, as logged  training, in eval()  validation")
for epoch in range(1, 6):
    logged = 0.0
    model.train()
    for batch in torch.randperm(2000).split(50):
        logits = model(train_x[batch])
        logged += (logits.argmax(1) == train_y[batch]).sum().item() / 2000
        loss = nn.functional.cross_entropy(logits, train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    both = right(model, train_x, train_y), right(model, valid_x, valid_y)
    print(f"{epoch:5d} {logged:20.1%} {both[0]:20.1%} {both[1]:11.1%}")

# %% proof: 12 seeds, each cause alone, and the luck of a small validation set
every_x, every_y = read("train", 10000)
measured = {}


def curves(p, shift, seed, num_epochs=6):
    """After each epoch: as logged, in train(), in eval(), validation; (epochs, 4)."""
    torch.manual_seed(seed)
    chosen = torch.randperm(10000)[:2000]
    x, y = every_x[chosen], every_y[chosen]
    model = nn.Sequential(
        *(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(p)),
        *(nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def seen(part):  # what augmentation makes of some images
        if not shift:
            return part
        moves = torch.randint(-shift, shift + 1, (2,)).tolist()
        return part.roll(moves, dims=(2, 3))

    rows = []
    for _ in range(num_epochs):
        logged = 0.0
        model.train()
        for batch in torch.randperm(2000).split(50):
            logits = model(seen(x[batch]))
            logged += (logits.argmax(1) == y[batch]).sum().item() / 2000
            loss = nn.functional.cross_entropy(logits, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        parts = torch.randperm(2000).split(50)
        noisy = sum(right(model, seen(x[part]), y[part]) for part in parts) / len(parts)
        model.eval()
        rows.append([logged, noisy, right(model, x, y), right(model, valid_x, valid_y)])
    with torch.no_grad():
        correct = model(valid_x).argmax(1) == valid_y
    return 100 * torch.tensor(rows, dtype=torch.float64), correct.double(), rows[-1][2]


kinds = {"none": (0.0, 0), "dropout": (0.5, 0), "shift": (0.0, 3)}
luck = {100: [], 1000: []}
spreads = []
for kind, (p, shift) in kinds.items():
    runs = [curves(p, shift, seed) for seed in range(0, 1200, 100)]
    table = torch.stack([rows for rows, _, _ in runs])  # (12, epochs, 4)
    print(f"{kind}: epoch, validation - logged, of it: average, noise, images")
    for epoch in (0, 5):
        logged, noisy, clean, valid = table[:, epoch].T
        parts = valid - logged, noisy - logged, clean - noisy, valid - clean
        means = [part.mean().item() for part in parts]
        errors = [part.std().item() / 12**0.5 for part in parts]
        said = [f"{m:+.1f} +- {e:.1f}" for m, e in zip(means, errors, strict=True)]
        print(f"  {epoch + 1}: " + ", ".join(said))
        for name, m, e in zip(
            ("lead", "average", "noise", "new"), means, errors, strict=True
        ):
            if (kind, name) != ("none", "noise"):  # that one is 0
                measured[f"{kind}_{name}_{epoch + 1}"] = m
            else:
                assert abs(m) < 0.01, f"without noise both modes are the same, {m:.2f}"
            spreads.append(e)
            assert name != "new" or m < -2 * e, (
                f"{kind}: new images, {m:+.1f} +- {e:.1f}"
            )
    if kind == "none":
        for _, correct, in_train in runs:
            for size, wins in luck.items():
                drawn = [
                    correct[torch.randperm(2000)[:size]].mean() for _ in range(200)
                ]
                wins.append(sum(d.item() > in_train for d in drawn) / 200)
for size, wins in luck.items():
    share = sum(wins) / len(wins)
    measured[f"luck_{size}"] = share
    print(f"{size} validation images: ahead in {share:.0%} of the draws")
assert max(spreads) < 1, f"standard errors stay under a point, {max(spreads):.1f}"
ahead = measured["none_lead_1"], measured["none_average_1"]
assert ahead[0] > 4 and ahead[1] > 8, f"at first the average alone does it, {ahead}"
assert measured["none_lead_6"] < -2, f"later it should not, {measured}"
assert measured["dropout_lead_6"] > 1, f"dropout keeps the lead, {measured}"
most = measured["dropout_noise_6"] / max(measured["dropout_average_6"], 0.1)
assert most > 2, f"by its noise, mostly, {most:.1f} times the average"
assert measured["shift_noise_6"] > 1, f"augmentation adds noise too, {measured}"
gap = measured["shift_lead_6"] - measured["none_lead_6"]
assert gap > 2, f"and lifts validation against the logged number, {gap:.1f}"
assert 0 < measured["luck_100"] < 0.2, f"luck: {measured['luck_100']:.0%}"
assert measured["luck_1000"] < 0.01, f"no luck: {measured['luck_1000']:.1%}"
