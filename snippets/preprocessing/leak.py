"""A mean that includes a test picture contains that picture, and the test's own mean hides how far off the test is."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

seed, size = 0, 96
rng = np.random.default_rng(seed)


def crops(name, count):
    photo = load_sample_image(name).astype(float)  # (427, 640, 3)
    corners = zip(rng.integers(0, 427 - size, count), rng.integers(0, 640 - size, count))
    return np.stack([photo[r:r + size, c:c + size] for r, c in corners])


train_x, test_x = crops("china.jpg", 150), crops("flower.jpg", 50)  # (N, H, W, C); the test shows something else

# 1. One test picture in the mean image: whoever holds the training pictures can compute it.
n = len(train_x)
one = test_x[test_x.std((1, 2, 3)).argmax()]  # (H, W, C), the one with most contrast, to have something to look at
leaky_mean = np.concatenate([train_x, one[None]]).mean(0)
recovered = (n + 1) * leaky_mean - train_x.sum(0)  # (H, W, C)
worst = np.abs(recovered - one).max()
print(f"test picture recovered from the mean: largest error {worst:.2f} of 255 grey levels")

# 2. Where training and test pictures lie on average, in standard deviations, after each way to subtract a mean.
std = train_x.std((0, 1, 2))  # (C,)
train_mean, test_mean = train_x.mean((0, 1, 2)), test_x.mean((0, 1, 2))
pooled_mean = np.concatenate([train_x, test_x]).mean((0, 1, 2))
ways = {"training mean": (train_mean, train_mean), "pooled mean": (pooled_mean, pooled_mean),
        "each its own mean": (train_mean, test_mean)}  # subtracted from training and from test pictures
apart = {}
for name, (from_train, from_test) in ways.items():
    train_at, test_at = [((x - mean) / std).mean((0, 1, 2)) for x, mean in ((train_x, from_train), (test_x, from_test))]
    apart[name] = test_at - train_at
    print(f"{name:17s}: green channel of training pictures at {train_at[1]:5.2f}, of test pictures at {test_at[1]:5.2f}")

fig, axes = plt.subplots(1, 2, figsize=(5, 2.6))
for ax, picture, title in zip(axes, [one, recovered], ["held-out picture", "computed from the leaky mean"]):
    ax.imshow(picture.round().clip(0, 255).astype(np.uint8))
    ax.set_title(title)
    ax.axis("off")
plt.show()

assert worst < 1, f"the recovered picture should be right to one grey level, it was off by {worst:.2f}"
shift = np.abs(apart["training mean"]).min()
assert shift > 0.3, f"the other photograph should be off by over 0.3 in every channel, it is by {shift:.2f}"
assert np.allclose(apart["pooled mean"], apart["training mean"]), "a pooled mean should move both sides alike"
assert np.allclose(apart["each its own mean"], 0), f"its own mean should hide the shift, {apart['each its own mean']}"
