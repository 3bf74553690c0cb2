"""With buffers that lag behind, a network is fine in train() and worse in eval()."""

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


# region: six convolutions with BN, and the accuracy with the batch's statistics
import copy

from torch.optim.swa_utils import update_bn


def build(momentum, stride=1, side=4, depth=6):
    """Blocks of convolution, BN and ReLU, then a linear layer on maps of a side."""
    layers, channels = [], 1
    for stride in (stride, 2, 1, 1, 1, 1)[:depth]:
        layers.append(nn.Conv2d(channels, 16, 3, stride, padding=1, bias=False))
        layers += [nn.BatchNorm2d(16, momentum=momentum), nn.ReLU()]
        channels = 16
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * side**2, 10))


@torch.no_grad()
def accuracy_in_train_mode(model, x, y):
    """The accuracy with the statistics of all these images; the buffers stay."""
    model = copy.deepcopy(model).train()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
momentum = 0.001  # try: 0.01, 0.1
seed = 0
torch.manual_seed(seed)
train_x, train_y, test_x, test_y = split(seed)
model = build(momentum)
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for _ in range(3):
    train_epoch(model, optimizer, train_x, train_y)  # 20 steps each

batch_stats = accuracy_in_train_mode(model, test_x, test_y)
as_trained = accuracy(model, test_x, test_y)  # in eval()
update_bn(train_x.split(50), model)  # measures the statistics again, changes no weight
remeasured = accuracy(model, test_x, test_y)
print(f"train(), the batch's statistics:    {batch_stats:4.0%}")
print(f"eval(), the buffers as trained:     {as_trained:4.0%}")
print(f"eval(), the buffers measured again: {remeasured:4.0%}")

# %% proof: 12 seeds of lagging buffers, fewer layers, a larger momentum, other causes
before, lagging, cured = [], [], []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model = build(momentum=0.001)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    weights = [p.clone() for p in model.parameters()]
    before.append(accuracy_in_train_mode(model, test_x, test_y))
    lagging.append(accuracy(model, test_x, test_y))
    model.train()  # a mode and a momentum that should come back
    update_bn(train_x.split(50), model)
    kept = model.training and model[1].momentum == 0.001
    same = all(map(torch.equal, weights, model.parameters()))
    assert kept and same, "update_bn should restore momentum and mode, touch no weight"
    cured.append(accuracy(model, test_x, test_y))
before, lagging, cured = 100 * torch.tensor([before, lagging, cured])


def mean_and_error(values):
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


lost, lost_se = mean_and_error(before - lagging)
left, left_se = mean_and_error(before - cured)
print(f"eval() loses {lost:.0f} points (standard error {lost_se:.0f}),", end=" ")
print(f"after update_bn {left:.1f} ({left_se:.1f})")
assert before.min() > 88, f"each network should be trained, worst {before.min():.0f} %"
assert lost - 2 * lost_se > 4, (
    f"eval() should be worse: {lost:.1f}, error {lost_se:.1f}"
)
assert abs(left) + 2 * left_se < 0.8, f"should be cured, {left:.2f} points are left"

