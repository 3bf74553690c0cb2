"""Linear layers multiply out to one, which cannot fit XOR; with a bend they can."""

import torch
from torch import nn

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (4, 2)
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])  # XOR: 1 where one input is 1


def train(activation, seed):
    """Two linear layers with an activation between them, trained on the points."""
    torch.manual_seed(seed)
    middle = getattr(nn, activation)()
    model = nn.Sequential(nn.Linear(2, 16), middle, nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for step in range(100):
        optimizer.zero_grad()
        logits = model(x)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, y)
        loss.backward()
        optimizer.step()
    return model, loss.item()


activation = "ReLU"  # try: "Identity", "Tanh", "Sigmoid"
model, loss = train(activation, seed=0)
p = torch.sigmoid(model(x)).flatten()
print(f"{activation} in the middle: loss {loss:.3f}")
print("inputs              0,0   0,1   1,0   1,1")
print("predicted for 1  ", *[f"{value:5.2f}" for value in p])
# region: the picture
import matplotlib.pyplot as plt

side = torch.linspace(-0.5, 1.5, 101)
with torch.no_grad():
    grid = torch.sigmoid(model(torch.cartesian_prod(side, side)))  # (10201, 1)
figure, ax = plt.subplots(figsize=(4.4, 3.2))
extent = (-0.5, 1.5, -0.5, 1.5)
rows = grid.reshape(101, 101).T  # rows are x2
image = ax.imshow(rows, origin="lower", extent=extent, vmin=0, vmax=2, cmap="Blues")
for (x1, x2), label in zip(x.tolist(), y.flatten().tolist(), strict=True):
    style = {"ha": "center", "va": "center", "weight": "bold", "size": 15}
    ax.text(x1, x2, f"{label:.0f}", color="C1", **style)
ax.set(title=f"{activation} in the middle", xlabel="x1", ylabel="x2")
ax.set(xticks=(0, 1), yticks=(0, 1))
figure.colorbar(image, label="predicted for 1").ax.set_ylim(0, 1)
plt.show()
# endregion

# %% proof: the product of three layers, 12 seeds of two networks, and solutions by hand
import math

torch.manual_seed(0)
layers = [nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)]
points = torch.randn(1000, 2)  # (N, features)
W, b = torch.eye(2), torch.zeros(2)
for layer in layers:
    W, b = layer.weight @ W, layer.weight @ b + layer.bias
gap = (nn.Sequential(*layers)(points) - (points @ W.T + b)).abs().max().item()
print(f"three linear layers against one: largest difference {gap:.0e}")
assert W.shape == (1, 2), f"the product should be one 1x2 layer, is {tuple(W.shape)}"
assert gap < 1e-5, f"a stack should equal one linear layer, differs by {gap:.1e}"

first, second = nn.Conv2d(1, 4, 3, bias=False), nn.Conv2d(4, 1, 3, bias=False)
columns = first.weight.transpose(0, 1)  # (1, 4, 3, 3)
kernel = nn.functional.conv2d(columns, second.weight.flip(2, 3), padding=2)
assert kernel.shape == (1, 1, 5, 5), f"one 5x5 filter, found {tuple(kernel.shape)}"
image = torch.randn(1, 1, 12, 12)
gap = second(first(image)) - nn.functional.conv2d(image, kernel)
gap = gap.abs().max().item()
print(f"two 3x3 convolutions against one of 5x5: {gap:.0e}")
assert gap < 1e-5, f"they should agree, differ by {gap:.1e}"
pooled = nn.functional.avg_pool2d(first(image), 2)
halves = nn.functional.avg_pool2d(first(image / 2), 2)
assert torch.allclose(pooled / 2, halves, atol=1e-6), "average pooling should be linear"

losses = {}
for activation in ("Identity", "ReLU"):
    runs = [train(activation, seed) for seed in range(0, 1200, 100)]
    losses[activation] = [loss for _, loss in runs]
    right = [((model(x) > 0) == (y > 0.5)).sum().item() for model, _ in runs]
    low, high = min(losses[activation]), max(losses[activation])
    print(f"{activation:8s}: loss {low:.3f} to {high:.3f}", end=", ")
    print(f"right on {min(right)} to {max(right)} of 4 points")
    if activation == "Identity":
        assert low > math.log(2) - 1e-6, f"no line should beat log 2, one has {low:.4f}"
        assert high < math.log(2) + 0.01, f"each should come near log 2, one has {high}"
        assert max(right) <= 3, f"no line should get all four, one got {max(right)}"
    else:
        assert high < 0.05, f"every ReLU network should fit, the worst has {high:.3f}"
        assert min(right) == 4, f"each should get four points, one got {min(right)}"

x1, x2 = x.unbind(1)
by_relu = torch.relu(x1 + x2) - 2 * torch.relu(x1 + x2 - 1)
assert torch.equal(by_relu, y[:, 0]), f"two ReLU units should do it, gave {by_relu}"
by_max = torch.maximum(x1 - x2, x2 - x1)  # two linear outputs, and the larger of them
assert torch.equal(by_max, y[:, 0]), f"a maximum should do it, gave {by_max}"
print("by hand: two ReLU units give", by_relu.int().tolist(), end=", ")
print("a maximum of two linear outputs gives", by_max.int().tolist())
