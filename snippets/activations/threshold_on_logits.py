"""The threshold 0.5 is 0 on logits; a second sigmoid puts a floor below the loss."""

import torch
from torch import nn
from torch.nn import functional as F

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
train_x, train_y, test_x, test_y = split(0)
torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
yes = (train_y >= 5).float()[:, None]  # (N, 1): is the class one of the last five?
for epoch in range(3):
    for batch in torch.randperm(1000).split(50):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(train_x[batch]), yes[batch])
        loss.backward()
        optimizer.step()

threshold = 0.5  # try: 0.1, 0.9
logits = model(test_x).detach()[:, 0]  # (N,)
probability = torch.sigmoid(logits)
same = torch.logit(torch.tensor(threshold))  # ln(t / (1 - t))
print(f"probability > {threshold}:         {(probability > threshold).sum():3d} yes")
print(f"logit > {same:5.2f}:             {(logits > same).sum():3d} yes")
print(f"logit > {threshold}, by mistake:    {(logits > threshold).sum():3d} yes")
again = torch.sigmoid(probability)
print(f"two sigmoids, then > {threshold}:   {(again > threshold).sum():3d} yes")
# region: the picture
import matplotlib.pyplot as plt

z = torch.linspace(-8, 8, 161)
figure, axes = plt.subplots(1, 2, figsize=(6.2, 2.8), sharey=True)
for ax, target in zip(axes, (1.0, 0.0), strict=True):
    for name, given, style in (
        ("logit", z, "C0-"),
        ("sigmoid of the logit", torch.sigmoid(z), "C1--"),
    ):
        y = torch.full_like(z, target)
        loss = F.binary_cross_entropy_with_logits(given, y, reduction="none")
        ax.plot(z, loss, style, label=f"given the {name}")
    ax.set(xlabel="logit", title=f"y = {target:.0f}", ylim=(0, 4))
axes[0].set_ylabel("loss")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
plt.show()
# endregion

# %% proof: the floors, the gradient, the threshold, and what may be applied twice
one, zero = torch.ones(1), torch.zeros(1)
floors = [F.binary_cross_entropy_with_logits(y, y).item() for y in (one, zero)]
measured = {"floor_one": floors[0], "floor_zero": floors[1]}
by_formula = [torch.log(1 + torch.exp(-one)).item(), torch.log(2 * one).item()]
for found, formula in zip(floors, by_formula, strict=True):
    assert abs(found - formula) < 1e-6, f"floor {found:.4f}, by formula {formula:.4f}"
z = torch.linspace(-30, 30, 6001)
for y, floor in ((one, floors[0]), (zero, floors[1])):
    y = y.expand_as(z)
    twice = F.binary_cross_entropy_with_logits(torch.sigmoid(z), y, reduction="none")
    once = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    assert twice.min() > floor - 1e-6, f"no logit should get below {floor:.3f}"
    assert once.min() < 1e-9, f"without it the loss should reach 0, {once.min():.1e}"

# The predictions: at a threshold t, the logit's is ln(t / (1 - t)).
for t in (0.01, 0.1, 0.5, 0.731, 0.9, 0.99):
    by_logit = z > torch.logit(torch.tensor(t))
    by_probability = torch.sigmoid(z.double()) > t
    differ = (by_logit != by_probability).sum().item()
    assert differ <= 1, f"at {t} both should agree, but for rounding: {differ} differ"
mistake = torch.sigmoid(torch.tensor(0.5)).item()
measured["mistake"] = mistake
assert abs(mistake - 0.6225) < 1e-4, f"a logit of 0.5 is the probability {mistake:.4f}"
assert (torch.sigmoid(torch.sigmoid(z)) >= 0.5).all(), "two sigmoids: never below 0.5"
assert threshold == 0.5 and same == 0, f"0.5 should be the logit 0, is {same}"
assert (again > 0.5).all(), "two sigmoids should say yes to every image"
said = (logits > 0).sum().item(), (logits > 0.5).sum().item()
assert said[1] < said[0], f"the mistake should say yes less often, {said}"

# The gradient of a confident wrong answer: logit -8, and yes is right
slopes = []
for given in (lambda z: z, torch.sigmoid):
    z = torch.tensor([-8.0], requires_grad=True)
    F.binary_cross_entropy_with_logits(given(z), one).backward()
    slopes.append(-z.grad.item())
measured |= {"slope_once": slopes[0], "slope_twice": slopes[1]}
assert slopes[0] > 0.99, f"from the logit nearly 1, {slopes[0]:.4f}"
assert 0 < slopes[1] < 0.0003, f"through a sigmoid nearly 0, {slopes[1]:.5f}"
limit = 0.25 * torch.sigmoid(one).item()
z = torch.linspace(-30, 30, 6001, requires_grad=True)
F.binary_cross_entropy_with_logits(
    torch.sigmoid(z), torch.zeros_like(z), reduction="sum"
).backward()
assert z.grad.max() < limit, f"never above {limit:.3f}, {z.grad.max():.3f}"

# What a network that has learned all there is puts out: it may only use [0, 1].
for q in (0.1, 0.4, 0.6, 0.7, 0.9):
    outputs = torch.linspace(0, 1, 1001)
    loss = q * F.softplus(-outputs) + (1 - q) * F.softplus(outputs)
    best = outputs[loss.argmin()].item()
    should = torch.logit(torch.tensor(q)).clamp(0, 1).item()
    assert abs(best - should) < 0.01, (
        f"q = {q}: best {best:.2f}, should be {should:.2f}"
    )

# log_softmax twice is harmless, softmax twice is not.
torch.manual_seed(0)
scores, y = 5 * torch.randn(100, 10), torch.randint(10, (100,))
once = F.cross_entropy(scores, y)
gap = abs(F.cross_entropy(scores.log_softmax(1), y) - once).item()
assert gap < 1e-5, f"log_softmax in front should change nothing, changes {gap:.1e}"
other = F.cross_entropy(scores.softmax(1), y)
assert abs(other - once) > 0.5, f"softmax in front should, {other:.2f}, {once:.2f}"
