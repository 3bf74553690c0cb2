"""On average, scaling up the weights of a tanh network lengthens the line between its two classes in the plane."""
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
num_nets, width, scales = 100, 16, [1, 2, 4, 8]
shapes = [(2, width), (1, width), (width, width), (1, width), (width, 1)]
w1, b1, w2, b2, w3 = [torch.randn(num_nets, *shape) / shape[0] ** 0.5 for shape in shapes]
line = torch.linspace(-1, 1, 81)
x = torch.stack(torch.meshgrid(line, line, indexing="ij"), -1).view(1, -1, 2)  # (1, 6561, 2)


def boundary_length(positive):  # (..., 81, 81) of True and False
    changes = positive.diff(dim=-2).sum((-2, -1)) + positive.diff(dim=-1).sum((-2, -1))
    # a line of length s crosses (|cos| + |sin|) s / spacing grid edges, 4/π s / spacing averaged over directions
    return changes * (line[1] - line[0]) * torch.pi / 4


circle = boundary_length((x[0].norm(dim=1) < 0.5).view(81, 81))  # the measure itself put to the test
lengths, maps = [], []
for scale in scales:
    hidden = torch.tanh(scale * (x @ w1 + b1))  # (100, 6561, 16)
    hidden = torch.tanh(scale * (hidden @ w2 + b2))
    logits = (scale * (hidden @ w3)).view(num_nets, 81, 81)
    lengths.append(boundary_length(logits > 0))  # (100,)
    maps.append(logits.sign())
lengths = torch.stack(lengths)  # (4, 100)
standard_error = lengths.std(1) / num_nets ** 0.5
for scale, length, error in zip(scales, lengths, standard_error):
    print(f"weights x {scale}: boundary length {length.mean():5.2f} ± {error:4.2f} (mean of {num_nets} networks)")

fig, axes = plt.subplots(1, 4, figsize=(7, 2.2))
shown = (lengths[0] > 0).nonzero()[0, 0]  # the first network that has two classes in the square at scale 1
for ax, scale, classes in zip(axes, scales, maps):
    ax.imshow(classes[shown].T, origin="lower", extent=(-1, 1, -1, 1), cmap="cividis", vmin=-1.5, vmax=1.5)
    ax.set(title=f"weights × {scale}", xlabel="$x_1$", xticks=[-1, 0, 1], yticks=[])
axes[0].set(ylabel="$x_2$", yticks=[-1, 0, 1])
plt.show()

growth = lengths.mean(1).diff()
assert (growth > 2 * standard_error[1:]).all(), f"every doubling should lengthen the boundary: {growth.tolist()}"
assert lengths[3].mean() > 2 * lengths[0].mean(), "eight times the weights should at least double the length"
assert abs(circle / torch.pi - 1) < 0.05, f"a circle of diameter 1 should have a boundary of π, measured {circle:.2f}"
