"""Linear layers multiply out to one linear layer, which cannot fit XOR; one hidden ReLU layer can."""
import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
deep = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1))  # three layers, no activation
x = torch.randn(1000, 2)  # (N, features)
W, b = torch.eye(2), torch.zeros(2)
for layer in deep:
    W, b = layer.weight @ W, layer.weight @ b + layer.bias  # W3 W2 W1 and W3 (W2 b1 + b2) + b3
gap = (deep(x) - (x @ W.T + b)).abs().max().item()
print(f"three linear layers against one, largest difference: {gap:.0e}")
assert W.shape == (1, 2), f"the product should be a single 1x2 layer, is {tuple(W.shape)}"
assert gap < 1e-5, f"a stack of linear layers should equal one linear layer, differs by {gap:.1e}"

train_x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
train_y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])  # XOR
by_hand = torch.relu(train_x @ torch.ones(2, 2) + torch.tensor([0.0, -1.0])) @ torch.tensor([[1.0], [-2.0]])
assert torch.equal(by_hand, train_y), f"two ReLU units should give XOR exactly, gave {by_hand.flatten().tolist()}"

grid = torch.cartesian_prod(torch.linspace(-0.5, 1.5, 101), torch.linspace(-0.5, 1.5, 101))  # (10201, 2)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2), sharey=True)
for ax, activation in zip(axes, (nn.Identity(), nn.ReLU()), strict=True):
    losses, right = [], []
    for seed in range(0, 300, 100):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(2, 16), activation, nn.Linear(16, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(100):
            loss = nn.functional.binary_cross_entropy_with_logits(model(train_x), train_y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        right.append(((model(train_x) > 0) == (train_y > 0.5)).sum().item())
    name = type(activation).__name__
    print(f"{name:8s}: loss {min(losses):.3f} to {max(losses):.3f}, right on {min(right)} to {max(right)} of 4 points")
    p = torch.sigmoid(model(grid)).detach().reshape(101, 101).T  # rows are x2
    image = ax.imshow(p, origin="lower", extent=(-0.5, 1.5, -0.5, 1.5), vmin=0, vmax=2, cmap="Blues")
    for (x1, x2), label in zip(train_x.tolist(), train_y.flatten().tolist(), strict=True):
        ax.text(x1, x2, f"{label:.0f}", ha="center", va="center", color="C3", weight="bold", size=15)
    ax.set(title=f"{name} in the middle", xlabel="x1")
    if name == "Identity":
        assert min(losses) > math.log(2) - 1e-6, f"no line should beat log 2 on XOR, best loss is {min(losses):.4f}"
        assert max(right) <= 3, f"no line should get all four points right, one got {max(right)}"
axes[0].set_ylabel("x2")
fig.colorbar(image, ax=axes, label="predicted probability of 1").ax.set_ylim(0, 1)
plt.show()
assert max(losses) < 0.05, f"every ReLU network should fit XOR, the worst loss is {max(losses):.3f}"
assert min(right) == 4, f"every ReLU network should get all four points right, the worst got {min(right)}"
