"""At test time dropout needs one constant and no counts: scaling by the keep probability can move into training."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x, y = torch.tensor(digits.data[:1000], dtype=torch.float32) / 16, torch.tensor(digits.target[:1000])  # (N, 64), (N,)
hidden = torch.relu(torch.nn.Linear(64, 100)(x)).detach()  # (N, 100), the layer that dropout acts on

keep = 0.8  # the paper's p: the probability that a unit STAYS
dropout = torch.nn.Dropout(p=0.2)  # PyTorch's p: the probability that a unit is ZEROED
scaled_mask = dropout(torch.ones_like(hidden))  # (N, 100), 0 or 1 / keep
mask = (scaled_mask > 0).float()  # the same mask, 0 or 1
zeroed = 1 - mask.mean().item()

# Paper: bare mask in training; at test the outgoing weights are multiplied by `keep`.
# Inverted (PyTorch): mask / keep in training; at test nothing. The same net has weights that are `keep` times as large.
weight_paper = torch.randn(10, 100, requires_grad=True)
weight_torch = (keep * weight_paper).detach().requires_grad_()
train_paper, test_paper = (mask * hidden) @ weight_paper.T, hidden @ (keep * weight_paper).T  # (N, 10)
train_torch, test_torch = (scaled_mask * hidden) @ weight_torch.T, dropout.eval()(hidden) @ weight_torch.T
train_gap, test_gap = ((a - b).abs().max() for a, b in ((train_paper, train_torch), (test_paper, test_torch)))

# One SGD step keeps the two nets the same if the paper's form gets the larger learning rate.
lr = 0.1
torch.nn.functional.cross_entropy(train_paper, y).backward()
torch.nn.functional.cross_entropy(train_torch, y).backward()
step_paper = keep * (weight_paper - lr / keep**2 * weight_paper.grad)
step_torch = weight_torch - lr * weight_torch.grad

dropout.train()  # The bookkeeping that nobody needs: how often was each of the 100 units used?
used, total, sizes, widths = 0, 0, [], []
for batch in range(1, 201):
    scaled_mask = dropout(torch.ones_like(hidden))  # a fresh mask for every example, 1000 a batch
    used += (scaled_mask > 0).sum(0)  # (100,)
    total += (scaled_mask * hidden).sum(0)  # (100,)
    sizes.append(len(x) * batch)
    widths.append((used / sizes[-1] - keep).square().mean().sqrt().item())
alive = hidden.mean(0) > 0.1  # leave out units that are nearly always 0
bias = (total / sizes[-1] / hidden.mean(0))[alive]  # (units,), training mean over output in eval, for each unit
print(f"zeroed by Dropout(p=0.2): {100 * zeroed:.0f} % of the units")
print(f"largest difference between the two rules: {train_gap:.0e} in training, {test_gap:.0e} at test")
print(f"mean output in training over mean output in eval: {bias.min().item():.2f} to {bias.max().item():.2f} by unit")
low, high = (used / sizes[-1]).min().item(), (used / sizes[-1]).max().item()
print(f"counted share of use after {sizes[-1]:,} examples: {low:.3f} to {high:.3f}, the constant is {keep}")
plt.loglog(sizes, widths, label="100 counted shares")
plt.loglog(sizes, [(keep * (1 - keep) / n) ** 0.5 for n in sizes], "--", label="chance: √(q(1 - q)/n)")
plt.xlabel("training examples seen, n")
plt.ylabel("rms distance of share from q = 0.8")
plt.legend()
plt.show()
slope = torch.log(torch.tensor(widths[-1] / widths[0])) / torch.log(torch.tensor(sizes[-1] / sizes[0]))
assert abs(zeroed - 0.2) < 0.01, f"p=0.2 should zero a fifth, not keep a fifth: {zeroed:.3f} were zeroed"
assert train_gap < 1e-4 and test_gap < 1e-4, f"same masks, same function: gaps {train_gap:.1e}, {test_gap:.1e}"
assert torch.allclose(step_paper, step_torch, atol=1e-5), "lr / keep² in the paper's form should match lr in PyTorch's"
assert (bias - 1).abs().max() < 0.03, f"inverted dropout should leave each unit's mean alone, ratios {bias}"
assert dropout.eval()(hidden) is hidden, "in eval the module should hand back its input"
assert not dropout.state_dict(), f"the module should store no counts, it has {list(dropout.state_dict())}"
assert 0.79 < low < keep < high < 0.81, f"counted shares should lie around {keep}, they were {low:.3f} to {high:.3f}"
assert abs(slope + 0.5) < 0.15, f"counts should approach the constant as n^-0.5, slope {slope:.2f}"
