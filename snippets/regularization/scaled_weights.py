"""Larger weights in a tanh network: a longer border between its classes."""

import torch

scale = 4  # try: 1, 2, 8
# region: points of a square, and the length of a boundary on their grid
line = torch.linspace(-1, 1, 81)
points = torch.cartesian_prod(line, line)  # (6561, 2)


def boundary(positive):
    """The length of the line between True and False on the grid, (..., 81, 81).

    A line of length s crosses 4/π s / spacing edges of the grid in the mean over
    directions.
    """
    changes = sum(positive.diff(dim=d).sum((-2, -1)) for d in (-2, -1))
    return changes * (line[1] - line[0]) * torch.pi / 4


# endregion
def logits_of(scale, seed, count=1):
    """Random tanh networks 2-16-16-1, all their weights and biases times scale."""
    torch.manual_seed(seed)
    first, bias = torch.randn(count, 2, 16) / 2**0.5, torch.randn(count, 1, 16)
    second, bias2 = torch.randn(count, 16, 16) / 4, torch.randn(count, 1, 16)
    last = torch.randn(count, 16, 1) / 4
    hidden = torch.tanh(scale * (points @ first + bias))  # (count, 6561, 16)
    hidden = torch.tanh(scale * (hidden @ second + bias2))
    return (scale * (hidden @ last)).view(count, 81, 81)


above = logits_of(scale, seed=0)[0] > 0  # (81, 81)
print(f"weights times {scale}: a border of length {boundary(above):.1f}", end=" ")
print("in a square of side 2")
# region: the picture
import matplotlib.pyplot as plt

plt.figure(figsize=(3.4, 3.2))
extent = (-1, 1, -1, 1)
plt.imshow(above.T, origin="lower", extent=extent, cmap="cividis", vmin=-0.5, vmax=1.5)
plt.xlabel("first input")
plt.ylabel("second input")
plt.show()
# endregion

# %% proof: 200 networks at four scales, and a circle to test the measure
circle = boundary((points.norm(dim=1) < 0.5).view(81, 81)).item()
assert abs(circle / torch.pi - 1) < 0.05, f"a circle of diameter 1 has π, {circle:.2f}"
lengths = []
for tried in (1, 2, 4, 8):
    parts = [boundary(logits_of(tried, seed, 50) > 0) for seed in range(0, 400, 100)]
    lengths.append(torch.cat(parts))
    mean, error = lengths[-1].mean(), lengths[-1].std() / 200**0.5
    print(f"weights times {tried}: mean length {mean:.2f} +- {error:.2f}")
steps = torch.stack(lengths).diff(dim=0)  # (3, 200), network by network
surely = steps.mean(1) - 2 * steps.std(1) / 200**0.5
assert (surely > 0).all(), f"each doubling should lengthen it, {steps.mean(1)}"
ratio = (lengths[3].mean() / lengths[0].mean()).item()
measured = {"ratio": ratio}
assert ratio > 2, f"eight times the weights should double the length, {ratio:.1f}"
