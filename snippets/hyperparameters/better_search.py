"""Halving stops bad networks early, and so tries more of them for the same cost."""

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


# region: many networks side by side, each with hyperparameters of its own
def trained(points, seed, marks):
    """The validation loss of each network after so many steps, (marks, M)."""
    train_x, train_y, valid_x, valid_y = split(seed, train_size=600)
    train_x, valid_x = train_x.flatten(1), valid_x.flatten(1)[:500]
    torch.manual_seed(seed)
    m, rows = len(points), []
    lr, brake, decay, gain = (10**points.T)[:, :, None, None]  # (M, 1, 1) each
    first = (gain * (torch.rand(64, 16) * 2 - 1) / 8).requires_grad_()
    last = (gain * (torch.rand(16, 10) * 2 - 1) / 4).requires_grad_()
    speeds = [torch.zeros_like(first), torch.zeros_like(last)]
    for step in range(1, max(marks) + 1):
        batch = torch.randint(600, (32,))
        logits = (train_x[batch] @ first).relu() @ last  # (M, 32, 10)
        y = train_y[batch].repeat(m)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), y, reduction="sum")
        slopes = torch.autograd.grad(loss / 32, (first, last))
        with torch.no_grad():
            for w, v, slope in zip((first, last), speeds, slopes, strict=True):
                v.mul_(1 - brake).add_(slope + decay * w)
                w -= lr * v
            if step in marks:
                logits = ((valid_x @ first).relu() @ last).transpose(1, 2)
                y = valid_y[:500].repeat(m, 1)
                rows.append(nn.functional.cross_entropy(logits, y, reduction="none"))
    return torch.stack([row.mean(1) for row in rows]).nan_to_num(torch.inf)


# endregion
# learning rate, 1 - momentum, weight decay, scale of the start: exponents of ten
low = torch.tensor([-4.0, -2.0, -6.0, -1.5])
high = torch.tensor([1.0, 0.0, 0.0, 1.0])
torch.manual_seed(0)
points = low + (high - low) * torch.rand(81, 4)  # 81 random trials
marks = [10, 30, 90, 270]  # steps at which the losses are compared
table = trained(points, 0, marks)  # (4, 81)

