"""Weight decay keeps the share h / (h + λ) along a direction of curvature h."""

import torch

weight_decay = 0.01  # try: 0.001, 0.1
curvature = torch.tensor([0.001, 0.01, 0.1, 1.0], dtype=torch.float64)
torch.manual_seed(0)
axes, _ = torch.linalg.qr(torch.randn(4, 4, dtype=torch.float64))  # four directions
hessian = axes @ torch.diag(curvature) @ axes.T  # (4, 4)
optimum = torch.randn(4, dtype=torch.float64)

w = torch.zeros(4, dtype=torch.float64)
optimizer = torch.optim.SGD([w], lr=1.0, weight_decay=weight_decay)
for step in range(8000):
    w.grad = hessian @ (w - optimum)  # of the loss ½ (w - w*)ᵀ H (w - w*)
    optimizer.step()
kept = (axes.T @ w) / (axes.T @ optimum)  # (4,), along each direction
for h, share in zip(curvature.tolist(), kept.tolist(), strict=True):
    print(f"curvature {h:5.3f}: {share:4.0%} of the optimum is left")
# region: the picture
import matplotlib.pyplot as plt

line = torch.logspace(-3.5, 0.5, 200)
plt.semilogx(line, line / (line + weight_decay), label="h / (h + λ)")
plt.semilogx(curvature, kept, "o", color="C1", ms=8, label="SGD")
plt.axvline(weight_decay, color="gray", ls=":", label="h = λ")
plt.xlabel("curvature h of the loss along the direction")
plt.ylabel("share of the optimum left")
plt.ylim(-0.03, 1.05)
plt.legend(loc="lower right", fontsize=9)
plt.gcf().set_size_inches(4.6, 2.9)
plt.show()
# endregion
off = (kept - curvature / (curvature + weight_decay)).abs().max().item()
assert off < 1e-6, f"each direction should keep h / (h + λ), off by {off:.1e}"
