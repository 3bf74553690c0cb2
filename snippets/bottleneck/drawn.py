"""Drawn: a 1x1 convolution multiplies the channels of each pixel by one small matrix."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image

photo = torch.tensor(load_sample_image("flower.jpg")).permute(2, 0, 1)[None].double() / 255
x = photo[:, :, 100:356, 180:436]  # (1, 3, 256, 256)
weights = torch.tensor([[0.3, 0.6, 0.1], [0.8, -0.4, -0.4]], dtype=torch.float64)  # brightness, and how red it is
y = torch.nn.functional.conv2d(x, weights[:, :, None, None])  # (1, 2, 256, 256)
before, after = x[0, :, 128, 128], y[0, :, 128, 128]  # the pixel in the middle
gap = (after - weights @ before).abs().max().item()
assert gap < 1e-12, f"a pixel's output should be the matrix times its channels, gap {gap:.1e}"
grey = weights.sum(1).tolist()  # what a pixel (1, 1, 1) becomes
assert abs(grey[0] - 1) < 1e-12 and abs(grey[1]) < 1e-12, f"grey should stay as bright and have no redness: {grey}"
assert y.shape == (1, 2, 256, 256), f"3 channels should become 2 of the same size, shape is {tuple(y.shape)}"

fig, ax = plt.subplots(figsize=(7, 2.6))


def stack(maps, left, title):  # one map per channel, with the marked pixel a line through all of them
    for k, image in enumerate(maps):
        x0, y0 = left + 0.7 * k, 1.6 - 0.8 * k  # each a little to the right and below the last
        ax.imshow(image, extent=(x0, x0 + 3, y0, y0 + 3), vmin=-0.2, vmax=1, zorder=k)
    centres = [(left + 1.5 + 0.7 * k, 3.1 - 0.8 * k) for k in range(len(maps))]
    ax.plot(*zip(*centres, strict=True), "s-", color="C1", zorder=9)
    ax.text(left, 4.8, title)


def grid(values, left, label):  # a matrix or a column of numbers in boxes
    for i, line in enumerate(values):
        for j, value in enumerate(line):
            ax.add_patch(plt.Rectangle((left + j, 2.2 - i), 1, 1, fill=False, edgecolor="C0"))
            ax.text(left + j + 0.5, 2.7 - i, f"{value:.2f}", ha="center", va="center", fontsize=9)
    ax.text(left + len(values[0]) / 2, 3.5, label, ha="center")


stack(x[0], 0, "red, green, blue")
grid(weights, 5.1, "weights")
grid(before[:, None], 8.8, "pixel")
grid(after[:, None], 11.0, "out")
ax.text(8.45, 2.0, "×", ha="center")
ax.text(10.4, 2.0, "=", ha="center")
stack(y[0], 12.6, "bright, reddish")
ax.set(xlim=(-0.1, 16.5), ylim=(-0.1, 5.3))
ax.axis("off")
plt.show()
