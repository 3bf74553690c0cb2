"""Adam's correction makes each step as long as the rate; without it, too long."""

import torch

gradient = 5.0  # try: 0.001, -1000.0
lr = 0.01
m = v = 0.0
for t in range(1, 1001):
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    step = lr * m_hat / v_hat**0.5  # epsilon, 1e-8, is left out
    bare = lr * m / v**0.5
    if t in (1, 10, 100, 1000):
        print(f"step {t:4d}: {step / lr:6.2f} rates, uncorrected {bare / lr:6.2f}")

# %% proof: by torch.optim, on digits, a loss times 1,000, and a step after silence
import matplotlib.pyplot as plt
from torch.nn.functional import cross_entropy

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
left, right = plt.subplots(1, 2, figsize=(4.8, 3), sharey=True)[1]
lengths = {}  # of each step in units of the rate, when every gradient is 5
for name, style in (("Adagrad", "-"), ("RMSprop", ":"), ("Adam", "--")):
    w, lengths[name] = torch.zeros(1, requires_grad=True), []
    optimizer = getattr(torch.optim, name)([w], lr=lr)
    for _ in range(1000):
        before, w.grad = w.item(), torch.tensor([5.0])
        optimizer.step()
        lengths[name].append((before - w.item()) / lr)
    left.loglog(range(1, 1001), lengths[name], style, label=name)
for t in (1, 10, 1000):
    falling, level = lengths["Adagrad"][t - 1] * t**0.5, lengths["Adam"][t - 1]
    assert abs(falling - 1) < 0.01, (
        f"AdaGrad's step should fall as 1/sqrt(t), {falling}"
    )
    assert abs(level - 1) < 0.01, f"Adam's step should stay the rate, {level}"
tenfold = lengths["RMSprop"][0]
assert abs(tenfold - 10) < 0.1, f"RMSprop's first step should be 10 rates, {tenfold}"

x, y = images.flatten(1).double(), labels  # (1797, 64)
inked = x.std(0) > 0.1  # pixels that are always empty get no gradient


def adam(corrected, scale=1.0, num_steps=1000, seed=0):
    """Trains one linear layer; the mean length of each step, and the weights' way."""
    generator = torch.Generator().manual_seed(seed)
    w = 0.1 * torch.randn(64, 10, generator=generator, dtype=torch.float64)
    start, m, v, found = w.clone(), 0.0, 0.0, []
    for t in range(1, num_steps + 1):
        batch = torch.randint(len(y), (32,), generator=generator)
        w.requires_grad_()
        (g,) = torch.autograd.grad(scale * cross_entropy(x[batch] @ w, y[batch]), w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        by_m, by_v = (1 - 0.9**t, 1 - 0.999**t) if corrected else (1, 1)
        step = lr * (m / by_m) / ((v / by_v).sqrt() + 1e-8)
        w = w.detach() - step
        found.append(step[inked].abs().mean().item() / lr)
    return found, w - start


fine, way = adam(corrected=True)
bare, _ = adam(corrected=False)
_, scaled_way = adam(corrected=True, scale=1000)
right.loglog(range(1, 1001), fine, "--", color="C2", label="Adam")
right.loglog(range(1, 1001), bare, "-.", color="C5", label="not corrected")
left.set(title="constant gradient", xlabel="step", ylabel="length / rate")
right.set(title="digits", xlabel="step")
left.legend(fontsize=8)
right.legend(fontsize=8)
plt.show()
first, tenth, last = (bare[t] / fine[t] for t in (0, 9, 999))
print(
    f"digits: uncorrected steps are {first:.2f}, {tenth:.2f}, {last:.2f} times as long"
)
assert abs(first - 10**0.5) < 0.01, f"the first should be 3.16 times as long, {first}"
assert tenth > 2, f"the tenth more than twice, {tenth}"
assert last < 1.8, f"after 1,000 steps most of it should be gone, {last}"
moved = ((way - scaled_way).abs().max() / way.abs().max()).item()
print(f"a loss times 1,000 moves the end by {moved:.1%} of the way")
assert moved < 0.02, f"the loss's scale should hardly matter, {moved:.1%}"

# "The rate is the largest step": not after a silence.
w = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam([w], lr=lr)
for value in [0.0] * 1999 + [1.0]:
    before, w.grad = w.item(), torch.tensor([value])
    optimizer.step()
loud = abs(w.item() - before) / lr
print(f"one gradient after 1,999 zeros: a step of {loud:.2f} rates")
assert abs(loud - 0.1 / (0.001 / (1 - 0.999**2000)) ** 0.5) < 0.01, f"{loud}"
assert loud > 2.5, f"it should be far above the rate, {loud:.2f}"
measured = {"first": first, "last": last, "moved": 100 * moved, "loud": loud}
measured |= {"rmsprop": tenfold}
