"""One filter gives one map, and torch's convolution does not flip the filter: it is a cross-correlation."""
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_sample_image

photo = load_sample_image("china.jpg").mean(2) / 255  # (427, 640), grey values 0 to 1
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])  # right minus left: fires at vertical edges
x = torch.tensor(photo)[None, None]  # (1, 1, 427, 640)
w = torch.tensor(np.stack([sobel, sobel.T]))[:, None]  # (2, 1, 3, 3), two filters
maps = torch.nn.functional.conv2d(x, w)  # (1, 2, 425, 638), two maps

H, W = maps.shape[2:]
windows = np.lib.stride_tricks.sliding_window_view(photo, (3, 3))  # (425, 638, 3, 3)
correlation = (windows * sobel).sum((2, 3))
convolution = (windows * sobel[::-1, ::-1]).sum((2, 3))  # the mathematical one turns the filter by 180°
assert maps.shape == (1, 2, 425, 638), f"two filters should give two maps, shape is {tuple(maps.shape)}"
assert np.allclose(maps[0, 0], correlation, atol=1e-12), "torch should slide the filter as it is written"
assert np.allclose(maps[0, 0], -convolution, atol=1e-12), "turned by 180° this filter, and its map, should change sign"

signal, taps = np.array([0.0, 0, 1, 0, 0, 0]), np.array([1.0, 2, 3])  # a single 1 shows the filter
one_d = torch.nn.functional.conv1d(torch.tensor(signal)[None, None], torch.tensor(taps)[None, None])[0, 0]
flipped = np.convolve(signal, taps, "valid")
show = {"torch.conv1d": one_d, "np.correlate": np.correlate(signal, taps), "np.convolve": flipped}
for name, values in show.items():
    print(f"{name:12s} of a single 1 with [1 2 3]:", " ".join(f"{v:.0f}" for v in values))
assert one_d.tolist() == show["np.correlate"].tolist() == [3, 2, 1, 0], f"torch should correlate, gave {one_d}"
assert flipped.tolist() == [1, 2, 3, 0], f"a true convolution should repeat the filter, gave {flipped}"

step = torch.zeros(1, 1, 8, 8, dtype=torch.float64)
step[..., 4:] = 1  # dark left half, bright right half: one vertical edge
vertical, horizontal = torch.nn.functional.conv2d(step, w)[0].abs().amax((1, 2)).tolist()
print(f"response to a vertical edge: filter {vertical:.0f}, the same filter transposed {horizontal:.0f}")
assert vertical == 4 and horizontal == 0, f"only the first should fire at a vertical edge: {vertical}, {horizontal}"

fig, axes = plt.subplots(1, 3, figsize=(7, 1.9))
images = (photo, *maps[0].abs().sqrt())
for ax, image, title in zip(axes, images, ("input", "vertical edges", "horizontal edges"), strict=True):
    ax.imshow(image[100:, :480])
    ax.set_title(title)
    ax.axis("off")
plt.show()
