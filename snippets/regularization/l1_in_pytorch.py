"""An L1 term in the loss leaves small weights; a soft threshold leaves zeros."""

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
# region: the soft threshold
def soft_threshold(w, amount):
    """Move each weight by amount towards zero, and stop there."""
    return w.sign() * (w.abs() - amount).clamp(min=0)


# endregion
penalty = 0.01  # try: 0.003, 0.03


def train(method, seed, lr=0.1):
    """Softmax regression on 1,000 digits."""
    torch.manual_seed(seed)
    x, y, _, _ = split(seed)
    model = nn.Linear(64, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for batch in torch.rand(20, 1000).argsort(1).view(-1, 50):  # 20 epochs
        loss = nn.functional.cross_entropy(model(x[batch].flatten(1)), y[batch])
        if method == "in the loss":
            loss = loss + penalty * model.weight.abs().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if method == "threshold":
            model.weight.data = soft_threshold(model.weight.data, lr * penalty)
    return model


found = {}
for method in ("in the loss", "threshold"):
    w = found[method] = train(method, seed=0).weight.detach().flatten()
    print(f"L1 {method:11s}: {(w == 0).sum():3d} of 640 weights are exactly zero")
# region: the picture and the checks
import matplotlib.pyplot as plt

for (method, w), style in zip(found.items(), ("--", "-"), strict=True):
    sizes = w.abs().sort().values
    plt.semilogy(range(1, 641), sizes, style, label=f"L1 {method}")
plt.axhline(0.1 * penalty, color="gray", ls=":", label="lr · penalty")
plt.xlabel("weights, sorted by size")
plt.ylabel("absolute value")
plt.legend(loc="lower right", fontsize=9)
plt.gcf().set_size_inches(4.6, 2.9)
plt.show()
zeros = {method: (w == 0).sum().item() for method, w in found.items()}
assert zeros["in the loss"] == 0, f"autograd should leave no exact zero, {zeros}"
assert zeros["threshold"] > 20, f"the threshold should leave many, {zeros}"
# endregion


# %% proof: 12 seeds
def accuracy_of(model, x, y):
    """The share of digits in the right class, in %."""
    return 100 * (model(x.flatten(1)).argmax(1) == y).float().mean().item()


rows = []
for seed in range(0, 1200, 100):
    _, _, test_x, test_y = split(seed)
    models = [train(method, seed) for method in found]
    right = [accuracy_of(model, test_x, test_y) for model in models]
    lossy, cut = (model.weight.detach().flatten() for model in models)
    near = lossy.abs() < 2 * 0.1 * penalty
    both = (near & (cut == 0)).sum().item()
    none, exact = (lossy == 0).sum().item(), (cut == 0).sum().item()
    rows.append([none, near.sum().item(), exact, both, *right])
none, near, exact, both, right, cut_right = torch.tensor(rows).T  # (12,) each
error = ((right - cut_right).std() / 12**0.5).item()
lead = (cut_right - right).mean().item()
print(
    f"in the loss: {none.max():.0f} zeros, {near.mean():.0f} within two steps of zero;"
)
print(f"threshold: {exact.mean():.0f} zeros, of which {(both / exact).mean():.0%} are")
print(f"the same weights; accuracy {lead:+.2f} +- {error:.2f} points")
measured = {
    "near": near.mean().item(),
    "exact": exact.mean().item(),
    "same": (both / exact).mean().item(),
    "lead": lead,
    "lead_se": error,
}
assert none.max() == 0, f"through autograd none should be exactly zero, {none}"
least, share = exact.min().item(), exact.mean().item() / 640
assert least > 0.1 * 640, f"the threshold should zero over a tenth, {least}"
assert share > 0.2, f"and over a fifth in the mean, {share:.2f}"
assert (near > 0.8 * exact).all(), f"in the loss as many should hover near 0, {near}"
assert measured["same"] > 0.8, f"mostly the same weights, {measured['same']:.2f}"
assert abs(lead) + 2 * error < 1, f"the accuracy should differ by little, {lead:.2f}"
