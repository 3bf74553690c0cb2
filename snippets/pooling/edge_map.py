"""On a photograph's edge map max pooling keeps bright edges, loses dark ones, and suffers more from noise."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d

sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])[None, None] / 8  # (1, 1, 3, 3)
torch.manual_seed(0)
bright, dark, likeness, error = {}, {}, {}, {}
figure, axes = plt.subplots(1, 3, figsize=(7, 2.5))
print("                       contrast kept, edges      with noise added: likeness to")
print("photograph   pooling   bright       dark         the clean map, mean error")
for name in ("flower", "china"):
    photo = torch.tensor(load_sample_image(f"{name}.jpg"), dtype=torch.float32).mean(2)[None, None] / 255
    edges = (conv2d(photo, sobel).square() + conv2d(photo, sobel.mT).square()).sqrt()  # (1, 1, 425, 638)
    noisy = edges + 0.1 * torch.randn_like(edges)
    before = edges.quantile(0.95) - edges.median()  # an edge against the background
    axes[0].imshow(edges[0, 0, 100:300, 150:350], cmap="viridis", vmin=0, vmax=0.3)
    for axis, pool, kind in ((axes[1], max_pool2d, "max"), (axes[2], avg_pool2d, "average")):
        pooled, inverted, disturbed = pool(edges, 4), pool(1 - edges, 4), pool(noisy, 4)  # (1, 1, 106, 159)
        key = name, kind
        bright[key] = ((pooled.quantile(0.95) - pooled.median()) / before).item()
        dark[key] = ((inverted.median() - inverted.quantile(0.05)) / before).item()
        likeness[key] = torch.corrcoef(torch.stack([pooled.flatten(), disturbed.flatten()]))[0, 1].item()
        error[key] = (disturbed - pooled).mean().item()
        axis.imshow(pooled[0, 0, 25:75, 37:87], cmap="viridis", vmin=0, vmax=0.3)
        axis.set_title(f"{kind} pooling 4x4")
        print(f"{name:10s}   {kind:8s}   {bright[key]:4.2f}      {dark[key]:6.2f}   {likeness[key]:14.2f}"
              f"   {error[key]:14.3f}")
axes[0].set_title("edge map")
for axis in axes:
    axis.axis("off")
plt.show()

for name in ("flower", "china"):
    top, mean = (name, "max"), (name, "average")
    assert bright[top] > 1.2, f"{name}: max should heighten bright edges, kept {bright[top]:.2f}"
    assert bright[top] > 1.5 * bright[mean], f"{name}: max should beat average, {bright[top]:.2f}, {bright[mean]:.2f}"
    assert dark[top] < 0.5 < dark[mean], f"{name}: dark edges: max should lose, {dark[top]:.2f}, {dark[mean]:.2f}"
    assert abs(dark[mean] - bright[mean]) < 1e-3, f"{name}: average should treat both alike, {bright, dark}"
    assert likeness[mean] > likeness[top] + 0.08, f"{name}: average should resist noise better, {likeness}"
    assert error[top] > 0.1 and abs(error[mean]) < 0.002, f"{name}: only max should be biased by noise, {error}"
