"""The loss rises by a few confident errors, while no fewer answers are right."""

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
train_x, train_y = read("train", 500)
valid_x, valid_y = read("t10k", 2000)
temperature = 1.0  # try: 2.0, 4.0


def judge(logits, y):
    """Loss and accuracy, and the loss of right and of wrong answers."""
    losses = nn.functional.cross_entropy(logits / temperature, y, reduction="none")
    right = logits.argmax(1) == y
    means = losses.mean(), right.float().mean()
    return torch.stack([*means, losses[right].mean(), losses[~right].mean()])


# region: training, with what the network says of the validation images
def train(x, y, num_epochs=60):
    """The logits of the validation images after each epoch."""
    model = nn.Sequential(
        *(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(num_epochs):
        for batch in torch.randperm(len(y)).split(50):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            yield model(valid_x)


# endregion
torch.manual_seed(0)
rows = torch.stack([judge(logits, valid_y) for logits in train(train_x, train_y)])
print("epoch  loss  accuracy  loss where right  where wrong")
for epoch in (1, 5, 10, 20, 40, 60):
    loss, accuracy, where_right, where_wrong = rows[epoch - 1].tolist()
    print(f"{epoch:5d} {loss:5.2f} {accuracy:9.1%} {where_right:17.2f}", end=" ")
    print(f"{where_wrong:12.2f}")
# region: the picture
import matplotlib.pyplot as plt

fig, (above, below) = plt.subplots(2, 1, figsize=(4.6, 4), sharex=True)
epochs = range(1, 61)
above.plot(epochs, rows[:, 0], label="validation loss")
above.plot(epochs, rows[:, 1], "--", label="validation accuracy")
below.plot(epochs, rows[:, 3], "-.", color="C5", label="where wrong")
below.plot(epochs, rows[:, 2], ":", color="C2", label="where right")
for ax in (above, below):
    ax.legend(bbox_to_anchor=(0.5, 1.0), loc="lower center", ncols=2, fontsize=9)
above.set_ylim(0.3, 1.2)
below.set(xlabel="epoch", ylabel="loss")
plt.show()
# endregion

# %% proof: 12 seeds, who carries the rise, and one temperature that undoes it
every_x, every_y = read("train", 10000)
temperature = 1.0
table = []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    chosen = torch.randperm(10000)[:500]
    said = list(train(every_x[chosen], every_y[chosen]))
    rows = torch.stack([judge(logits, valid_y) for logits in said])
    best = rows[:, 0].argmin().item()
    # the temperature is fitted on one half of the images and judged on the other
    fit, held = slice(0, 1000), slice(1000, 2000)
    grid = torch.arange(1.0, 5.0, 0.1)
    tried = [nn.functional.cross_entropy(said[-1][fit] / t, valid_y[fit]) for t in grid]
    t = grid[torch.stack(tried).argmin()]
    before = nn.functional.cross_entropy(said[-1][held], valid_y[held])
    after = nn.functional.cross_entropy(said[-1][held] / t, valid_y[held])
    at_best = nn.functional.cross_entropy(said[best][held], valid_y[held])
    losses = nn.functional.cross_entropy(said[-1], valid_y, reduction="none")
    earlier = nn.functional.cross_entropy(said[best], valid_y, reduction="none")
    rise = losses - earlier
    fell = (rise < 0).double().mean()
    worst = rise.sort(descending=True).values
    share = worst[:200].sum() / rise[rise > 0].sum()
    stays = (said[-1].argmax(1) == said[-1].div(t).argmax(1)).double().mean()
    table.append(
        [
            best + 1,
            *rows[best],
            *rows[-1],
            t,
            before,
            after,
            at_best,
            fell,
            share,
            stays,
        ]
    )
table = torch.tensor(table, dtype=torch.float64)
names = ["best", "loss", "accuracy", "right", "wrong", "late_loss", "late_accuracy"]
names += [
    "late_right",
    "late_wrong",
    "t",
    "before",
    "after",
    "at_best",
    "fell",
    "share",
    "stays",
]
mean = dict(zip(names, table.mean(0).tolist(), strict=True))
print(", ".join(f"{name} {value:.3f}" for name, value in mean.items()))
more = 100 * (table[:, 6] - table[:, 2])
gap = table[:, 11] - table[:, 12]
print(f"accuracy {more.mean():+.2f} +- {more.std() / 12**0.5:.2f} points")
print(f"scaled - best epoch {gap.mean():+.3f} +- {gap.std() / 12**0.5:.3f}")
measured = dict(mean)
measured |= {"more": more.mean().item(), "more_se": more.std().item() / 12**0.5}
rise = table[:, 5] - table[:, 1]
error = rise.std().item() / 12**0.5
assert rise.mean() > 5 * error and rise.mean() > 0.1, f"the loss should rise, {mean}"
assert measured["more"] > measured["more_se"], f"and accuracy with it, {measured}"
assert mean["late_right"] < 0.6 * mean["right"], f"right answers get surer, {mean}"
assert mean["late_wrong"] > 1.4 * mean["wrong"], f"wrong ones cost more, {mean}"
assert mean["fell"] > 0.7, f"for most images it should fall, {mean['fell']:.0%}"
assert mean["share"] > 0.7, f"a tenth should carry most, {mean['share']:.0%}"
undone = (mean["before"] - mean["after"]) / (mean["before"] - mean["at_best"])
print(f"the temperature undoes {undone:.0%} of the rise")
assert 0.8 < undone < 1.2, f"one number should undo nearly all, {undone:.0%}"
assert mean["stays"] == 1, f"and change no answer, {mean['stays']:.4f} stay"
assert 1.3 < mean["t"] < 4, f"the logits should have been too large, T {mean['t']:.1f}"
measured["undone"] = undone
for name in ("best", "stays", "accuracy", "late_accuracy"):
    measured.pop(name)
