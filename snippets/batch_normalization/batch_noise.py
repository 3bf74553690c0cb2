"""In training an output depends on the batch mates; the noise falls as 1 / N."""

import matplotlib.pyplot as plt
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
# region: a small network with BN
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(256, 10),
)
# endregion
train_x, train_y, test_x, test_y = split(0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    train_epoch(model, optimizer, train_x, train_y)

batch_size = 4  # try: 16, 64
model.train()
logits = []
for draw in range(300):
    # The same image each time, among other mates.
    mates = torch.randint(1, len(test_y), (batch_size - 1,))
    batch = torch.cat([test_x[:1], test_x[mates]])  # (N, 1, 8, 8)
    logits.append(model(batch)[0, test_y[0]].item())
spread = torch.tensor(logits).std().item()
print(f"batches of {batch_size}: the logit of its class has a spread of {spread:.2f}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 2.8))
around = [logit - sum(logits) / len(logits) for logit in logits]
axis.hist(around, bins=torch.linspace(-0.8, 0.8, 65).tolist(), color="C0")
axis.set_xlim(-0.8, 0.8)
axis.set_xlabel("one image's logit minus its mean over 300 batches")
axis.set_ylabel("batches")
axis.set_title(f"batches of {batch_size}")
plt.show()
# endregion


# %% proof: the variance over six sizes of the batch, for 12 images, and in eval()
@torch.no_grad()
def variance(model, batch_size, draws=80):
    """Of the logits of 12 images over random batch mates, the mean over both."""
    found = []
    for i in range(12):
        mates = torch.randint(12, len(test_y), (draws, batch_size - 1))
        batches = torch.cat([test_x[i].expand(draws, 1, 1, 8, 8), test_x[mates]], 1)
        found.append(torch.stack([model(batch)[0] for batch in batches]).var(0).mean())
    return torch.stack(found).mean().item()


sizes = [4, 8, 16, 32, 64, 128]
noise = [variance(model, size) for size in sizes]
share = accuracy(model, test_x, test_y)  # switches to eval()
quiet = variance(model, 4)
logs = torch.tensor([sizes, noise]).log()
centred = logs - logs.mean(1, keepdim=True)
slope = ((centred[0] * centred[1]).sum() / (centred[0] ** 2).sum()).item()
for size, value in zip(sizes, noise, strict=True):
    print(f"variance of a logit in batches of {size:3d}: {value:.4f}")
print(f"slope on log axes {slope:.2f}; in eval() the variance is {quiet:.1e}")
measured = {"slope": slope, "accuracy": share, "at_4": noise[0] ** 0.5}
measured |= {"at_64": noise[4] ** 0.5}
figure, axis = plt.subplots(figsize=(5, 3))
axis.loglog(sizes, noise, "C0o", label="measured")
line = [noise[2] * 16 / size for size in sizes]
axis.loglog(sizes, line, "C1--", label="proportional to 1 / N")
axis.set_xticks(sizes, sizes)
axis.minorticks_off()
axis.set_xlabel("batch size N")
axis.set_ylabel("variance of a logit")
axis.legend()
plt.show()
assert share > 0.85, f"the network should know the digits, accuracy {share:.2f}"
assert quiet < 1e-9, f"in eval() the mates should not matter, variance {quiet:.1e}"
assert -1.15 < slope < -0.85, f"the variance should fall about as 1/N, {slope:.2f}"
falls = [a / b for a, b in zip(noise, noise[1:])]
assert min(falls) > 1.4, f"each doubling should cut the variance, ratios {falls}"
