"""The paper scales at test time, PyTorch in training: it is the same network."""

import torch
from torch import nn

p = 0.2  # try: 0.5, 0.9
keep = 1 - p  # the paper calls this one p
torch.manual_seed(0)
h = torch.rand(1000, 100)  # (N, units), what dropout acts on
weight = torch.randn(10, 100)  # of the layer behind it
weight_paper = weight / keep  # the same network in the paper's form
dropout = nn.Dropout(p)
scaled_mask = dropout(torch.ones_like(h))  # (N, units), each 0 or 1 / keep
mask = (scaled_mask > 0).float()  # the same mask, each 0 or 1

# The paper: units are dropped in training, weights are multiplied at test time.
paper_train = (mask * h) @ weight_paper.T  # (N, 10)
paper_test = h @ (keep * weight_paper).T

# PyTorch: what stays is divided in training, nothing happens at test time.
torch_train = (scaled_mask * h) @ weight.T
dropout.eval()
torch_test = dropout(h) @ weight.T

print(f"Dropout(p={p}) zeroes {1 - mask.mean():.0%} of the units")
print(f"what stays is multiplied by {scaled_mask.max():.2f}")
gap_train = (paper_train - torch_train).abs().max().item()
gap_test = (paper_test - torch_test).abs().max().item()
print(f"largest difference in training {gap_train:.0e}, at test {gap_test:.0e}")
assert max(gap_train, gap_test) < 1e-3, f"the same function, {gap_train}, {gap_test}"

# %% proof: a training step, no counts, and what it costs to forget eval()
assert dropout(h) is h, "in eval() the layer should hand back its input"
share = 1 - mask.mean().item()
assert abs(share - p) < 0.01, f"p should be the share of zeros, it is {share:.3f}"
assert not dropout.state_dict(), f"nothing is stored, {list(dropout.state_dict())}"
ratio = (scaled_mask * h).mean() / h.mean()
assert abs(ratio - 1) < 0.01, f"the mean should stay, ratio {ratio:.3f}"

# One SGD step: the paper's form needs a rate that is larger by 1 / keep².
y, lr = torch.randint(10, (1000,)), 0.1
old, new = weight_paper.requires_grad_(), weight.requires_grad_()
nn.functional.cross_entropy((mask * h) @ old.T, y).backward()
nn.functional.cross_entropy((scaled_mask * h) @ new.T, y).backward()
stepped = keep * (old - lr / keep**2 * old.grad), new - lr * new.grad
assert torch.allclose(*stepped, atol=1e-5), "the same step, if the rate is adapted"
unadapted = keep * (old - lr * old.grad), new - lr * new.grad
assert not torch.allclose(*unadapted, atol=1e-5), "and not with the same rate"

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
train_x, train_y = read("train", 3000)
test_x, test_y = read("t10k", 1000)
rows = []
for seed in range(0, 600, 100):
    torch.manual_seed(seed)
    first, second, last = nn.Linear(784, 128), nn.Linear(128, 128), nn.Linear(128, 10)
    layers = first, nn.ReLU(), nn.Dropout(0.5), second, nn.ReLU(), nn.Dropout(0.5), last
    model = nn.Sequential(nn.Flatten(), *layers)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(5):
        train_epoch(model, optimizer, train_x, train_y)
    in_eval = accuracy(model, test_x, test_y)
    with torch.no_grad():
        one, other = (model.train()(test_x).argmax(1) for _ in range(2))
        for layer in (second, last):  # somebody scales the weights as well
            layer.weight.mul_(0.5)
        twice = accuracy(model, test_x, test_y)
        small = nn.functional.cross_entropy(model(test_x), test_y).item()
        for layer in (second, last):
            layer.weight.mul_(2)
        right = nn.functional.cross_entropy(model.eval()(test_x), test_y).item()
    in_train = (one == test_y).float().mean().item()
    changed = (one != other).float().mean().item()
    rows.append([in_eval, in_train, changed, twice, right, small])
rows = torch.tensor(rows)  # (6, 6)
in_eval, in_train, changed, twice, right, small = rows.mean(0).tolist()
print("Fashion-MNIST, 28x28, six seeds")
print(f"accuracy in eval() {in_eval:.1%}, in train() {in_train:.1%}")
print(f"two passes in train() give another class to {changed:.0%} of the images")
print(f"weights halved as well: accuracy {twice:.1%}, loss {right:.2f} to {small:.2f}")
measured = {"eval": in_eval, "train": in_train, "changed": changed}
measured |= {"twice": twice, "right": right, "small": small}
lost = rows[:, 0] - rows[:, 1]
error = lost.std().item() / len(lost) ** 0.5
assert lost.mean() > 0.02, f"without eval() points should be lost, {lost.mean():.3f}"
assert lost.mean() > 4 * error, f"by more than chance, error {error:.3f}"
assert changed > 0.08, f"passes should disagree about many images, {changed:.3f}"
assert small > 1.15 * right, f"scaling twice should cost loss, {right:.2f}, {small:.2f}"
