"""SGD falls behind Adam with both networks, further with the transformer."""

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
# region: words, two networks, and the best rates on three other seeds
import re

from sklearn import datasets

loaders = ("iris", "wine", "breast_cancer", "diabetes", "linnerud")
texts = [getattr(datasets, f"load_{name}")().DESCR for name in loaders]
words = re.findall(r"[a-z]+|[^a-z\s]", " ".join(texts).lower())
vocabulary = sorted(set(words))
index = {word: k for k, word in enumerate(vocabulary)}
stream = torch.tensor([index[word] for word in words])
context = stream.unfold(0, 9, 1)  # (N, 9): eight words and the one that follows
patches = nn.functional.unfold(images, 2, stride=2).transpose(1, 2)  # (1797, 16, 4)
sources = {  # inputs, classes, their number, and the layer that makes vectors of 32
    "words": (context[:, :8], context[:, 8], len(vocabulary)),
    "digits": (patches, labels, 10),
}


class Transformer(nn.Module):
    """One block of self-attention over 8 words or 16 patches."""

    def __init__(self, data, num_classes):
        """Vectors of 32 numbers for each position, and a linear classifier."""
        super().__init__()
        length = sources[data][0].shape[1]
        embed = nn.Embedding(num_classes, 32) if data == "words" else nn.Linear(4, 32)
        self.embed, self.place = embed, nn.Parameter(0.1 * torch.randn(length, 32))
        self.block = nn.TransformerEncoderLayer(
            32, 2, 64, dropout=0.0, batch_first=True, norm_first=True
        )
        self.head = nn.Linear(32, num_classes)

    def forward(self, x):
        """Logits from the mean over the positions."""
        h = self.block(self.embed(x) + self.place)  # (N, length, 32)
        return self.head(h.mean(1))


class CNN(nn.Module):
    """Two convolutions along the positions."""

    def __init__(self, data, num_classes):
        """The same first and last layer as the transformer."""
        super().__init__()
        embed = nn.Embedding(num_classes, 32) if data == "words" else nn.Linear(4, 32)
        self.embed = embed
        self.convs = nn.Sequential(
            *(nn.Conv1d(32, 64, 3, padding=1), nn.ReLU()),
            *(nn.Conv1d(64, 32, 3, padding=1), nn.ReLU()),
        )
        self.head = nn.Linear(32, num_classes)

    def forward(self, x):
        """Logits from the mean over the positions."""
        h = self.convs(self.embed(x).transpose(1, 2))  # (N, 32, length)
        return self.head(h.mean(2))


rates = {  # SGD with momentum, Adam: the best on three other seeds, of doubling ones
    ("transformer", "words"): (0.1, 0.08),  # at 0.2 one of three ended in NaN
    ("transformer", "digits"): (0.1, 0.02),
    ("CNN", "words"): (0.2, 0.02),
    ("CNN", "digits"): (0.2, 0.02),
}
kinds = {"transformer": Transformer, "CNN": CNN}
# endregion


def train(network, data, name, seed, num_steps=120):
    """The mean training loss over the last ten batches of 64."""
    torch.manual_seed(seed)
    x, y, num_classes = sources[data]
    model, losses = kinds[network](data, num_classes), []
    for_sgd, for_adam = rates[network, data]
    optimizer = torch.optim.Adam(model.parameters(), for_adam)
    if name == "SGD":
        optimizer = torch.optim.SGD(model.parameters(), for_sgd, momentum=0.9)
    for _ in range(num_steps):
        rows = torch.randint(len(y), (64,))
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses[-10:]) / 10


network = "transformer"  # try: "CNN"
data = "words"  # try: "digits"
for name in ("SGD", "Adam"):
    print(f"{network} on {data}, {name:4s}: loss {train(network, data, name, 0):.2f}")

# %% proof: 12 seeds for each of the four
import math

import matplotlib.pyplot as plt

gaps = {}
measured = {}
for row, (network, data) in enumerate(rates):
    pair = {}
    for name, mark in (("SGD", "o"), ("Adam", "s")):
        seeds = range(0, 1200, 100)
        runs = [train(network, data, name, seed) for seed in seeds]
        guess = math.log(sources[data][2])  # what a run that ends in NaN counts as
        pair[name] = torch.tensor(runs).nan_to_num(guess)  # (12,)
        label = name if row == 0 else None
        plt.plot(runs, [row] * 12, mark, alpha=0.6, color=f"C{'os'.index(mark)}")
        plt.plot([], [], mark, color=f"C{'os'.index(mark)}", label=label)
    gap = gaps[network, data] = pair["SGD"] - pair["Adam"]
    key = f"{network}_{data}".lower()
    measured |= {key: gap.mean().item(), f"{key}_se": gap.std().item() / 12**0.5}
    print(f"{network} on {data}: SGD {pair['SGD'].mean():.2f}", end=", ")
    print(f"Adam {pair['Adam'].mean():.2f}, behind by {measured[key]:.2f}", end=" ")
    print(f"+- {measured[f'{key}_se']:.2f}")
more = {}  # by how much the transformer's gap exceeds the CNN's, seed by seed
for data in ("words", "digits"):
    further = gaps["transformer", data] - gaps["CNN", data]
    mean, error = further.mean().item(), further.std().item() / 12**0.5
    more[data] = (mean, error)
    print(f"{data}: the transformer's gap is larger by {mean:.2f} +- {error:.2f}")
    measured |= {f"more_{data}": mean, f"more_{data}_se": error}
plt.yticks(range(4), [f"{network},\n{data}" for network, data in rates])
plt.xlabel("training loss after 120 steps")
plt.ylim(3.6, -0.6)
plt.legend(loc="lower right")
plt.gcf().set_size_inches(5, 2.8)
plt.show()
for key, gap in gaps.items():
    mean, error = gap.mean().item(), gap.std().item() / 12**0.5
    assert mean > 2 * error and mean > 0.08, f"{key}: Adam should be ahead, {gap}"
mean, error = more["words"]
assert mean > 0.25 and mean > 2 * error, f"words: further with a transformer, {more}"
mean, error = more["digits"]
assert mean > error, f"digits: further with a transformer, {more}"
wider = gaps["CNN", "words"].mean() - gaps["CNN", "digits"].mean()
error = (gaps["CNN", "words"].var() + gaps["CNN", "digits"].var()).sqrt() / 12**0.5
assert wider < 2 * error, f"words should not widen the CNN's gap, {wider:.2f}"
ended = {}  # at a larger rate of SGD
for network in kinds:
    rates[network, "words"] = (0.8, 0.08)
    ended[network] = [train(network, "words", "SGD", s) for s in (0, 100, 200)]
assert any(math.isnan(loss) for loss in ended["transformer"]), f"NaN? {ended}"
assert all(loss < 6 for loss in ended["CNN"]), f"the CNN should bear it, {ended}"
count = torch.bincount(sources["words"][1])
assert count.max() > 50 * count.float().median(), (
    f"words should be heavy-tailed, {count}"
)
assert len(vocabulary) > 400, f"there should be many words, {len(vocabulary)}"
