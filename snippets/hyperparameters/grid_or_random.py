"""Nine random trials beat a grid of 3 x 3 where little of a range is good."""

import torch

good_share = 0.12  # try: 0.3, 0.4
torch.manual_seed(0)
repeats = 20000
start = torch.rand(repeats, 1) * (1 - good_share)  # where the good part begins

# A grid of 3 x 3 tries three values of the hyperparameter that matters, a third apart.
shift = torch.rand(repeats, 1) / 3  # where the grid comes to lie is chance
grid = torch.arange(3) / 3 + shift  # (repeats, 3)
# Nine random trials try nine values of it.
drawn = torch.rand(repeats, 9)


def hits(tried):
    """The share of repeats in which some trial falls into the good part."""
    inside = (tried >= start) & (tried < start + good_share)
    return inside.any(1).float().mean().item()


print(f"{good_share:.0%} of the range is good")
print(f"3 x 3 grid:    finds it in {hits(grid):4.0%} of the repeats")
print(f"nine at random: finds it in {hits(drawn):4.0%}")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(4.8, 2.8), sharex=True, sharey=True)
other = torch.rand(9)  # the hyperparameter that does not matter
both = {"grid": grid[1].repeat(3), "random": drawn[1]}
for ax, (name, x) in zip(axes, both.items(), strict=True):
    rows = (torch.arange(3) / 3 + shift[2]).repeat_interleave(3)
    ax.axvspan(start[1].item(), start[1].item() + good_share, color="C2", alpha=0.4)
    ax.plot(x, rows if name == "grid" else other, "o" if name == "grid" else "s")
    ax.plot(x, torch.full((9,), -0.08), "|", color="C1", ms=14, mew=2)
    ax.set(title=f"nine trials, {name}", xlabel="matters", xticks=[], yticks=[])
    ax.set(xlim=(0, 1), ylim=(-0.15, 1))
axes[0].set_ylabel("does not matter")
plt.show()
# endregion

# %% proof: 13,824 networks on digits; grid and random in four kinds of ranges
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


def table(rates, decays, seed, num_steps=80):
    """The validation loss of one network for each rate and weight decay, (R, D)."""
    train_x, train_y, valid_x, valid_y = split(seed, train_size=600)
    train_x, valid_x = train_x.flatten(1), valid_x.flatten(1)[:500]
    torch.manual_seed(seed)
    pairs = torch.cartesian_prod(rates, decays)  # (M, 2)
    lr, decay = pairs[:, 0, None, None], pairs[:, 1, None, None]  # (M, 1, 1)
    m = len(pairs)
    first = ((torch.rand(m, 64, 16) * 2 - 1) / 8).requires_grad_()
    last = ((torch.rand(m, 16, 10) * 2 - 1) / 4).requires_grad_()
    for _ in range(num_steps):
        batch = torch.randint(600, (32,))  # one order of images, as with one seed
        logits = (train_x[batch] @ first).relu() @ last  # (M, 32, 10)
        y = train_y[batch].repeat(m)
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), y, reduction="sum"
        )
        slopes = torch.autograd.grad(loss / 32, (first, last))
        with torch.no_grad():
            for w, slope in zip((first, last), slopes, strict=True):
                w -= lr * (slope + decay * w)
    with torch.no_grad():
        logits = (valid_x @ first).relu() @ last  # (M, 500, 10)
        found = torch.stack(
            [torch.nn.functional.cross_entropy(z, valid_y[:500]) for z in logits]
        )
    return found.nan_to_num(torch.inf).view(len(rates), len(decays))


def random_wins(losses):
    """How often nine random trials beat a 3 x 3 grid that lies at random, computed."""
    rows, columns = (size // 3 for size in losses.shape)
    flat, won = losses.flatten(), 0.0
    for i in range(rows):
        for j in range(columns):
            best = losses[i::rows, j::columns].min()  # of the nine of this grid
            worse, as_bad = (flat > best).float().mean(), (flat >= best).float().mean()
            won += 1 - (worse**9 + as_bad**9) / 2  # a draw counts half
    return (won / (rows * columns)).item()


rates = 10 ** (torch.arange(48) / 8 - 4)  # six decades, eight rates in each
decays = 10 ** (torch.arange(48) / 6 - 8)  # eight decades, six values in each
tables = [table(rates, decays, seed) for seed in range(0, 600, 100)]
wide, narrow = slice(0, 48), slice(20, 36)  # six decades; two, from 0.03 to 3
idle, active = slice(0, 24), slice(24, 48)  # 1e-8 to 1e-4; 1e-4 to 1
ranges = {
    "six decades of the rate, decay idle": (wide, idle),
    "six decades of the rate, decay active": (wide, active),
    "two decades of the rate, decay idle": (narrow, idle),
    "two decades of the rate, decay active": (narrow, active),
}
wins, errors = {}, {}
for name, (r, d) in ranges.items():
    cut = [t[r, d] for t in tables]
    cut = [t[: len(t) // 3 * 3, : t.shape[1] // 3 * 3] for t in cut]
    share = torch.tensor([random_wins(t) for t in cut])
    wins[name], errors[name] = share.mean().item(), share.std().item() / 6**0.5
    print(f"{name:38s} random wins {wins[name]:.1%} +- {errors[name]:.1%}")
a, b, c, e = wins.values()
assert a > 0.58, f"with a wide range and one that matters random should win, {a:.1%}"
assert 0.53 < b < a - 0.03, f"less so where both matter, {b:.1%}"
assert 0.46 < c < 0.57, f"in a range that is mostly good about even, {c:.1%}"
assert e < 0.49, f"and lose where both matter, {e:.1%}"
worst = max(errors.values())
assert worst < 0.025, f"the shares should be known to two points or so, {worst:.1%}"
mean = torch.stack(tables).clamp(max=2.3026).mean(0)
ratio = (mean[:, idle].mean(1).std() / mean[:, idle].std(1).mean()).item()
assert ratio > 4, f"of the idle decays only the rate should matter, {ratio:.1f} times"
active_too = (mean[narrow, active].mean(0).std() / mean[narrow, active].std()).item()
assert active_too > 0.4, f"and the active decays should matter, {active_too:.2f}"
q = torch.tensor(0.12)
by_grid, by_draws = 3 * q.item(), (1 - (1 - q) ** 9).item()
for share, told in ((hits(grid), by_grid), (hits(drawn), by_draws)):
    assert abs(share - told) < 0.06, f"should be near {told:.2f}, was {share:.2f}"
names = ("wide_idle", "wide_active", "narrow_idle", "narrow_active")
measured = dict(zip(names, wins.values(), strict=True))
measured |= {"worst": worst}
