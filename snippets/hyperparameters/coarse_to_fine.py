"""A sweep whose best lies at its edge goes on; then long runs around the best."""

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


# region: training one network for each rate, side by side
def losses_after(rates, num_steps, seed):
    """Validation and test loss of a network for each rate, (2, M)."""
    train_x, train_y, rest_x, rest_y = split(seed, train_size=600)
    train_x, rest_x = train_x.flatten(1), rest_x.flatten(1)
    torch.manual_seed(seed)
    m, lr = len(rates), torch.as_tensor(rates)[:, None, None]
    first = ((torch.rand(64, 16) * 2 - 1) / 8).repeat(m, 1, 1).requires_grad_()
    last = ((torch.rand(16, 10) * 2 - 1) / 4).repeat(m, 1, 1).requires_grad_()
    for _ in range(num_steps):
        batch = torch.randint(600, (32,))
        logits = (train_x[batch] @ first).relu() @ last  # (M, 32, 10)
        y = train_y[batch].repeat(m)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), y, reduction="sum")
        slopes = torch.autograd.grad(loss / 32, (first, last))
        with torch.no_grad():
            first -= lr * slopes[0]
            last -= lr * slopes[1]
    with torch.no_grad():
        logits = ((rest_x @ first).relu() @ last).transpose(1, 2)  # (M, 10, 1197)
        y = rest_y.repeat(m, 1)
        each = nn.functional.cross_entropy(logits, y, reduction="none")  # (M, 1197)
    both = torch.stack([each[:, :500].mean(1), each[:, 500:].mean(1)])
    return both.nan_to_num(torch.inf)


# endregion
rates = [0.0001, 0.001, 0.01]  # try: [0.1, 1.0, 10.0], [10.0, 100.0]
seed = 0
coarse = {}
while rates:
    for lr in rates:
        valid, _ = losses_after([lr], num_steps=40, seed=seed)
        coarse[lr] = valid.item()
    best = min(coarse, key=coarse.get)
    print(f"coarse: best rate {best:g} of {min(coarse):g} to {max(coarse):g}", end="")
    rates = []
    if best == max(coarse):
        rates = [10 * best]  # at the upper edge: go on
    elif best == min(coarse):
        rates = [best / 10]
    print(f", loss {coarse[best]:.2f}", "at the edge" if rates else "inside")

torch.manual_seed(seed)
fine = best * 10 ** (2 * torch.rand(6) - 1)  # between the best's two neighbours
valid, _ = losses_after(fine, num_steps=160, seed=seed)
print(f"fine: best rate {fine[valid.argmin()]:.2g}, loss {valid.min():.2f}")
# region: the picture
import matplotlib.pyplot as plt

plt.loglog(coarse.keys(), coarse.values(), "o", color="C0", label="coarse, 40 steps")
plt.loglog(fine, valid, "^", color="C1", label="fine, 160 steps")
plt.xlabel("learning rate")
plt.ylabel("validation loss")
plt.ylim(0.1, 20)
plt.legend(loc="upper left")
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
# endregion


# %% proof: 40 searches in two ranges, two stages against one; and what the edge costs
assert valid.min() < coarse[best] / 2, f"the fine runs should end lower, {valid.min()}"
decade = best  # where the written search went on


def mean_and_error(values):
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


def best_of(rates, num_steps, seed):
    """The best rate by validation, its test loss, and the share that learned."""
    valid, test = losses_after(rates, num_steps, seed)
    k = valid.argmin()
    learned = (valid < 2.3026 / 2).float().mean()  # less than half of guessing
    return rates[k], test[k], learned


measured = {}
for name, low, decades in (("wide", -4, 6), ("narrow", -1.5, 2)):
    rows = []
    for seed in range(0, 4000, 100):
        torch.manual_seed(seed)
        centre, _, _ = best_of(10 ** (low + decades * torch.rand(16)), 40, seed)
        near = centre * 10 ** (torch.rand(5) - 0.5)
        _, two, of_two = best_of(near, 160, seed)
        _, one, of_one = best_of(10 ** (low + decades * torch.rand(9)), 160, seed)
        rows.append(torch.stack([two, one, of_two, of_one]))
    two, one, of_two, of_one = torch.stack(rows).T  # (40,) each
    gain, error = mean_and_error(one - two)
    wins = (two < one).float().mean().item()
    print(f"{name}: two stages {two.mean():.3f}, one {one.mean():.3f}", end=", ")
    print(f"lower by {gain:.3f} +- {error:.3f} and in {wins:.0%};", end=" ")
    print(f"long runs that learn: {of_two.mean():.0%}, {of_one.mean():.0%}")
    measured[f"{name}_wins"] = wins
    if name == "wide":
        measured |= {"wide_two": of_two.mean().item(), "wide_one": of_one.mean().item()}
    else:
        measured |= {"narrow_gain": gain, "narrow_se": error}
assert 16 * 40 + 5 * 160 == 9 * 160, "both ways should cost the same steps"
assert measured["wide_wins"] > 0.6, f"in a wide range two should win, {measured}"
more = measured["wide_two"] - measured["wide_one"]
assert more > 0.4, f"far more of their long runs should learn, {more:.0%}"
even = abs(measured["narrow_gain"]) + 2 * measured["narrow_se"]
assert even < 0.03, f"in a narrow range the two should be even, {even:.3f}"
share = 0.3 < measured["narrow_wins"] < 0.7
assert share, f"and win about as often, {measured['narrow_wins']:.0%}"

edge, inside, after = [], [], {40: [], 160: []}
grid = 10 ** torch.linspace(-2, 1, 25)
for seed in range(50000, 51200, 100):
    for steps, found in after.items():
        valid, test = losses_after(grid, steps, seed)
        found.append(grid[valid.argmin()].log10())
    edge.append(test[0])  # at 0.01, where the first sweep ends
    inside.append(test[valid.argmin()])
lost, lost_se = mean_and_error(torch.stack(edge) - torch.stack(inside))
print(f"stopping at 0.01 costs {lost:.2f} +- {lost_se:.2f} after 160 steps")
assert lost > 0.5, f"the edge should cost much, {lost:.2f}"
rate = {steps: 10 ** torch.stack(found).mean().item() for steps, found in after.items()}
print(f"best rate after 40 steps {rate[40]:.2f}, after 160 {rate[160]:.2f}")
assert decade / 10 < rate[160] < 10 * decade, f"between the neighbours, {rate[160]:.2f}"
near = rate[40] / rate[160]
assert 1 / 3 < near < 3, f"short runs should point to the same decade, {near:.2f}"
measured |= {"lost": lost, "lost_se": lost_se, "lr": rate[160], "short_lr": rate[40]}
