"""Over a patch of noisy texture a filter's mean response tells two photographs apart better than its maximum."""
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_sample_image
from sklearn.linear_model import LogisticRegression

patches, y = [], []
for label, name in enumerate(("china.jpg", "flower.jpg")):
    photo = torch.tensor(load_sample_image(name), dtype=torch.float32).mean(2) / 255  # (427, 640)
    patches.append(photo.unfold(0, 32, 32).unfold(1, 32, 32).reshape(-1, 1, 32, 32))
    y += [label] * len(patches[-1])
x, y = torch.cat(patches), np.array(y)  # (520, 1, 32, 32), (520,)
x = x - x.mean((2, 3), keepdim=True)  # brightness alone should not tell the photographs apart

noise_levels, error = (0.0, 0.1, 0.2, 0.3), {"max": [], "average": []}
for seed in range(0, 600, 100):
    torch.manual_seed(seed)
    order = torch.randperm(len(y)).numpy()
    train, test = order[:260], order[260:]
    filters = torch.randn(16, 1, 5, 5)
    filters = filters - filters.mean((2, 3), keepdim=True)
    filters = filters / filters.flatten(1).norm(dim=1)[:, None, None, None]
    for kind in error:
        error[kind].append([])
    for noise in noise_levels:
        maps = torch.relu(torch.conv2d(x + noise * torch.randn_like(x), filters))  # (520, 16, 28, 28)
        for kind, pooled in (("max", maps.amax((2, 3))), ("average", maps.mean((2, 3)))):  # (520, 16)
            z = ((pooled - pooled[train].mean(0)) / pooled[train].std(0)).numpy()
            classifier = LogisticRegression(max_iter=500).fit(z[train], y[train])
            error[kind][-1].append(1 - classifier.score(z[test], y[test]))
error = {kind: np.array(runs) for kind, runs in error.items()}  # (seeds, noise levels)
print("noise   test error: max   average   average better in")
for i, noise in enumerate(noise_levels):
    wins = (error["average"][:, i] < error["max"][:, i]).sum()
    top, mean = error["max"][:, i].mean(), error["average"][:, i].mean()
    print(f"{noise:5.2f}   {top:15.2f}   {mean:7.2f}   {wins:d} of 6 seeds")
for kind, marker in (("max", "o-"), ("average", "s--")):
    plt.plot(noise_levels, error[kind].mean(0), marker, label=f"global {kind} pooling")
    plt.fill_between(noise_levels, error[kind].min(0), error[kind].max(0), alpha=0.2)
plt.xlabel("standard deviation of the noise (white = 1)")
plt.ylabel("test error")
plt.legend()
plt.show()

gain = (error["max"] - error["average"]).mean(0)
assert abs(gain[0]) < 0.05, f"without noise both should be alike within 0.05, difference {gain[0]:.3f}"
assert gain[1:].mean() > 0.015, f"with noise average should win by 0.015 in the mean, gains {gain.round(3).tolist()}"
