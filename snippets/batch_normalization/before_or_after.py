"""BN before or after the ReLU: another input for the next layer, errors alike."""

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
order = "conv, BN, ReLU"  # try: "conv, ReLU, BN"
torch.manual_seed(0)
bn, relu = nn.BatchNorm2d(16), nn.ReLU()
conv = nn.Conv2d(1, 16, 3, padding=1)
parts = {"conv": conv, "BN": bn, "ReLU": relu}
block = nn.Sequential(*[parts[name] for name in order.split(", ")])

# What the next convolution receives from the digits.
with torch.no_grad():
    y = block(images)  # (1797, 16, 8, 8)
    # Does the convolution's bias matter? Raise it by 1 and look again.
    conv.bias += 1
    change = (block(images) - y).abs().max().item()
zeros = (y == 0).float().mean().item()
print(f"{order}: mean {y.mean():.2f}, std {y.std():.2f}, exact zeros {zeros:.0%}")
print(f"a bias raised by 1 changes the output by {change:.5f} at most")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3))
axis.hist(y.flatten().numpy(), bins=torch.arange(-2, 6, 0.1).tolist(), color="C0")
axis.axvline(y.mean().item(), color="C1", linestyle="--", label="mean")
axis.set_xlabel("input of the next convolution")
axis.set_ylabel("values")
axis.set_yscale("log")
axis.legend(title=order)
plt.show()
# endregion


# %% proof: which trains better? 16 seeds paired, each order at its own rate and epoch
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
def build(order):
    """A small CNN whose three blocks have this order."""
    layers, channels = [], 1
    for stride in (1, 2, 2):
        conv = nn.Conv2d(channels, 8, 3, stride, padding=1)
        bn, relu = nn.BatchNorm2d(8), nn.ReLU()
        layers += [conv, bn, relu] if order == "before" else [conv, relu, bn]
        channels = 8
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32, 10))


def errors(order, lr, seed, num_epochs=6):
    """Validation and test error in % after each epoch, (num_epochs, 2)."""
    x, y, test_x, test_y = split(seed, 1200)
    torch.manual_seed(seed)  # both orders get the same split, weights and batches
    model = build(order)
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    found = []
    for _ in range(num_epochs):
        train_epoch(model, optimizer, x[:1000], y[:1000])
        held_out = accuracy(model, x[1000:], y[1000:]), accuracy(model, test_x, test_y)
        found.append([100 - 100 * share for share in held_out])
    return torch.tensor(found)


rates, orders = (0.01, 0.03, 0.1, 0.3), ("before", "after")
chosen, best = {}, {}
for order in orders:
    # Rate and epoch are chosen on the validation digits of three other seeds.
    others = range(5000, 5300, 100)
    tried = [[errors(order, lr, seed)[:, 0] for seed in others] for lr in rates]
    table = torch.stack(
        [torch.stack(runs).mean(0) for runs in tried]
    )  # (rates, epochs)
    at_rate, at_epoch = divmod(table.argmin().item(), table.shape[1])
    chosen[order] = rates[at_rate]
    runs = [errors(order, chosen[order], seed) for seed in range(0, 1600, 100)]
    best[order] = torch.stack(runs)[:, at_epoch, 1]  # (16,), test errors
    print(f"BN {order} the ReLU, rate {chosen[order]}, epoch {at_epoch + 1}:", end=" ")
    print(f"test error {best[order].mean():.2f} %")
gap = best["after"] - best["before"]  # paired over the seeds
gap_mean, gap_se = gap.mean().item(), gap.std().item() / len(gap) ** 0.5
print(f"after minus before: {gap_mean:+.2f} points, standard error {gap_se:.2f}")
measured = {f"{order}_error": best[order].mean().item() for order in orders}
measured |= {f"{order}_rate": str(chosen[order]) for order in orders}
measured |= {"gap": gap_mean, "gap_se": gap_se}
measured["wins"] = int((gap < 0).sum())
figure, axis = plt.subplots(figsize=(5, 3.2))
for pair in zip(best["before"], best["after"], strict=True):
    axis.plot([0, 1], pair, "o-", color="gray", linewidth=0.8, markersize=4)
means = [best[order].mean() for order in orders]
axis.plot([0, 1], means, "D-", color="C1", linewidth=3, label="mean")
axis.set_xticks([0, 1], ["conv, BN, ReLU", "conv, ReLU, BN"])
axis.set_xlim(-0.4, 1.4)
axis.set_ylim(0)
axis.set_ylabel("test error, %")
axis.legend(loc="lower right")
plt.show()
for order, lr in chosen.items():
    assert rates[0] < lr < rates[-1], (
        f"{order}: the best rate should lie inside, is {lr}"
    )
worst = max(means).item()
assert worst < 40, f"both orders should train, the worse mean error is {worst:.1f} %"
possible = abs(gap_mean) + 2 * gap_se
assert possible < 2, (
    f"the orders should be within 2 points, may be {possible:.2f} apart"
)


# What was shown for one block, now for both orders.
for first, second in ((bn, relu), (relu, bn)):
    with torch.no_grad():
        conv.bias.zero_()
        y = second(first(conv(images)))
        conv.bias += 1
        moved = (second(first(conv(images))) - y).abs().max().item()
    zeros, mean = (y == 0).float().mean().item(), y.mean().item()
    if first is bn:
        assert moved < 1e-4, f"BN should take the bias away again, change {moved:.5f}"
        assert zeros > 0.4, f"about half of the values should be 0, {zeros:.0%} are"
        assert mean > 0.3, f"the mean should be well above 0, is {mean:.2f}"
    else:
        assert moved > 0.5, f"behind a ReLU the bias should count, change {moved:.2f}"
        assert zeros < 0.01, f"hardly a value should be 0, {zeros:.0%} are"
        assert abs(mean) < 1e-3, f"the mean should be 0, is {mean:.3f}"
