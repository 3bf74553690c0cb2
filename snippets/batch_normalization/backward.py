"""The gradient through BN in three lines of NumPy, equal to autograd's."""

import numpy as np

rng = np.random.default_rng(0)
n = 8  # try: 4, 64, 1000
channels, eps = 4, 1e-5  # n values per channel; for images n = N·H·W
x = 2 + 3 * rng.standard_normal((n, channels))  # (n, C)
gamma = rng.standard_normal(channels)  # (C,)
beta = rng.standard_normal(channels)  # (C,)
dy = rng.standard_normal((n, channels))  # (n, C), the loss's gradient at the output

# forward
mean = x.mean(0)  # (C,)
inv_std = 1 / np.sqrt(x.var(0) + eps)  # (C,)
x_hat = (x - mean) * inv_std  # (n, C)
y = gamma * x_hat + beta

# backward
d_beta = dy.sum(0)  # (C,)
d_gamma = (dy * x_hat).sum(0)  # (C,)
dx = gamma * inv_std * (dy - d_beta / n - x_hat * d_gamma / n)  # (n, C)

# the usual mistake: mean and variance taken as constants
constants = gamma * inv_std * dy  # (n, C)
off = np.linalg.norm(constants - dx) / np.linalg.norm(dx)
print("dx, first values:         ", *(f"{value:z6.2f}" for value in dx[:8, 0]))
print("with constant mean, var.: ", *(f"{value:z6.2f}" for value in constants[:8, 0]))
print(f"relative error of the mistake: {off:.0%}")

# %% proof: autograd, the lost directions, and 12 seeds trained with the mistake
import torch
from torch import nn


def by_hand(x, gamma, dy, eps):
    """The three gradients of the teaching part, for any shape."""
    n = len(x)
    inv_std = 1 / np.sqrt(x.var(0) + eps)
    x_hat = (x - x.mean(0)) * inv_std
    d_gamma = (dy * x_hat).sum(0)
    dx = gamma * inv_std * (dy - dy.sum(0) / n - x_hat * d_gamma / n)
    return dx, d_gamma, dy.sum(0)


def relative(a, b):
    return np.abs(a - b).max() / max(1, np.abs(b).max())


found = by_hand(x, gamma, dy, eps)
same = max(relative(a, b) for a, b in zip(found, (dx, d_gamma, d_beta), strict=True))
assert same < 1e-13, f"the teaching part should be this function, gap {same:.1e}"
worst, errors = 0.0, {}
for n in (2, 3, 5, 8, 17, 64, 1000):
    for eps in (1e-5, 1e-3, 0.1):
        x = 2 + 3 * rng.standard_normal((n, 16))
        gamma, dy = rng.standard_normal(16), rng.standard_normal((n, 16))
        leaves = [torch.tensor(a, requires_grad=True) for a in (x, gamma, gamma)]
        xt, gt, bt = leaves
        out = nn.functional.batch_norm(xt, None, None, gt, bt, True, eps=eps)
        out.backward(torch.tensor(dy))
        for mine, leaf in zip(by_hand(x, gamma, dy, eps), leaves, strict=True):
            worst = max(worst, relative(mine, leaf.grad.numpy()))
        dx = by_hand(x, gamma, dy, eps)[0]
        inv_std = 1 / np.sqrt(x.var(0) + eps)
        constants = gamma * inv_std * dy
        errors[n] = np.linalg.norm(constants - dx) / np.linalg.norm(dx)

        # In eval() the statistics are constants, and the short form is right.
        xe = torch.tensor(x, requires_grad=True)
        stats = torch.tensor(x.mean(0)), torch.tensor(x.var(0))
        out = nn.functional.batch_norm(xe, *stats, gt, bt, False, eps=eps)
        out.backward(torch.tensor(dy))
        worst = max(worst, relative(constants, xe.grad.numpy()))

        # Nothing is left along a shift, and along a stretch what eps leaves.
        x_hat = (x - x.mean(0)) * inv_std
        shift = np.abs(dx.sum(0)).max() / np.abs(dx).max()
        assert shift < 1e-11, f"n = {n}: a shift should get no gradient, {shift:.1e}"
        left = (dy * x_hat).sum(0) * gamma * inv_std * eps * inv_std**2
        stretch = np.abs((dx * x_hat).sum(0) - left).max()
        assert stretch < 1e-11, (
            f"n = {n}: a stretch should keep eps' part: {stretch:.1e}"
        )
print(f"largest relative difference from autograd, float64: {max(worst, 1e-16):.0e}")
print("error of the mistake:", *(f"n = {n}: {e:.1%}," for n, e in errors.items()))
assert worst < 1e-10, f"should equal autograd, largest difference {worst:.1e}"
assert errors[8] > 0.2, f"with 8 values the mistake should be large: {errors[8]:.2f}"
assert errors[1000] < 0.08, f"with 1,000 random ones small: {errors[1000]:.3f}"

