"""The patches that excite a unit most grow with depth, and in the last layer mostly show one class of digits."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = nn.functional.pad(torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16, (2, 2, 2, 2))  # (1797, 1, 12, 12)
y = torch.tensor(digits.target)


def block(a, b):
    return [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]


layers = [*block(1, 8), nn.MaxPool2d(2), *block(8, 16), nn.MaxPool2d(2), *block(16, 32)]
model = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(200):
    batch = torch.randint(1000, (32,))
    loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()

purity, h, done = [], x[1000:], 0  # images that the network has not seen
fig, axes = plt.subplots(3, 10, figsize=(7, 2.6))
for row, (end, size, jump, start) in enumerate([(3, 3, 1, -1), (7, 8, 2, -3), (11, 18, 4, -7)]):
    with torch.no_grad():
        h = model[done:end](h)  # (797, C, H, W) after the layer's ReLU
    done = end
    best, where = h.flatten(2).max(2)  # (797, C): each unit's strongest response in each image
    top = best.topk(20, dim=0).indices  # (20, C)
    counts = nn.functional.one_hot(y[1000:][top], 10).sum(0)  # (C, 10): classes among the 20 best images
    alive = best.amax(0) > 0
    purity.append((counts.amax(1) / 20)[alive].mean().item())
    print(f"layer {row + 1}: patches of {size}x{size} pixels, {purity[-1]:.0%} of a unit's 20 best from one class")
    for unit, first in zip(alive.nonzero()[:2, 0].tolist(), (0, 5), strict=True):
        for ax, n in zip(axes[row, first:first + 5], top[:5, unit].tolist(), strict=True):
            i, j = divmod(where[n, unit].item(), h.shape[3])
            a, b = jump * i + start + 8, jump * j + start + 8  # corner of the patch on a canvas with margin 8
            mask = torch.zeros(1, 1, 28, 28)
            mask[..., a:a + size, b:b + size] = 1
            alone = (x[1000 + n][None] * mask[..., 8:20, 8:20])  # everything outside of the patch removed
            with torch.no_grad():
                gap = abs(model[:end](alone)[0, unit, i, j] - best[n, unit]).item()
            assert gap < 1e-4, f"a unit should see its patch only, response changed by {gap:.1e}"
            ax.imshow(nn.functional.pad(x[1000 + n, 0], (8, 8, 8, 8))[a:a + size, b:b + size], vmin=0, vmax=1)
    axes[row, 0].set_ylabel(f"layer {row + 1}")
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plt.show()
rise = purity[2] - purity[0]
assert rise > 0.1, f"the last layer's units should be clearly more selective than the first's, rise {rise:.2f}"
assert purity[2] > 0.6, f"in the last layer most of the best patches should show one class, share {purity[2]:.2f}"
