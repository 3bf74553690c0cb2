"""With a growing rate, training passes four regions: too low, good, too high, NaN."""

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


# region: the network, and training at one rate
def leaky():
    """One hidden layer."""
    hidden, out = nn.Linear(64, 64), nn.Linear(64, 10)
    return nn.Sequential(nn.Flatten(), hidden, nn.LeakyReLU(), out)


def train(lr, seed, build=leaky, x=images, y=labels, num_steps=150):
    """The loss of the batch in each step."""
    torch.manual_seed(seed)
    model, losses = build(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for batch in torch.randint(len(y), (num_steps, 64)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.tensor(losses)


# endregion
def region(losses):
    """What one curve tells of its rate, with no other curve beside it."""
    first, last = losses[0], losses[-20:].mean()
    if not losses.isfinite().all():
        return "NaN"
    if last < first / 2:
        return "good"
    return "too high" if losses.max() > 1.15 * first else "too low"


for lr in (0.003, 0.3, 4.0, 40.0):
    losses = train(lr, seed=0)
    shown = [f"{losses[step]:7.3g}" for step in (0, 10, 50, 149)]
    print(f"rate {lr:5g}, loss at step 0, 10, 50, 149:", *shown, "", region(losses))

# %% proof: 20 rates, 12 seeds; the rule on other seeds, and on a CNN on photographs
import matplotlib.pyplot as plt

names = ["too low", "good", "too high", "NaN"]
rates = [10 ** (k / 4) for k in range(-10, 10)]  # four a decade


def sweep(rates, seeds, **of):
    """All curves, (rates, seeds, steps), and the number of each one's region."""
    curves = torch.stack(
        [torch.stack([train(r, s, **of) for s in seeds]) for r in rates]
    )
    return curves, torch.tensor(
        [[names.index(region(c)) for c in row] for row in curves]
    )


curves, found = sweep(rates, range(0, 1200, 100))
middle = found.median(1).values  # the median over the seeds
inside = [[lr for lr, m in zip(rates, middle, strict=True) if m == r] for r in range(4)]
for name, of_region in zip(names, inside, strict=True):
    print(f"{name:8s}  rates {of_region[0]:6.2g} to {of_region[-1]:.2g}")
final = curves[:, :, -20:].mean(2)  # (rates, seeds)
best = rates[final.mean(1).nan_to_num(torch.inf).argmin()]
print(f"best      rate  {best:6.2g}, lowest that is too high {inside[2][0]:.2g}")

looks, shown = [("-", "C0"), ("--", "C2"), ("-.", "C1"), (":", "C3")], []
for r, (name, (style, color)) in enumerate(zip(names, looks, strict=True)):
    lr = inside[r][len(inside[r]) // 2] if r < 2 else inside[r][0]
    shown.append(curves[rates.index(lr), 0])
    plt.plot(shown[r], style, color=color, label=f"{name}, {lr:.2g}")
plt.yscale("log")
plt.ylim(0.03, 1e7)
plt.xlabel("step")
plt.ylabel("loss of the batch")
plt.legend(loc="upper right", ncols=2)
plt.gcf().set_size_inches(4.8, 3)
plt.show()
for r, name in enumerate(names):
    low, high = inside[r][0] / 10**0.125, inside[r][-1] * 10**0.125
    plt.axvspan(low, high, color=looks[r][1], alpha=0.2)
    plt.text((low * high) ** 0.5, 160, name, ha="center")
plt.loglog(rates, final.clamp(max=90), "o", ms=4, color="C0")  # a NaN is not drawn
plt.ylim(0.03, 500)
plt.xlabel("learning rate")
plt.ylabel("loss, last 20 steps")
plt.gcf().set_size_inches(4.8, 3)
plt.show()

back = (found.diff(dim=0) < 0).float().mean().item()
assert (middle.diff() >= 0).all(), f"the median should never go back, {middle.tolist()}"
assert set(middle.tolist()) == {0, 1, 2, 3}, f"all four should be passed, {middle}"
assert back < 0.03, f"single seeds should hardly step back either, {back:.1%} do"
assert (found[0] == 0).all() and (found[-1] == 3).all(), "from too low to NaN"
margin = inside[2][0] / best
assert 1 < margin < 6, f"the best should lie close below the too high, {margin:.1f}"
lowest = final.mean(1).nan_to_num(torch.inf).min().item()
assert lowest < 0.25, f"the best rate should bring the loss far down, {lowest:.2f}"
ends = [curve[-20:].mean().item() for curve in shown[:3]]
assert ends[1] < ends[0] / 3 and ends[1] < ends[2] / 3, f"one should fall, {ends}"

others, seen = sweep(
    rates[::2], range(50000, 50300, 100)
)  # seeds that the rule never saw
apart = (seen.median(1).values - middle[::2]).abs().max().item()
assert apart <= 1, f"on other seeds the borders should hardly move, {apart}"
same = (seen.median(1).values == middle[::2]).float().mean().item()
assert same > 0.8, f"and most rates stay in their region, {same:.0%}"

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
photos, classes = read("train", 5000)


def cnn():
    """Two convolutions with stride 2, ReLU, then ten logits."""
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(784, 10)),
    )


wide = [10 ** (k / 2) for k in range(-6, 4)]  # two a decade
curves, seen = sweep(wide, range(0, 300, 100), build=cnn, x=photos, y=classes)
for lr, row in zip(wide, seen.tolist(), strict=True):
    print(f"photographs, rate {lr:6.2g}:", ", ".join(names[r] for r in row))
good = (seen == 1).all(1).nonzero()[:, 0]  # rates at which every seed learns
assert len(good) >= 3, f"three rates or more should be good, {len(good)}"
contiguous = (good.diff() == 1).all()
assert contiguous, f"the good rates should be one range, {good.tolist()}"
below, above_it = seen[: good[0]], seen[good[-1] + 1 :]
assert below.max() < 2, f"below none should be too high, {below.tolist()}"
assert (seen[0] == 0).all(), "the lowest rate should be too low"
assert (seen[-3:] >= 2).all(), f"from 3.2 on none should learn, {seen[-3:].tolist()}"
assert above_it.min() > 0, f"above none should be too low, {above_it.tolist()}"
end = curves[:, :, -20:].mean((1, 2)).nan_to_num(torch.inf)
photo_best = wide[end.argmin()]
broken = wide[(seen >= 2).all(1).nonzero()[0, 0]]
high = curves[wide.index(10**0.5)]  # (3, steps), a rate that is too high
stands = high[:, -20:].mean().item()
assert abs(stands - 2.3026) < 0.15, f"it should stand at guessing, {stands:.2f}"
jumped = (high.max(1).values / high[:, 0]).min().item()
assert jumped > 1.5, f"after a jump, {jumped:.1f} times the first loss"
moves = high[:, -20:].std().item()
assert moves < 0.1, f"and hardly move there, {moves:.3f}"
measured = {"stands": stands}
measured |= {"best": best, "margin": margin, "photo_best": photo_best}
assert broken > 2 * photo_best, f"all should fail far above the best, {broken:.1f}"
