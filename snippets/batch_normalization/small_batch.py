"""In small batches BN is noisy, and the values of one image count for little."""

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
# region: a small network with BN or GroupNorm, trained in batches of 50
def trained(norm, seed):
    """The network, and the digits to test it on."""
    train_x, train_y, test_x, test_y = split(seed)
    torch.manual_seed(seed)
    layers, channels = [], 1
    for _ in range(3):  # maps of 4x4, 2x2 and 1x1
        conv = nn.Conv2d(channels, 16, 3, stride=2, padding=1)
        layers += [conv, norm(16), nn.ReLU()]
        channels = 16
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(2):
        train_epoch(model, optimizer, train_x, train_y)
    return model, test_x[:768], test_y[:768]


# endregion
batch_size = 2  # try: 4, 16, 64
model, x, y = trained(nn.BatchNorm2d, seed=0)
known = model.eval()(x)  # (768, 10), normalized with the running statistics

# The same images, each normalized together with the others of its batch.
model.train()
among = torch.cat([model(batch) for batch in x.split(batch_size)])  # (768, 10)
for name, logits in {"eval()": known, f"batches of {batch_size}": among}.items():
    wrong = (logits.argmax(1) != y).float().mean()
    print(f"{name:13s} {wrong:.1%} errors")
# region: the plot
own = torch.arange(len(y)), y
figure, axis = plt.subplots(figsize=(5, 3.6))
axis.plot(known[own].detach(), among[own].detach(), "C0o", markersize=2)
axis.plot([-5, 15], [-5, 15], "C1--")
axis.set_xlim(-5, 15)
axis.set_ylim(-5, 15)
axis.set_xlabel("logit of the right class, eval()")
axis.set_ylabel(f"in batches of {batch_size}")
plt.show()
# endregion

# %% proof: five sizes, 12 seeds, GroupNorm beside it; and values against images
from sklearn.datasets import load_sample_image


def errors(norm, seed):
    """Test error in % in eval(), and in train() in batches of each size."""
    model, x, y = trained(norm, seed)
    found = [model.eval()(x)]
    model.train()
    for size in sizes:
        found.append(torch.cat([model(batch) for batch in x.split(size)]))
    return [100 * (logits.argmax(1) != y).float().mean().item() for logits in found]


def make_group_norm(channels):
    return nn.GroupNorm(4, channels)


sizes, seeds = (2, 4, 8, 16, 64), range(0, 1200, 100)
bn = torch.tensor([errors(nn.BatchNorm2d, seed) for seed in seeds])  # (12, 6)
group = torch.tensor([errors(make_group_norm, seed) for seed in seeds])
print("images normalized together   eval()", *[f"{size:6d}" for size in sizes])
for name, found in {"BN": bn, "GroupNorm": group}.items():
    row = "  ".join(f"{value:5.1f}" for value in found.mean(0))
    print(f"{name:10s} errors in %:        {row}")
gap = bn[:, 1:] - bn[:, :1]
least = (gap.mean(0) - 2 * gap.std(0) / len(gap) ** 0.5).tolist()
assert least[0] > 25, f"two images should cost errors, at least {least[0]:.1f} points"
assert least[1] > 9, f"four images too, at least {least[1]:.1f} points"
falls = bn.mean(0)[1:].diff()
assert falls.max() < 0, f"the more images the better, steps {falls.tolist()}"
same = (group - group[:, :1]).abs().max().item()
assert same < 0.3, f"GroupNorm should not care, {same:.2f} points"

# On a photograph: the mean of 64 values, all of one 8x8 patch or from 64 patches.
photo = torch.tensor(load_sample_image("china.jpg")[:424, :640]).float().mean(2)
patches = photo.reshape(53, 8, 80, 8).permute(0, 2, 1, 3).reshape(-1, 64)  # (4240, 64)
torch.manual_seed(0)
rows, columns = torch.randint(4240, (4240, 64)), torch.randint(64, (4240, 64))
ratio = (patches.mean(1).var() / patches[rows, columns].mean(1).var()).item()
print(f"mean of 64 values: its variance is {ratio:.0f} times larger from one patch")
assert ratio > 25, f"values of one patch should tell little, {ratio:.1f} times"
out = nn.BatchNorm1d(1)(torch.tensor([[3.0], [8.0]])).flatten().tolist()
assert abs(out[0] + 1) < 1e-4 and abs(out[1] - 1) < 1e-4, f"should be -1, 1: {out}"
measured = {"ratio": ratio, "in_eval": bn[:, 0].mean().item()}
measured |= {f"at_{size}": bn[:, i + 1].mean().item() for i, size in enumerate(sizes)}
measured |= {"group": group[:, 0].mean().item(), "group_2": group[:, 1].mean().item()}
