"""Coarse search with short runs, then fine search with long ones, finds more than long runs over the whole range."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
torch.manual_seed(0)
order = torch.randperm(len(y))
train, valid = order[:600], order[600:1100]


def validation_loss(lr, weight_decay, num_steps, batch_size=32):  # (M,) each: M networks trained side by side
    m = len(lr)
    weights = [(torch.rand(m, 64, 16) * 2 - 1) / 8, torch.zeros(m, 1, 16), (torch.rand(m, 16, 10) * 2 - 1) / 4]
    for w in weights:
        w.requires_grad_()
    for _ in range(num_steps):
        batch = train[torch.randint(len(train), (m, batch_size))]  # every network draws its own examples
        logits = (x[batch] @ weights[0] + weights[1]).relu() @ weights[2]  # (M, N, 10)
        loss = cross_entropy(logits.flatten(0, 1), y[batch].flatten(), reduction="sum") / batch_size
        gradients = torch.autograd.grad(loss, weights)  # the networks share nothing, so each gets its own gradient
        with torch.no_grad():
            for w, g in zip(weights, gradients):
                w -= lr[:, None, None] * (g + weight_decay[:, None, None] * w)
    with torch.no_grad():
        logits = (x[valid] @ weights[0] + weights[1]).relu() @ weights[2]  # (M, 500, 10)
    return torch.stack([cross_entropy(z, y[valid]) for z in logits]).nan_to_num(torch.inf)  # (M,)


repeats = 32


def search(rates, num_steps):  # (R, trials): each trial with a weight decay of its own
    weight_decay = 10 ** (-8 + 4 * torch.rand(rates.shape))
    return validation_loss(rates.flatten(), weight_decay.flatten(), num_steps).view(rates.shape)


coarse = 10 ** (-4 + 6 * torch.rand(repeats, 16))  # sixteen short runs, six decades, uniform in the exponent
coarse_loss = search(coarse, num_steps=40)
centre = coarse.gather(1, coarse_loss.argmin(1, keepdim=True))  # (R, 1), the best rate of each search
fine = centre * 10 ** (torch.rand(repeats, 5) - 0.5)  # five long runs, one decade
fine_loss = search(fine, num_steps=160)
single = 10 ** (-4 + 6 * torch.rand(repeats, 9))  # the same number of steps in one stage: nine long runs
single_loss = search(single, num_steps=160)
cost = [coarse.shape[1] * 40 + fine.shape[1] * 160, single.shape[1] * 160]  # steps of training
assert cost[0] == cost[1], f"both ways should cost the same number of steps, they cost {cost}"

two, one = fine_loss.min(1).values, single_loss.min(1).values
learned = [(losses < 1).float().mean().item() for losses in (fine_loss, single_loss)]
print(f"long runs that learn (loss < 1): fine stage {learned[0]:.0%}, single stage {learned[1]:.0%}")
print(f"best loss, mean of {repeats} searches: two stages {two.mean():.2f}, single stage {one.mean():.2f}")
print(f"worst search: two stages {two.max():.2f}, single stage {one.max():.2f}")
print(f"two stages find the better value in {(two < one).float().mean():.0%} of the searches")

fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharex=True, sharey=True)
axes[0].loglog(coarse[0], coarse_loss[0], "o", color="gray", label="coarse, 40 steps")
axes[0].loglog(fine[0], fine_loss[0], "^", color="C1", label="fine, 160 steps")
axes[1].loglog(single[0], single_loss[0], "s", color="C0", label="single, 160 steps")
for ax in axes:
    ax.set(xlabel="learning rate", ylim=(0.1, 12))
    ax.legend(loc="upper left")
axes[0].set_ylabel("validation loss")
plt.show()

for rates in (coarse, single):
    shares = [((rates >= low) & (rates < 100 * low)).float().mean().item() for low in (1e-4, 1e-2, 1)]
    assert min(shares) > 0.22 and sum(shares) > 0.999, f"two decades should hold a third of the trials, {shares}"
assert 0.05 < two.median() < 0.4, f"the usual search in two stages should end low, {two.median():.2f}"
assert learned[0] > learned[1] + 0.3, f"the fine stage should waste far fewer long runs, shares that learn {learned}"
assert two.mean() < one.mean(), f"two stages should find more on average, {two.mean():.2f} against {one.mean():.2f}"
assert (two < one).float().mean() > 0.5, "two stages should find the better value in most searches"
assert 0.05 < fine_loss.min() < coarse_loss.min(), "a longer run at a good rate should reach a lower loss"
