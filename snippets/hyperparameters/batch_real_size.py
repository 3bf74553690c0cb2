"""On photographs the best rate grows with the batch, more slowly than in proportion."""

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
every_x, every_y = read("train", 10000)
test_x, test_y = read("t10k", 2000)


# region: training, four epochs of 4,096 images
def train(size, lr, seed, num_epochs=4):
    """The test loss in the end."""
    torch.manual_seed(seed)
    chosen = torch.randperm(10000)[:4096]
    x, y = every_x[chosen], every_y[chosen]
    hidden, out = nn.Linear(784, 32), nn.Linear(32, 10)
    model = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), out)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in torch.randperm(4096).split(size):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return nn.functional.cross_entropy(model(test_x), test_y).item()


# endregion
size = 256  # try: 64
base = 0.04  # the best rate for batches of 16
for rule, power in (("same", 0), ("square root", 0.5), ("linear", 1)):
    lr = base * (size / 16) ** power
    loss = train(size, lr, seed=0)
    print(f"batches of {size}, {rule:11s} rate {lr:.2f}: test loss {loss:.2f}")

# %% proof: 12 seeds at the best rate of each size and at those of the rules
# Test loss on seeds 70000, 70100 and 70200, rates a factor of 2 apart, the best inside:
# 16: 0.04 0.490 (0.02 0.505, 0.08 0.519); 64: 0.08 0.539 (0.04 0.563, 0.16 0.543);
# 256: 0.16 0.577 (0.08 0.623, 0.32 0.630); 1024: 0.16 0.859 (0.08 0.945, 0.32 1.101)
tuned = {16: 0.04, 64: 0.08, 256: 0.16, 1024: 0.16}
losses = {}


def at(size, lr):
    """The losses of 12 seeds, (12,)."""
    if (size, lr) not in losses:
        rows = [train(size, lr, seed) for seed in range(0, 1200, 100)]
        losses[size, lr] = torch.tensor(rows).nan_to_num(torch.inf)
    return losses[size, lr]


for size, lr in tuned.items():
    print(f"batches of {size:4d}, tuned {lr:.2f}: {at(size, lr).mean():.3f}", end="")
    for rule, power in (("root", 0.5), ("linear", 1)):
        told = 0.04 * (size / 16) ** power
        if told < 1:  # the linear rate at 1024 is 2.56, four times what broke at 256
            print(f"; {rule} {told:.2f}: {at(size, told).mean():.3f}", end="")
    print()
ratio = (at(256, 0.64) / at(256, 0.16)).mean().item()
assert ratio > 1.5, f"at 256 the linear rule should break, {ratio:.1f} times the loss"
worst = at(1024, 0.32).mean().item() / at(1024, 0.16).mean().item()
assert 1 < worst < 1.5, f"at 1024 the root should be too high by a little, {worst:.2f}"
spread = at(64, 0.16) - at(64, 0.08)
more, more_se = spread.mean().item(), spread.std().item() / 12**0.5
print(f"at 64 the linear rule costs {more:.3f} +- {more_se:.3f}")
assert abs(more) < 0.08, f"at 64 either rule should do, {more:.3f}"
for size in (256, 1024):
    values = at(size, tuned[size]) - at(16, 0.04)
    mean, se = values.mean().item(), values.std().item() / 12**0.5
    assert mean > 2 * se, (
        f"{size}: fewer steps should end higher, {mean:.3f} +- {se:.3f}"
    )
measured = {f"loss{size}": at(size, lr).mean().item() for size, lr in tuned.items()}
measured |= {"linear256": at(256, 0.64).mean().item(), "more": more, "more_se": more_se}