# Two layers in place of six, all else the same
shallow = []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model = build(momentum=0.001, depth=2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    in_train = accuracy_in_train_mode(model, test_x, test_y)
    shallow.append(100 * (in_train - accuracy(model, test_x, test_y)))
two, two_se = mean_and_error(torch.tensor(shallow))
print(f"with two layers it loses {two:.1f} points (standard error {two_se:.1f})")
assert two - 2 * two_se > 0, (
    f"two layers should lose too: {two:.1f}, error {two_se:.1f}"
)
deeper, deeper_se = mean_and_error(before - lagging - torch.tensor(shallow))
assert deeper - 2 * deeper_se > 4, (
    f"six should lose more, by {deeper:.1f}, error {deeper_se:.1f}"
)

# The momentum changes no weight, only the buffers.
twins = []
for momentum in (0.001, 0.1):
    torch.manual_seed(0)
    model = build(momentum)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    train_epoch(model, optimizer, *split(0)[:2])
    twins.append(model)
pairs = zip(*(twin.parameters() for twin in twins), strict=True)
assert all(torch.equal(a, b) for a, b in pairs), "momentum should change no weight"
apart = (twins[0][1].running_var - twins[1][1].running_var).abs().max().item()
assert apart > 0.1, f"it should change the buffers, by {apart:.2f}"

# Other causes. Inverted digits come in batches of their own, and share each BN; or the
# test images are prepared otherwise.
shared, prepared, usual = [], [], []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model = build(momentum=0.1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    for _ in range(3):
        train_epoch(model, optimizer, train_x, train_y)
    in_train = accuracy_in_train_mode(model, test_x, test_y)
    usual.append(100 * (in_train - accuracy(model, test_x, test_y)))
    other = 3 + 3 * test_x  # another offset and scale
    row = [accuracy_in_train_mode(model, other, test_y), accuracy(model, other, test_y)]
    update_bn(train_x.split(50), model)
    row += [accuracy(model, other, test_y), accuracy(model, train_x, train_y)]
    prepared.append(row)

    both = [part for batch in train_x.split(50) for part in (batch, 2 - batch)]
    for _ in range(2):
        for batch in torch.randperm(len(train_y)).split(50):
            for part in (train_x[batch], 2 - train_x[batch]):
                model.train()
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(part), train_y[batch]).backward()
                optimizer.step()
    row = [accuracy_in_train_mode(model, 2 - test_x, test_y)]
    row.append(accuracy(model, 2 - test_x, test_y))
    update_bn(both, model)
    row += [accuracy(model, 2 - test_x, test_y), accuracy(model, train_x, train_y)]
    prepared_for = copy.deepcopy(model)
    update_bn((2 - train_x).split(50), prepared_for)  # statistics of its own
    row.append(accuracy(prepared_for, 2 - test_x, test_y))
    shared.append(row)
shared, prepared = 100 * torch.tensor(shared), 100 * torch.tensor(prepared)
lag, lag_se = mean_and_error(torch.tensor(usual))
print(f"a momentum of 0.1 loses {lag:.1f} points (standard error {lag_se:.1f})")
assert lag + 2 * lag_se < 3, f"0.1 should lose little: {lag:.1f}, error {lag_se:.1f}"
print("other causes, 12 seeds           train()  eval()  after update_bn")
for name, values in (("two inputs share BN", shared), ("prepared otherwise", prepared)):
    in_train, in_eval, after, *_ = values.mean(0).tolist()
    print(f"{name:32} {in_train:5.0f} % {in_eval:5.0f} % {after:10.0f} %")
for name, values in (("two inputs", shared), ("other preparation", prepared)):
    assert values[:, 0].min() > 85, f"{name}: train() should do: {values[:, 0]}"
    for column in (1, 2):  # before and after update_bn
        fall, fall_se = mean_and_error(values[:, 0] - values[:, column])
        assert fall - 2 * fall_se > 4, (
            f"{name}: worse by {fall:.1f}, error {fall_se:.1f}"
        )
fall, fall_se = mean_and_error(shared[:, 0] - shared[:, 3])
assert fall - 2 * fall_se > 2, (
    f"on training images too: {fall:.1f}, error {fall_se:.1f}"
)
own, own_se = mean_and_error(shared[:, 4] - shared[:, 0])
assert abs(own) + 2 * own_se < 1, (
    f"own statistics should cure it: {own:.1f}, {own_se:.1f}"
)
at_home = prepared[:, 3].min().item()
assert at_home > 94, f"eval() should be right on the training images: {at_home:.0f} %"

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

train_x, train_y = read("train", 3000)
test_x, test_y = read("t10k", 1000)
rows = []
for seed in range(0, 600, 100):
    torch.manual_seed(seed)
    model = build(momentum=0.001, stride=2, side=7)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    train_epoch(model, optimizer, train_x, train_y)
    row = [accuracy_in_train_mode(model, test_x, test_y)]
    row.append(accuracy(model, test_x, test_y))
    update_bn(train_x.split(50), model)
    rows.append([*row, accuracy(model, test_x, test_y)])
big = 100 * torch.tensor(rows)
in_train, in_eval, after = big.mean(0).tolist()
print(f"{'Fashion-MNIST, 6 seeds':32} {in_train:5.0f} %", end="")
print(f" {in_eval:5.0f} % {after:10.0f} %")
fallen = (big[:, 0] - big[:, 1]).mean()
assert fallen > 10, f"eval() should be worse there too, in the mean: {fallen:.1f}"
assert (big[:, 0] - big[:, 2]).abs().max() < 3, f"and be cured: {big}"

measured = {"lost": lost, "lost_se": lost_se, "train": before.mean().item()}
measured |= {"cured": cured.mean().item(), "two": two, "two_se": two_se}
measured |= {"lag": lag, "lag_se": lag_se}
for name, values in (("shared", shared), ("prepared", prepared)):
    there, lost_there, after_there, at_train, *_ = values.mean(0).tolist()
    measured |= {f"{name}_train": there, f"{name}_eval": lost_there}
    measured |= {f"{name}_after": after_there}
measured |= {"prepared_at_home": at_train, "shared_own": shared[:, 4].mean().item()}
measured |= {"big_train": in_train, "big_eval": in_eval, "big_after": after}
