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


# %% proof: groups of 4, 16 and 64, 16 seeds paired, after 12 epochs and at the best
# region: many networks trained side by side
class Many(nn.Module):
    """Networks of two hidden layers that share no weights, computed together."""

    def __init__(self, count):
        super().__init__()
        sizes = [(64, 128), (128, 128), (128, 10)]
        weights = [torch.rand(count, n, m) * 2 - 1 for n, m in sizes]
        scaled = [w / w.shape[1] ** 0.5 for w in weights]  # as in nn.Linear
        self.weights = nn.ParameterList(scaled)
        self.bias = nn.Parameter(torch.zeros(count, 1, 10))
        self.scales = nn.ParameterList([torch.ones(count, 1, 128) for _ in range(2)])
        self.shifts = nn.ParameterList([torch.zeros(count, 1, 128) for _ in range(2)])

    def forward(self, x, group, others=None):  # (count, N, 64)
        """The logits, (count, N, 10), normalized over groups or as others were."""
        *hidden, last = self.weights
        for weight, scale, shift in zip(hidden, self.scales, self.shifts, strict=True):
            x = torch.bmm(x, weight)
            if others is None:
                # Each channel of each group of each network is a channel of its own.
                parts = x.unflatten(1, (-1, group)).permute(2, 0, 1, 3)
                y = nn.functional.batch_norm(
                    parts.flatten(1), None, None, training=True
                )
                x = y.view(parts.shape).permute(1, 2, 0, 3).flatten(1, 2)
            else:
                others = torch.bmm(others, weight)
                var, mean = torch.var_mean(others, 1, correction=0, keepdim=True)
                x, others = ((z - mean) / (var + 1e-5).sqrt() for z in (x, others))
                others = (others * scale + shift).relu()
            x = (x * scale + shift).relu()
        return torch.baddbmm(self.bias, x, last)


def train(group, rates, seeds, part):
    """Per rate, seed and epoch: training loss, test loss and test error in %.

    Tested on a part of the other digits, with the statistics of all training digits.
    """
    parts = [split(seed, train_size=256) for seed in seeds]
    x, true_y, test_x, test_y = (torch.stack(p) for p in zip(*parts, strict=True))
    y = torch.stack([spoil(y, seed) for y, seed in zip(true_y, seeds, strict=True)])
    many = [torch.cat([part] * len(rates)) for part in (x, y, test_x, test_y)]
    x, test_x = (part.flatten(2) for part in many[::2])  # (networks, digits, 64)
    y, test_x, test_y = many[1], test_x[:, part], many[3][:, part]
    torch.manual_seed(seeds[0])
    model = Many(len(x))
    factor = torch.tensor(rates).repeat_interleave(len(seeds))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)

    def each_loss(logits, y):
        logits = logits.transpose(1, 2)
        return nn.functional.cross_entropy(logits, y, reduction="none").mean(1)

    found = []
    for _ in range(12):
        for rows in torch.randperm(256).split(batch_size):
            loss = each_loss(model(x[:, rows], group), y[:, rows])
            optimizer.zero_grad()
            # A factor for its loss is a rate of its own, since no weight is shared.
            (factor * loss).sum().backward()
            optimizer.step()
        with torch.no_grad():
            seen, new = model(x, 256), model(test_x, 256, others=x)
        wrong = 100 * (new.argmax(2) != test_y).float().mean(1)
        found.append(torch.stack([each_loss(seen, y), each_loss(new, test_y), wrong]))
    return torch.stack(found).detach().view(12, 3, len(rates), -1).permute(2, 3, 0, 1)


# endregion
rates, groups = (0.01, 0.03, 0.1, 0.3), (4, 16, 64)
seeds, others = range(0, 1600, 100), range(5000, 6600, 100)
last, best = {}, {}
measured = {}
print("group   after 12 epochs at 0.03      at its best rate and epoch")
for group in groups:
    # Rate and epoch are chosen by 300 held-out digits of 16 other seeds.
    table = train(group, rates, others, slice(300))[..., 1].mean(1)  # (rates, epochs)
    at_rate, at_epoch = divmod(table.argmin().item(), 12)
    fixed, tuned = train(group, (0.03, rates[at_rate]), seeds, slice(300, 900))
    last[group], best[group] = fixed[:, -1], tuned[:, at_epoch]  # (16, 3)
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
    possible = loss_gap + 2 * loss_se
    assert possible < 0.04, (
        f"groups of {group} should not gain, may gain {possible:.3f}"
    )
gain, error = ahead(best, 4, 2)
measured |= {"error_gain": gain, "error_gain_se": error}
slower = measured["fit_4"] / measured["fit_64"]
assert slower > 2, f"small groups should fit more slowly, {slower:.1f} times the loss"
gap, error = ahead(last, 4, 1)
assert gap - 2 * error > 0, f"and lead after 12 epochs, {gap:.3f} ± {error:.3f}"
assert measured["last_64"] > measured["best_64"] + 0.02, "64 should be past its best"
