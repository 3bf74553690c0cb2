"""On random crops the mean image is one colour and a channel mean does the same; on aligned views it removes layout."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

seed, size = 0, 32
rng = np.random.default_rng(seed)
photos = [load_sample_image(name) for name in ("china.jpg", "flower.jpg")]  # each (427, 640, 3), 0..255


def crops(count, left, right):  # random squares from columns left..right of both photographs
    rows, columns = rng.integers(0, 427 - size, count), rng.integers(left, right - size, count)
    corners = enumerate(zip(rows, columns))
    return np.stack([photos[i % 2][r:r + size, c:c + size] for i, (r, c) in corners]).astype(float)


def views(left, right):  # full height, shrunk 13 times: sky above, trees below in every one
    small = photos[0][:416].reshape(32, 13, 640, 3).mean(1)  # (32, 640, 3)
    starts = range(left, right - 13 * size + 1, 4)
    return np.stack([small[:, c:c + 13 * size:13] for c in starts])


removed, means = {}, {}
train_crops, test_crops = crops(2000, 0, 400), crops(1000, 400, 640)  # (N, H, W, C), without overlap
for name, train_x in (("random crops", train_crops), ("aligned views", views(0, 640))):
    mean_image, channel_mean = train_x.mean(0), train_x.mean((0, 1, 2))  # (H, W, C) and (C,), training pictures only
    by_channel = ((train_x - channel_mean) ** 2).mean()
    by_image = ((train_x - mean_image) ** 2).mean()
    removed[name], means[name] = 1 - by_image / by_channel, mean_image
    assert np.allclose(mean_image.mean((0, 1)), channel_mean), "the channel mean should average the mean image"
    print(f"{name:13s}: mean image {mean_image.size:4d} numbers, channel mean {channel_mean.size}; "
          f"the mean image removes {removed[name]:6.2%} more variance")

mean_image, channel_mean = means["random crops"], train_crops.mean((0, 1, 2))
test_ratio = ((test_crops - mean_image) ** 2).mean() / ((test_crops - channel_mean) ** 2).mean()
print(f"test crops after the mean image over after the channel mean: squared size {test_ratio:.3f}")

photo = photos[0].astype(float)  # any size will do for a channel mean, and cropping before or after is the same
same = np.allclose((photo - channel_mean)[50:82, 60:92], photo[50:82, 60:92] - channel_mean)

fig, axes = plt.subplots(1, 4, figsize=(7, 2.1))
pictures = [train_crops[0], means["random crops"], views(0, 640)[0], means["aligned views"]]
for ax, picture, title in zip(axes, pictures, ["a random crop", "mean of crops", "a view", "mean of views"]):
    ax.imshow(picture.round().astype(np.uint8))
    ax.set_title(title)
    ax.axis("off")
plt.show()

assert same and channel_mean.shape == (3,), "a channel mean should fit a picture of any size and commute with cropping"
assert removed["random crops"] < 0.005, f"on crops it should add under 0.5 %, it added {removed['random crops']:.2%}"
assert removed["aligned views"] > 0.3, f"on views it should add over 30 %, it added {removed['aligned views']:.0%}"
assert abs(test_ratio - 1) < 0.01, f"on test crops both should leave the same within 1 %, the ratio is {test_ratio:.3f}"
