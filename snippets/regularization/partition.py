"""Weight decay shortens the boundary between two noisy classes, and test accuracy is highest at a middle decay."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import make_moons

torch.manual_seed(0)
decays, num_seeds, width = [0.0, 1e-3, 3e-3, 1e-2, 3e-2], 30, 32
moons = [make_moons(1060, noise=0.35, random_state=seed) for seed in range(0, 100 * num_seeds, 100)]
x = torch.stack([torch.tensor(m[0], dtype=torch.float32) for m in moons]).repeat(len(decays), 1, 1)  # (150, 1060, 2)
y = torch.stack([torch.tensor(m[1], dtype=torch.float32) for m in moons]).repeat(len(decays), 1)  # (150, 1060)
train_x, train_y, test_x, test_y = x[:, :60], y[:, :60], x[:, 60:], y[:, 60:]
weight_decay = torch.tensor(decays).repeat_interleave(num_seeds)  # (150,)

# 150 networks 2-32-32-1 side by side; the copies for one seed start from the same weights
shapes = [(2, width), (1, width), (width, width), (1, width), (width, 1), (1, 1)]
params = [torch.randn(num_seeds, *shape) / shape[0] ** 0.5 for shape in shapes]
params = [p.repeat(len(decays), 1, 1).requires_grad_() for p in params]
w1, b1, w2, b2, w3, b3 = params


def predict(x):
    hidden = torch.relu(x @ w1 + b1)
    return (torch.relu(hidden @ w2 + b2) @ w3 + b3)[:, :, 0]  # (150, n)


optimizer = torch.optim.Adam(params, lr=1e-2)
for step in range(600):
    fit = F.binary_cross_entropy_with_logits(predict(train_x), train_y, reduction="none").mean(1)  # (150,)
    norm2 = sum((w ** 2).sum((1, 2)) for w in (w1, w2, w3))
    # an L2 term in the loss, so that each network has its own; the sum keeps the networks apart
    loss = (fit + weight_decay * norm2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

line = torch.linspace(-2, 3, 101)
grid = torch.stack(torch.meshgrid(line - 0.25, line, indexing="ij"), -1).view(1, -1, 2)  # (1, 10201, 2)
with torch.no_grad():
    train_accuracy = 100 * ((predict(train_x) > 0) == (train_y > 0)).float().mean(1).view(len(decays), num_seeds)
    accuracy = 100 * ((predict(test_x) > 0) == (test_y > 0)).float().mean(1).view(len(decays), num_seeds)
    positive = (predict(grid) > 0).view(len(decays), num_seeds, 101, 101)
crossings = positive.diff(dim=-2).sum((-2, -1)) + positive.diff(dim=-1).sum((-2, -1))
length = crossings * (line[1] - line[0]) * torch.pi / 4  # π/4 turns grid edges into a length, averaged over directions
print(f"{num_seeds} data sets, mean ± standard error")
errors = [values.std(1) / num_seeds**0.5 for values in (length, accuracy)]
for k, decay in enumerate(decays):
    print(f"weight decay {decay:6.4f}: boundary {length[k].mean():5.2f} ± {errors[0][k]:4.2f}, accuracy in training "
          f"{train_accuracy[k].mean():5.1f} %, in the test {accuracy[k].mean():4.1f} ± {errors[1][k]:3.1f} %")

fig, axes = plt.subplots(1, 3, figsize=(7, 3.2), sharey=True)
for ax, k in zip(axes, (0, 2, 4)):
    area = {"extent": (-2.25, 2.75, -2, 3), "origin": "lower"}
    ax.imshow(positive[k, 0].T, cmap="cividis", vmin=-0.5, vmax=1.5, alpha=0.6, **area)
    for label, marker in ((0, "o"), (1, "^")):
        points = train_x[0, train_y[0] == label]
        ax.plot(points[:, 0], points[:, 1], marker, color=("C0", "C1")[label], markersize=4)
    ax.set(title=f"weight decay {decays[k]:g}", xlabel="$x_1$")
axes[0].set_ylabel("$x_2$")
plt.show()



def gain(values, better, worse):  # between two decays, data set by data set: mean, and two standard errors below it
    differences = values[better] - values[worse]
    return differences.mean().item(), (differences.mean() - 2 * differences.std() / num_seeds**0.5).item()


for shorter, longer in ((2, 0), (2, 1), (3, 2), (4, 2)):  # a first step from 0 to 0.001 alone is too small to tell
    mean, least = gain(-length, shorter, longer)
    at = f"from {decays[longer]:g} to {decays[shorter]:g}"
    assert mean > 0.7 and least > 0, f"{at} the boundary should shorten, it does by {mean:.2f}, surely {least:.2f}"
for end in (0, 4):
    mean, least = gain(accuracy, 2, end)
    assert mean > 1.2 and least > 0, f"0.003 should gain a point on {decays[end]:g}, gains {mean:.1f}, surely {least:.1f}"
ratio = length[0].mean() / length[4].mean()
assert ratio > 1.3, f"the boundary without decay should be over 1.3 times that at 0.03, is {ratio:.2f} times"
assert (train_accuracy.mean(1).diff() < 0).all(), "accuracy on the training points should only fall with decay"
