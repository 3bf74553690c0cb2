"""Where the loss gives no gradient, Adam turns any L2 term into steps of size lr, while AdamW shrinks by 1 - lr·wd."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data[:300], dtype=torch.float64) / 16  # (300, 64)
y = torch.tensor(digits.target[:300])
blank = x.sum(0) == 0  # pixels without ink in any scan: the fit gives their weights no gradient
torch.manual_seed(0)
start = 0.1 * torch.randn(10, 64, dtype=torch.float64)
lr, num_steps = 0.001, 100

left = {}
for weight_decay, styles in ((0.1, ("-", "--")), (0.001, (":", "-."))):
    for optimizer_class, style, color in zip((torch.optim.Adam, torch.optim.AdamW), styles, ("C0", "C1")):
        w = start.clone().requires_grad_()
        optimizer = optimizer_class([w], lr=lr, weight_decay=weight_decay)
        sizes = []
        for step in range(num_steps):
            optimizer.zero_grad()
            F.cross_entropy(x @ w.T, y).backward()
            optimizer.step()
            sizes.append((w[:, blank].abs().mean() / start[:, blank].abs().mean()).item())
        name = optimizer_class.__name__
        left[name, weight_decay] = sizes[-1]
        print(f"{name:5s}, weight_decay {weight_decay:5.3f}: left without gradient {100 * sizes[-1]:5.1f} %")
        plt.plot(range(1, num_steps + 1), sizes, style, color=color, linewidth=2.5, label=f"{name}, {weight_decay:g}")
plt.xlabel("step")
plt.ylabel("mean size, share of the start")
plt.ylim(0)
plt.legend(title="weight_decay")
plt.show()

assert blank.any(), "there should be blank pixels in the 300 scans"
for weight_decay in (0.1, 0.001):
    share = (1 - lr * weight_decay) ** num_steps
    assert abs(left["AdamW", weight_decay] - share) < 1e-6, "AdamW should leave (1 - lr·wd)^steps without a gradient"
assert abs(left["Adam", 0.1] - left["Adam", 0.001]) < 0.01, "a hundredfold L2 term should hardly matter to Adam here"
assert left["Adam", 0.001] < 0.5 * left["AdamW", 0.1], "Adam should shrink these weights far faster than AdamW"
