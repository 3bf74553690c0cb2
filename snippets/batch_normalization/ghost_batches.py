"""Small groups slow the fit of random labels; stopped at its best, 64 does as well."""

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
# region: a dense network, and its loss with the statistics of all training digits
def make_model():
    """Two hidden layers with BN."""
    hidden = [nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU()]
    hidden += [nn.Linear(128, 128), nn.BatchNorm1d(128), nn.ReLU()]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(128, 10))


def spoil(y, seed):
    """Labels, (N,), of which a fifth are drawn at random."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(len(y), generator=generator) < 0.2
    return torch.where(drawn, torch.randint(10, y.shape, generator=generator), y)


@torch.no_grad()
def losses(model, *parts):
    """The loss of each part, normalized alike for groups of any size."""
    train_x, _ = parts[0]
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.momentum = 1.0  # running statistics are those of the next batch
    model.train()(train_x)
    model.eval()
    return [nn.functional.cross_entropy(model(x), y).item() for x, y in parts]


# endregion
group = 64  # try: 4, 16
lr, batch_size = 0.03, 64
train_x, train_y, test_x, test_y = split(0, train_size=256)
train_y = spoil(train_y, seed=0)
torch.manual_seed(0)
model = make_model()
optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
curve = []
for epoch in range(12):
    model.train()
    for batch in torch.randperm(256).split(batch_size):
        # One step on 64 digits in any case; only the groups of the statistics differ.
        logits = torch.cat([model(train_x[part]) for part in batch.split(group)])
        loss = nn.functional.cross_entropy(logits, train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    curve.append(losses(model, (train_x, train_y), (test_x, test_y)))
test_losses = [test for _, test in curve]
lowest = min(test_losses)
print(f"groups of {group}: test loss {test_losses[-1]:.2f} after 12 epochs,", end=" ")
print(f"lowest {lowest:.2f} after {test_losses.index(lowest) + 1}")
# region: the plot
figure, axis = plt.subplots(figsize=(6, 3))
axis.plot(range(1, 13), [train for train, _ in curve], "C1--", label="training")
axis.plot(range(1, 13), test_losses, "C0o-", label="test")
axis.set_ylim(0, 2)
axis.set_xlabel("epoch")
axis.set_ylabel("loss (nats)")
axis.legend(title=f"groups of {group}")
plt.show()
# endregion


# %% proof: groups of 4, 16 and 64, 12 seeds paired, after 12 epochs and at the best
def train(group, lr, seed):
    """Training loss, test loss and test error in % after each epoch, (12, 3)."""
    train_x, train_y, test_x, test_y = split(seed, train_size=256)
    train_y = spoil(train_y, seed)
    torch.manual_seed(seed)
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    found = []
    for _ in range(12):
        model.train()
        for batch in torch.randperm(256).split(batch_size):
            logits = torch.cat([model(train_x[part]) for part in batch.split(group)])
            loss = nn.functional.cross_entropy(logits, train_y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        row = losses(model, (train_x, train_y), (test_x, test_y))
        right = (model(test_x).argmax(1) == test_y).float().mean().item()
        found.append([*row, 100 - 100 * right])
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.momentum = 0.1
    return torch.tensor(found)


rates, groups = (0.01, 0.03, 0.1, 0.3), (4, 16, 64)
last, best = {}, {}
measured = {}
print("group   after 12 epochs at 0.03      at its best rate and epoch")
for group in groups:
    # Rate and epoch are chosen by the test loss of four other seeds.
    others = range(5000, 5400, 100)
    runs = [torch.stack([train(group, lr, seed) for seed in others]) for lr in rates]
    table = torch.stack(runs)[..., 1].mean(1)  # (rates, epochs)
    at_rate, at_epoch = divmod(table.argmin().item(), 12)
    seeds = range(0, 1200, 100)
    last[group] = torch.stack([train(group, 0.03, seed)[-1] for seed in seeds])
    tuned = [train(group, rates[at_rate], seed)[at_epoch] for seed in seeds]
    best[group] = torch.stack(tuned)  # (12, 3): training loss, test loss, test error
    inside = 0 < at_rate < len(rates) - 1
    assert inside, f"groups of {group}: the best rate is at the end, {rates[at_rate]}"
    fit, test, _ = last[group].mean(0).tolist()
    _, lowest, error = best[group].mean(0).tolist()
    print(f"{group:5d}   train {fit:.2f}, test {test:.2f}", end=" " * 9)
    print(f"test {lowest:.2f}, error {error:.1f} %", end=" ")
    print(f"(rate {rates[at_rate]}, epoch {at_epoch + 1})")
    measured |= {f"fit_{group}": fit, f"last_{group}": test}
    measured |= {f"best_{group}": lowest}


def ahead(results, group, column):
    """By how much the group of 64 is worse: the mean over the seeds, and its error."""
    gap = (results[64] - results[group])[:, column]
    return gap.mean().item(), gap.std().item() / len(gap) ** 0.5


for group in (4, 16):
    loss_gap, loss_se = ahead(best, group, 1)
    gap, error = ahead(best, group, 2)
    measured |= {f"loss_gain_{group}": loss_gap, f"loss_gain_{group}_se": loss_se}
    print(
        f"64 minus {group} at its best: test loss {loss_gap:+.3f} ± {loss_se:.3f},",
        end="",
    )
    print(f" error {gap:+.1f} ± {error:.1f}")
    possible = abs(loss_gap) + 2 * loss_se
    assert possible < 0.09, f"{group} against 64: loss may differ by {possible:.3f}"
measured |= {"error_gain": ahead(best, 4, 2)[0], "error_gain_se": ahead(best, 4, 2)[1]}
slower = measured["fit_4"] / measured["fit_64"]
assert slower > 2.5, f"small groups should fit more slowly, {slower:.1f} times the loss"
gap, error = ahead(last, 4, 1)
assert gap - 2 * error > 0, f"and lead after 12 epochs, {gap:.3f} ± {error:.3f}"
assert measured["last_64"] > measured["best_64"] + 0.02, "64 should be past its best"
