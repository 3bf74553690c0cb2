"""With SGD and Adam weight_decay is the L2 term; AdamW decays past the statistics."""

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
weight_decay = 0.1  # try: 0.001, 1.0
# region: 300 digits and the first weights
SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
x, y = images[:300].flatten(1).double(), labels[:300]  # (300, 64)
torch.manual_seed(0)
start = 0.1 * torch.randn(10, 64, dtype=torch.float64)
# endregion


def path(optimizer_class, lr, weight_decay, in_loss=0.0):
    """The weights after each step, with ½ in_loss |w|² added to the loss."""
    w = start.clone().requires_grad_()
    optimizer = optimizer_class([w], lr=lr, weight_decay=weight_decay)
    steps = []
    for step in range(100):
        loss = nn.functional.cross_entropy(x @ w.T, y)
        loss = loss + 0.5 * in_loss * w.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps.append(w.detach().clone())
    return torch.stack(steps)  # (steps, 10, 64)


gaps = {}
for optimizer, lr, other in ((SGD, 0.05, SGD), (Adam, 0.01, Adam), (AdamW, 0.01, Adam)):
    decayed = path(optimizer, lr, weight_decay)
    term = path(other, lr, 0.0, in_loss=weight_decay)
    gap = gaps[optimizer] = (decayed - term).abs().max().item()
    names = f"{optimizer.__name__:5s} and {other.__name__:4s} with an L2 term"
    print(f"{names}: largest difference {gap:.0e}")
# region: the checks
assert gaps[SGD] < 1e-9 and gaps[Adam] < 1e-9, f"should be the L2 term, {gaps}"
assert gaps[AdamW] > 1e-3, f"AdamW should go elsewhere, {gaps[AdamW]:.1e}"
# endregion


# %% proof: AdamW written out, and momentum
def adamw(lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    """AdamW step by step: the decay goes past m and v."""
    w, m, v = start.clone(), torch.zeros_like(start), torch.zeros_like(start)
    steps = []
    for t in range(1, 101):
        w.requires_grad_()
        loss = nn.functional.cross_entropy(x @ w.T, y)
        grad = torch.autograd.grad(loss, w)[0]
        w = (1 - lr * weight_decay) * w.detach()
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        corrected = m / (1 - beta1**t), v / (1 - beta2**t)
        w = w - lr * corrected[0] / (corrected[1].sqrt() + eps)
        steps.append(w)
    return torch.stack(steps)


for tried in (0.001, 0.1, 1.0):
    gap = (path(AdamW, 0.01, tried) - adamw(0.01, tried)).abs().max().item()
    print(f"AdamW written out, weight_decay {tried}: differs by {gap:.0e}")
    assert gap < 1e-9, f"AdamW should be the rule, differs by {gap:.1e}"
    apart = (path(AdamW, 0.01, tried) - path(Adam, 0.01, tried)).abs().max().item()
    assert apart > 1e-3, f"AdamW and Adam should part at {tried}, by {apart:.1e}"


class Heavy(torch.optim.SGD):
    """SGD with momentum."""

    def __init__(self, params, **settings):
        super().__init__(params, momentum=0.9, **settings)


gap = path(Heavy, 0.01, 0.1) - path(Heavy, 0.01, 0.0, in_loss=0.1)
assert gap.abs().max() < 1e-9, "with momentum too it should be the L2 term"


class Decoupled(Adam):
    """Adam with decay past the statistics."""

    def __init__(self, params, **settings):
        super().__init__(params, decoupled_weight_decay=True, **settings)


gap = (path(Decoupled, 0.01, 0.1) - path(AdamW, 0.01, 0.1)).abs().max()
assert gap < 1e-9, f"decoupled_weight_decay should make it AdamW, {gap:.1e}"
assert AdamW([start]).defaults["weight_decay"] == 0.01, "AdamW's default"
assert Adam([start]).defaults["weight_decay"] == 0, "Adam's default"