alive, spent, before, rungs = torch.arange(81), 0, 0, []
for k, steps in enumerate(marks):
    spent += len(alive) * (steps - before)  # the others are stopped, and cost no more
    before = steps
    rungs.append(set(alive.tolist()))
    losses = table[k, alive]
    print(f"{steps:3d} steps: {len(alive):2d} networks, best loss {losses.min():.2f}")
    if steps < marks[-1]:
        alive = alive[losses.argsort()[: len(alive) // 3]]  # the best third goes on
print(f"halving found {losses.min():.2f} for {spent} steps of training")
afford = spent // marks[-1]  # how many whole trainings that would pay for
whole = table[-1, :afford].min()
print(f"{afford} of the random trials, trained to the end: {whole:.2f}")
# region: the picture
import matplotlib.pyplot as plt

for n in range(81):
    lasted = sum(n in rung for rung in rungs)  # to how many comparisons it came
    style = {"color": "C1", "lw": 2} if lasted == 4 else {"color": "C0", "lw": 0.6}
    plt.plot(marks[:lasted], table[:lasted, n].clamp(max=6), "o-", ms=3, **style)
plt.xscale("log")
plt.xticks(marks, marks)
plt.minorticks_off()
plt.ylim(0, 6.2)
plt.xlabel("steps of training")
plt.ylabel("validation loss")
plt.gcf().set_size_inches(4.6, 2.9)
plt.show()
# endregion

# %% proof: 12 tables of 243 trials, and four ways to search each of them
import heapq
import random
import warnings

from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern, WhiteKernel

tables = []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    points = low + (high - low) * torch.rand(243, 4)
    losses = trained(points, seed, marks).clamp(max=2.3026)  # no worse than guessing
    tables.append((points, losses))


def random_search(final, budget):
    """The mean best of so many trials, drawn without repetition: computed."""
    ordered = final.sort().values.double()
    n = len(ordered)
    below = torch.arange(n, dtype=torch.double)  # none of the draws is better than this
    none = torch.ones(n, dtype=torch.double)
    for i in range(budget):
        none *= ((n - below - i) / (n - i)).clamp(min=0)
    exact = none - torch.cat([none[1:], torch.zeros(1)])
    return (exact * ordered).sum().item()


def halving(losses, order):
    """The best loss of 81 trials, of which the best third goes on, three times."""
    alive = order[:81]
    for k in range(3):
        alive = alive[losses[k, alive].argsort()[: len(alive) // 3]]
    return losses[3, alive].min().item()


def gaussian_process(points, final, budget, seed):
    """Each trial after the sixth is where most improvement is expected."""
    u = ((points - low) / (high - low)).numpy()
    f = final.log().numpy()
    order = torch.randperm(243, generator=torch.Generator().manual_seed(seed))
    tried, normal = order[:6].tolist(), torch.distributions.Normal(0.0, 1.0)
    while len(tried) < budget:
        kernel = Matern([0.5] * 4, (0.05, 20), nu=2.5) + WhiteKernel(0.05, (1e-3, 1))
        process = GaussianProcessRegressor(kernel, normalize_y=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a length at its bound is no harm here
            process.fit(u[tried], f[tried])
        mean, std = process.predict(u, return_std=True)
        mean, std = torch.as_tensor(mean), torch.as_tensor(std)
        z = (f[tried].min() - mean) / std
        improvement = std * (z * normal.cdf(z) + normal.log_prob(z).exp())
        improvement[tried] = -1
        tried.append(int(improvement.argmax()))
    return final[tried].cummin(0).values


def lasting(seed, spread):
    """How long a job of so many steps takes; with a spread, chance draws its speed."""
    rng = random.Random(seed)
    return lambda steps: steps * rng.lognormvariate(0, spread)


def halving_in_time(losses, takes, workers=9):
    """When the workers are done, what they found, and the share of time they worked."""
    alive, clock, before, busy = list(range(81)), 0.0, 0, 0.0
    for k, steps in enumerate(marks):
        free = [clock] * workers
        for _ in alive:
            took = takes(steps - before)
            busy += took
            heapq.heapreplace(free, free[0] + took)
        clock, before = max(free), steps  # all wait for the last
        if k < 3:
            alive = sorted(alive, key=lambda n: losses[k, n].item())[: len(alive) // 3]
    return clock, min(losses[3, n].item() for n in alive), busy / (clock * workers)


def asha(losses, takes, until, workers=9):
    """The best loss by that time, whole trainings done and begun; nobody ever waits."""
    done, promoted = [{} for _ in marks], [set() for _ in marks]
    fresh, running, found, whole = iter(range(losses.shape[1])), [], [2.3026], 0

    def job():
        for k in (2, 1, 0):  # promote the best third so far, from the top
            top = sorted(done[k], key=done[k].get)[: len(done[k]) // 3]
            for n in top:
                if n not in promoted[k]:
                    promoted[k].add(n)
                    return k + 1, n
        return 0, next(fresh, None)

    def start(clock):
        k, n = job()
        if n is None:
            return False  # nothing to promote, and every trial has begun
        steps = marks[k] - (marks[k - 1] if k else 0)
        heapq.heappush(running, (clock + takes(steps), k, n))
        return k == 3

    clock = 0.0
    while clock <= until:
        whole += sum(start(clock) for _ in range(workers - len(running)))
        if not running:
            break
        clock, k, n = heapq.heappop(running)
        if clock <= until:
            done[k][n] = losses[k, n].item()
        if k == 3 and clock <= until:
            found.append(done[k][n])
    return min(found), len(found) - 1, whole


def mean_and_error(rows):
    values = torch.tensor(rows)
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


budgets = (9, 12, 18, 24, 27, 36, 45, 54)
by_random = {b: [random_search(x[3], b) for _, x in tables] for b in budgets}
halved, modelled = [], []
races = {"uneven": [], "uneven, 81": [], "equal": []}  # the jobs' times, ASHA's trials
for k, (points, losses) in enumerate(tables):
    orders = [torch.Generator().manual_seed(1000 * k + s) for s in range(0, 10000, 100)]
    orders = [torch.randperm(243, generator=g) for g in orders]
    halved.append(sum(halving(losses, order) for order in orders) / 100)
    both = [gaussian_process(points, losses[3], 27, 1000 * k + s) for s in (0, 500)]
    modelled.append(torch.stack(both).mean(0))
    for name, rows in races.items():
        spread, limit, ahead = float(name != "equal"), 81 if "81" in name else 243, []
        for i, order in enumerate(orders[:20]):
            seen = losses[:, order]
            clock, best, busy = halving_in_time(seen, lasting(1000 * k + i, spread))
            takes = lasting(50000 + 1000 * k + i, spread)
            by_then, done, begun = asha(seen[:, :limit], takes, clock)
            gap = best - by_then
            ahead.append([gap > 1e-6, gap < -1e-6, busy, done, begun])
        rows.append(torch.tensor(ahead, dtype=torch.double).mean(0).tolist())


def less(some, others):
    """By how much others are lower than some, table by table."""
    return mean_and_error([a - b for a, b in zip(some, others, strict=True)])


found, _ = mean_and_error(halved)
print(f"halving, cost of 9 trainings: {found:.3f}")
means = {b: mean_and_error(values)[0] for b, values in by_random.items()}
model = {b: [m[b - 1].item() for m in modelled] for b in (12, 18, 27)}
for budget in budgets:
    gain, se = less(by_random[budget], halved)
    line = f"random, {budget:2d} trainings: {means[budget]:.3f}"
    line += f"; halving lower by {gain:.3f} +- {se:.3f}"
    if budget in model:
        gain, se = less(by_random[budget], model[budget])
        line += f", the model by {gain:.3f} +- {se:.3f}"
    print(line)
even = next((b for b in budgets if means[b] <= found), 99)
print(f"random search needs {even} trainings to find as much as halving")
gain, gain_se = less(by_random[9], halved)
assert gain > 3 * gain_se, (
    f"halving should win at its cost, {gain:.3f} +- {gain_se:.3f}"
)
assert even >= 27, f"random search should need three times the cost, {even}"
ahead, se = less(by_random[18], model[18])
assert ahead > 2 * se, f"a model should help, {ahead:.3f} +- {se:.3f}"
twice, se = less(by_random[36], model[18])
print(f"model, 18, against twice as many random: {twice:+.4f} +- {se:.4f}")
assert twice > -3 * se, f"and be worth twice the trials, {twice:.4f} +- {se:.4f}"
early_gain, early_se = less(by_random[12], model[12])
share = {}
for name, rows in races.items():
    lower, higher, busy, done, begun = torch.tensor(rows).mean(0).tolist()
    share[name] = lower, higher
    print(f"ASHA, jobs {name}: lower in {lower:.0%}, higher in {higher:.0%}", end="; ")
    print(f"whole trainings: {done:.1f} of {begun:.1f} done; halving works {busy:.0%}")
    lead, se = mean_and_error([row[0] - row[1] for row in rows])
    if name == "uneven":
        waits = busy
        assert busy < 0.6, f"halving should wait for the slowest, works {busy:.0%}"
        assert lead > 0.2, f"ASHA should be ahead more often, {lead:.2f} +- {se:.2f}"
    elif name == "uneven, 81":
        assert abs(lead) < 0.15, f"of the same trials about as often, {lead:.2f}"
    else:
        assert lead < -0.1, f"with equal jobs less often, {lead:.2f} +- {se:.2f}"
        assert done < 0.75 * begun, f"many should be under way, {done:.1f}, {begun:.1f}"
early = []
for _, x in tables:
    ahead = set(x[0].argsort()[:81].tolist())  # the best third after 10 steps
    late = x[3].argsort()[:24].tolist()  # the best tenth after 270
    early.append(sum(n in ahead for n in late) / 24)
kept, kept_se = mean_and_error(early)
print(f"of the best tenth after 270 steps, {kept:.0%} were in the best third after 10")
assert kept > 0.5, f"early losses should tell of late ones, {kept:.0%}"
first, first_se = less(by_random[18], model[18])
measured = {"halved": found, "random9": means[9], "even": even, "kept": kept}
measured |= {"model18": mean_and_error(model[18])[0], "random18": means[18]}
measured |= {"early": early_gain, "early_se": early_se}
measured |= {"random36": means[36], "model_gain": first, "model_se": first_se}
measured |= {"busy": waits, "done": done, "begun": begun}
for name, key in (("uneven", "asha"), ("uneven, 81", "same"), ("equal", "equal")):
    measured |= {key: share[name][0], f"{key}_higher": share[name][1]}
