"""Trained on centred digits, only a convolutional network with stride 1 and global pooling still reads shifted ones."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
seeds, shifts, lr, batch_size = range(0, 300, 100), range(4), 0.005, 32


def place(images, shift):  # onto a canvas of 12 rows and 14 columns, `shift` pixels right of its centre
    return nn.functional.pad(images, (3 + shift, 3 - shift, 2, 2))


def convs(a, b, pool):  # two 3x3 convolutions of a and b maps
    return [nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(pool), nn.Conv2d(a, b, 3, padding=1), nn.ReLU()]


def build(name):
    if name == "fully connected":
        return nn.Sequential(nn.Flatten(), nn.Linear(168, 15), nn.ReLU(), nn.Linear(15, 10))
    if name == "conv, flattened":  # the last layer has a weight for each position
        return nn.Sequential(*convs(8, 5, pool=2), nn.Flatten(), nn.Linear(5 * 42, 10))
    head = [nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(24, 10)]  # the strongest response, wherever it is
    return nn.Sequential(*convs(10, 24, pool=2 if name == "conv, stride 2, global pool" else 1), *head)


names = ["fully connected", "conv, flattened", "conv, stride 2, global pool", "conv, stride 1, global pool"]
accuracy = torch.zeros(len(names), len(seeds), len(shifts))
for n, seed in enumerate(seeds):
    torch.manual_seed(seed)
    order = torch.randperm(len(y))
    train, test = order[:1000], order[1000:1300]
    for row, name in enumerate(names):
        model = build(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        for _ in range(160):  # the same steps, batches of the same size, always centred
            batch = train[torch.randint(1000, (batch_size,))]
            loss = nn.functional.cross_entropy(model(place(x[batch], 0)), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for shift in shifts:
            with torch.no_grad():
                accuracy[row, n, shift] = (model(place(x[test], shift)).argmax(1) == y[test]).float().mean()

for name, a, style in zip(names, accuracy, ("o-", "s--", "D:", "^-."), strict=True):
    parameters = sum(p.numel() for p in build(name).parameters())
    print(f"{name:28s} {parameters} parameters; accuracy at shift 0-3:", " ".join(f"{v:4.0%}" for v in a.mean(0)))
    assert 2500 < parameters < 2700, f"all should have about 2,600 parameters, {name} has {parameters}"
    line, = plt.plot(shifts, a.mean(0), style, label=name)
    plt.fill_between(shifts, a.amin(0), a.amax(0), alpha=0.2, color=line.get_color())
plt.xlabel("shift of the test digits (pixels to the right)")
plt.ylabel("test accuracy")
plt.xticks(shifts)
plt.ylim(0, 1)
plt.legend(loc="lower left")
plt.show()

mean = accuracy.mean(1)
assert mean[:, 0].min() > 0.8, f"every network should read centred digits, the worst reads {mean[:, 0].min():.2f}"
assert mean[:2, 2:].max() < 0.4, f"at 2 pixels both FC heads should be lost, the better reads {mean[:2, 2:].max():.2f}"
kept = (mean[3] / mean[3, 0]).min()
assert kept > 0.97, f"with stride 1 and global pooling the accuracy should stay, {kept:.2f} of it did"
odd = (mean[3, 1::2] - mean[2, 1::2]).min()
assert odd > 0.05, f"a stride of 2 should cost accuracy at odd shifts, cost {odd:.2f}"