# A gradient that agrees within a channel, as that of a bias would, is taken out whole.
x = 2 + 3 * rng.standard_normal((1000, 1))
agreed = np.ones((1000, 1))
removed = np.abs(by_hand(x, 1, agreed, 1e-5)[0]).max()
assert removed < 1e-12, f"a gradient that is all alike should vanish: {removed:.1e}"
pair = by_hand(np.array([[3.0], [8.0]]), 1, np.array([[0.0], [1.0]]), 1e-5)[0]
assert np.abs(pair).max() < 1e-5, f"two values should pass on nothing: {pair}"
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
# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion


class ByHand(nn.BatchNorm2d):
    """BN whose mean and variance may be taken as constants in the backward pass."""

    constants = False

    def forward(self, x):
        if not (self.training and self.constants):
            return super().forward(x)
        with torch.no_grad():
            same = super().forward(x)  # keeps the buffers as PyTorch does
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        y = nn.functional.batch_norm(x, mean, var, self.weight, self.bias, eps=self.eps)
        gaps.append((y - same).abs().max().item())
        return y


def build(constants):
    layers, channels = [], 1
    for stride in (1, 2, 1):
        norm = ByHand(16)
        norm.constants = constants
        layers.append(nn.Conv2d(channels, 16, 3, stride, padding=1, bias=False))
        layers += [norm, nn.ReLU()]
        channels = 16
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 4 * 4, 10))


def trained(constants, lr, seed):
    """The model, and its accuracy on the test digits after each of six epochs."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    model, curve = build(constants), []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(6):
        train_epoch(model, optimizer, train_x, train_y)
        curve.append(100 * accuracy(model, test_x, test_y))
    return model, curve


def gradient(model, constants, x, y):
    """The gradient of the first convolution's weights."""
    for layer in model:
        if isinstance(layer, ByHand):
            layer.constants = constants
    loss = nn.functional.cross_entropy(model.train()(x), y)
    return torch.autograd.grad(loss, model[0].weight)[0]


gaps, rates, chosen, table = [], (0.01, 0.03, 0.1, 0.3), [], []
for constants in (False, True):
    trials = {}
    for lr in rates:  # at their best epoch, on two seeds that do not count
        tried = [max(trained(constants, lr, seed)[1]) for seed in (5000, 5100)]
        trials[lr] = sum(tried) / 2
    lr = max(rates[1:-1], key=trials.get)
    ends = max(trials[rates[0]], trials[rates[-1]]) - trials[lr]
    assert ends < 1, f"the best rate should lie inside, {trials}"
    chosen.append(lr)
    print("constant statistics" if constants else "BN", end=": ")
    print(*(f"{lr}: {value:.0f} %" for lr, value in trials.items()), sep=", ")
for seed in range(0, 1200, 100):
    model, curve = trained(False, chosen[0], seed)
    x, y, *_ = split(seed)
    true = gradient(model, False, x[:50], y[:50])
    error = ((gradient(model, True, x[:50], y[:50]) - true).norm() / true.norm()).item()
    # The part along a filter itself, which would only change its length
    filters = model[0].weight.detach().flatten(1)  # (16, 9)
    along = []
    for constants in (False, True):
        both = gradient(model, constants, x[:50], y[:50]).flatten(1), filters
        product = (both[0] * both[1]).sum(1) / both[1].norm(dim=1)
        along.append((product.norm() / true.norm()).item())
    assert along[0] < 1e-3, f"the true gradient should have none: {along[0]:.1e}"
    _, wrong = trained(True, chosen[1], seed)
    pairs = [curve[1], wrong[1], max(curve), max(wrong)]
    table.append([*pairs, 100 * error, 100 * along[1]])
assert max(gaps) < 1e-4, f"forward both should be BN, largest gap {max(gaps):.1e}"
right, wrong, right_best, wrong_best, error, along = torch.tensor(table).T


def mean_and_error(values):
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


lead, lead_se = mean_and_error(right - wrong)
left, left_se = mean_and_error(right_best - wrong_best)
print(f"two epochs: {right.mean():.1f} against {wrong.mean():.1f} %;", end=" ")
print(f"best of six: {right_best.mean():.1f} against {wrong_best.mean():.1f} %")
print(f"the first layer's gradient is off by {error.mean():.0f} %")
assert error.min() > 15, f"the error should add up, least {error.min():.0f} %"
assert along.min() > 10, f"a part along the filter should appear: {along.min():.0f} %"
assert right.mean() > 90, f"BN should train, {right.mean():.1f} % in the mean"
behind = (right > wrong).sum().item()
assert behind >= 10, f"the mistake should cost accuracy at first, in {behind} of 12"
assert lead > 5, f"many points, {lead:.1f} ± {lead_se:.1f}"
later = left + 2 * left_se
assert later < 3 and left < lead / 3, f"and little later: {left:.1f} ± {left_se:.1f}"
measured = {"off": 100 * off, "error": error.mean().item()}
measured |= {"right": right.mean().item(), "wrong": wrong.mean().item()}
measured |= {"right_best": right_best.mean().item()}
measured |= {"wrong_best": wrong_best.mean().item(), "left": left, "left_se": left_se}
measured |= {"lead": lead, "lead_se": lead_se, "along": along.mean().item()}
measured |= {"rate": chosen[0], "wrong_rate": chosen[1]}
