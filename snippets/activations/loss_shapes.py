"""A prediction (N, 1) and a target (N,): the loss compares each with all."""

import warnings

import torch
from sklearn.datasets import load_diabetes
from torch import nn
from torch.nn import functional as F

# region: the patients
patients = load_diabetes()
x = torch.tensor(patients.data, dtype=torch.float32)  # (442, 10)
y = torch.tensor(patients.target, dtype=torch.float32)  # (442,)
x, y = ((t - t.mean(0)) / t.std(0) for t in (x, y))
# endregion
shape = "(N,)"  # try: "(N, 1)"
batch_size = 64  # try: 2, 8
target = y[:, None] if shape == "(N, 1)" else y

torch.manual_seed(0)
model = nn.Linear(10, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("default")  # once for each line and text
    for epoch in range(20):
        for batch in torch.randperm(442).split(batch_size):
            optimizer.zero_grad()
            loss = F.mse_loss(model(x[batch]), target[batch])
            loss.backward()
            optimizer.step()
prediction = model(x).detach()  # (N, 1)
table = prediction - target
error = (prediction[:, 0] - y).square().mean()
print(f"what the loss takes the mean of has the shape {tuple(table.shape)}")
print(f"spread of predictions {prediction.std():.2f}, mean squared error {error:.2f}")
# region: the warning, and the picture
import textwrap

import matplotlib.pyplot as plt

for warning in said[:1]:
    print(textwrap.fill(f"{warning.category.__name__}: {warning.message}", 76))
plt.plot(y, prediction[:, 0], "o", ms=3, alpha=0.5)
plt.plot([-2, 2], [-2, 2], color="gray", ls="--")
plt.ylim(-2.2, 2.2)
plt.xlabel("target y")
plt.ylabel("prediction")
plt.gcf().set_size_inches(4.2, 2.8)
plt.show()
# endregion

# %% proof: the identity, 12 seeds and three batch sizes, and what other losses say
# The mean over the (N, N) table splits, and the targets only enter by their mean.
torch.manual_seed(0)
p = torch.randn(64, 1, requires_grad=True)
t = torch.randn(64) + 2
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    loss = F.mse_loss(p, t)
(gradient,) = torch.autograd.grad(loss, p)
variances = [one.var(correction=0).item() for one in (p, t)]
parts = sum(variances) + (p.mean() - t.mean()).item() ** 2
assert abs(loss.item() - parts) < 1e-4, f"the loss should be {parts:.4f}, is {loss:.4f}"
to_the_mean = 2 / 64 * (p.detach() - t.mean())
gap = (gradient - to_the_mean).abs().max().item()
assert gap < 1e-6, f"each prediction should be drawn to the targets' mean, gap {gap}"
expected = (
    "Using a target size (torch.Size([64])) that is different to the input size "
    "(torch.Size([64, 1])). This will likely lead to incorrect results due to "
    "broadcasting. Please ensure they have the same size."
)
assert [str(one.message) for one in said] == [expected], f"the warning reads {said}"


def fitted(broken, batch_size, seed):
    """Train on 300 patients; predictions and targets of the 142 others."""
    order = torch.randperm(442, generator=torch.Generator().manual_seed(seed))
    train, test = order[:300], order[300:]
    torch.manual_seed(seed)
    model = nn.Linear(10, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    target = y if broken else y[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(25):
            for batch in train[torch.randperm(300)].split(batch_size):
                optimizer.zero_grad()
                F.mse_loss(model(x[batch]), target[batch]).backward()
                optimizer.step()
    return model(x[test]).detach()[:, 0], y[test]


def explained(prediction, y):
    """R squared: the share of the targets' variance that is predicted."""
    return 1 - ((prediction - y).square().mean() / y.var(correction=0)).item()


seeds = range(0, 1200, 100)
good = [fitted(False, 50, seed) for seed in seeds]
r2 = torch.tensor([explained(*one) for one in good])
measured = {"right": r2.mean().item()}
for batch_size in (50, 10, 5):
    bad = [fitted(True, batch_size, seed) for seed in seeds]
    slopes = []  # of the broken network's predictions, over those of the right one
    for (right, _), (wrong, _) in zip(good, bad, strict=True):
        right, wrong = right - right.mean(), wrong - wrong.mean()
        slopes.append(((right * wrong).sum() / right.square().sum()).item())
    shrunk = sum(slopes) / 12
    r2_bad = sum(explained(*one) for one in bad) / 12
    print(f"batches of {batch_size:2d}: R2 {r2_bad:5.2f},", end=" ")
    print(f"predictions spread {shrunk:.2f} times as far, 1/N is {1 / batch_size:.2f}")
    measured |= {f"r2_{batch_size}": r2_bad, f"slope_{batch_size}": shrunk}
    assert abs(shrunk - 1 / batch_size) < 0.05, f"should spread 1/N as far, {shrunk}"
print(f"with the right shape: R2 {measured['right']:.2f}")
assert measured["right"] > 0.4, f"the right shape should predict, {measured}"
assert abs(measured["r2_50"]) < 0.08, f"nothing should be left at 50, {measured}"
assert measured["r2_50"] < measured["r2_10"], f"10 should keep more, {measured}"
assert measured["r2_10"] < measured["r2_5"], f"5 should keep more still, {measured}"
assert measured["r2_5"] < measured["right"] - 0.1, f"but not all, {measured}"


# What a loss does with (N, 1) against (N,)
def reply(loss, prediction, target):
    """warns, raises or is silent."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            loss(prediction, target)
        except (ValueError, RuntimeError) as error:
            return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return "warns" if said else "is silent"


def by_hand(prediction, target):
    return (prediction - target).square().mean()


half = torch.full((4, 1), 0.5)
warned = (F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss)
silent = (F.poisson_nll_loss, by_hand)
refused = (F.binary_cross_entropy, F.binary_cross_entropy_with_logits)
for losses, said in ((warned, "warns"), (silent, "is silent"), (refused, "ValueError")):
    for loss in losses:
        found = reply(loss, half, torch.ones(4))
        print(f"{loss.__name__:34s} {found[:60]}")
        assert found.startswith(said), f"{loss.__name__} should: {said}, {found}"

# Classes: indices (N,) of type int64, or probabilities (N, C)
logits = torch.randn(4, 3)
classes = torch.tensor([0, 2, 1, 2])
one_hot = F.one_hot(classes, 3)
by_index = F.cross_entropy(logits, classes)
same = F.cross_entropy(logits, one_hot.float())
assert abs(by_index - same) < 1e-6, f"one-hot probabilities: {same}, {by_index}"
refusals = {
    "0D or 1D target tensor expected, multi-target not supported": classes[:, None],
    "expected target dtype to be Long or Byte, but got Float": classes.float(),
    "Expected floating point type for target with class probabilities": one_hot,
}
for message, wrong in refusals.items():
    found = reply(F.cross_entropy, logits, wrong)
    assert message in found, f"cross_entropy should say {message!r}, says {found!r}"
doubled = F.cross_entropy(logits, 2 * one_hot.float())
assert abs(doubled - 2 * by_index) < 1e-5, "rows that do not add up to 1 pass unseen"
one = F.mse_loss(p[:1], t[:1, None])
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    alone = F.mse_loss(p[:1], t[:1])
assert alone == one and said, "a batch of one should give the right loss, and warn"
