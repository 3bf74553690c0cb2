"""Where one hyperparameter matters and the other does not, nine random trials mostly beat a grid of three by three."""
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


def validation_loss(lr, weight_decay, num_steps=80, batch_size=32):  # (M,) each: M networks trained side by side
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


# One line along each hyperparameter, the other held still, shows which of the two matters.
line = torch.linspace(0, 1, 49)
along_lr = validation_loss(10 ** (-4 + 6 * line), torch.full((49,), 1e-6))
along_decay = validation_loss(torch.full((49,), 0.3), 10 ** (-8 + 4 * line))
good = 10 ** (-4 + 6 * line[along_lr < 1])  # the rates that learn
print(f"over all rates the loss is {along_lr.min():.2f} to {along_lr.max():.1f}, "
      f"over all weight decays {along_decay.min():.2f} to {along_decay.max():.2f}")

repeats = 80
cells = torch.cartesian_prod(torch.arange(3), torch.arange(3))  # (9, 2)
shift = torch.rand(repeats, 1, 2)  # where the grid comes to lie is chance too
designs = {"grid": ((cells + shift) / 3).flatten(0, 1), "random": torch.rand(9 * repeats, 2)}  # (1080, 2) in [0, 1)
best = {}
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharex=True, sharey=True)
for ax, (name, u) in zip(axes, designs.items()):
    lr, weight_decay = 10 ** (-4 + 6 * u[:, 0]), 10 ** (-8 + 4 * u[:, 1])  # uniform in the exponent
    best[name] = validation_loss(lr, weight_decay).view(repeats, 9).min(1).values
    share = (best[name] < 1).float().mean().item()
    print(f"{name:6s}  best loss of 9 trials: median {best[name].median():.2f}, below 1 in {share:.0%} of the repeats")
    ax.axvspan(good.min(), good.max(), color="C2", alpha=0.4)
    ax.plot(lr[:9], weight_decay[:9], "o" if name == "grid" else "s")
    ax.plot(lr[:9], torch.full((9,), 3e-9), "|", color="C1", ms=12)  # the same nine, seen along the axis that matters
    ax.set(xscale="log", yscale="log", title=f"nine trials, {name}", xlabel="learning rate")
axes[0].set_ylabel("weight decay")
plt.show()
wins = (best["random"] < best["grid"]).float().mean().item()
print(f"random finds the better value in {wins:.0%} of {repeats} repeats")

spread_lr, spread_decay = along_lr.clamp(max=3).std().item(), along_decay.std().item()
assert spread_lr > 4 * spread_decay, f"only the rate should matter here, spreads {spread_lr:.2f} and {spread_decay:.2f}"
assert wins > 0.53, f"random search should win most repeats, it won {wins:.0%}"
assert best["random"].median() < best["grid"].median(), "random search should find the better value in the median"
