"""Drawn: what is left of the loss after a short training, for twenty learning rates."""

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
# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
train_x, train_y, test_x, test_y = split(0)
num_epochs = 3  # try: 1, 10
rates = 10 ** torch.linspace(-3.25, 1.5, 20)  # equal ratios, not equal steps
losses = []
for lr in rates.tolist():
    torch.manual_seed(0)  # the same start for each rate
    hidden, out = nn.Linear(64, 32), nn.Linear(32, 10)
    model = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), out)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        train_epoch(model, optimizer, train_x, train_y)
    with torch.no_grad():
        losses.append(nn.functional.cross_entropy(model(train_x), train_y).item())
losses = torch.tensor(losses).nan_to_num(torch.inf)
best = losses.argmin()
print(f"best learning rate {rates[best]:.2g}: loss {losses[best]:.2f}")
print(f"a hundredth of it: loss {losses[best - 8]:.2f}, of 2.30 for guessing")
print(f"ten times the rate: loss {losses[best + 4]:.2f}")
# region: the picture
import matplotlib.pyplot as plt

half = 2.3026 / 2
good = losses < half  # half of what guessing costs
edges = good.nonzero()[:, 0]
first, last = edges[0].item(), edges[-1].item()
step = 10**0.125  # half a step from one rate to the next
borders = [rates[0] / step, rates[first] / step, rates[last] * step, rates[-1] * step]
borders = [border.item() for border in borders]
names = ("too low", "good", "too high")
for k, (name, low, high) in enumerate(zip(names, borders, borders[1:], strict=False)):
    plt.axvspan(low, high, color=f"C{(0, 2, 1)[k]}", alpha=0.2)
    plt.text((low * high) ** 0.5, 7.4, name, ha="center")
shown = losses.clamp(max=6.6)
plt.semilogx(rates[losses <= 6.6], losses[losses <= 6.6], "o-", color="C0")
plt.semilogx(rates[losses > 6.6], shown[losses > 6.6], "^", color="C1")
plt.axhline(2.3026, ls="--", lw=1, color="C0")
plt.text((borders[1] * borders[2]) ** 0.5, 2.45, "guessing", ha="center")
plt.ylim(0, 8.4)
plt.xlim(borders[0], borders[-1])
plt.xlabel("learning rate")
plt.ylabel("training loss in the end")
plt.gcf().set_size_inches(4.8, 2.9)
plt.show()
# endregion

# %% proof: the three regions, at three epochs
assert good[first : last + 1].all(), f"the good rates should be one range, {losses}"
assert 0 < first < last < 19, f"with a region on either side, {first} to {last}"
assert losses[0] > 1.9, f"the lowest rate should hardly learn, loss {losses[0]:.2f}"
assert losses[-1] > 2.2, f"the highest should not beat guessing, {losses[-1]:.2f}"
assert losses[best] < half / 3, f"the best should learn, loss {losses[best]:.2f}"
assert losses[best - 8] > 1.5 * losses[best], "a hundredth should be too low"
assert losses[best + 4] > 2 * losses[best], "ten times the best should be too high"
