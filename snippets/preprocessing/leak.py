"""Statistics that include test pictures carry them into training and hide part of the shift a test should reveal."""
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

# 2. All test pictures in the channel mean: their offset from the training pictures looks smaller than it is.
train_mean, std = train_x.mean((0, 1, 2)), train_x.std((0, 1, 2))  # (C,)
pooled_mean = np.concatenate([train_x, test_x]).mean((0, 1, 2))
honest = (test_x.mean((0, 1, 2)) - train_mean) / std  # as the trained network would meet them
leaky = (test_x.mean((0, 1, 2)) - pooled_mean) / std
print("offset of the test pictures in standard deviations, red green blue:")
print("  training statistics  " + " ".join(f"{v:6.2f}" for v in honest))
print("  pooled statistics    " + " ".join(f"{v:6.2f}" for v in leaky))

# 3. Training and test pictures from the same photograph: there is hardly an offset to hide.
a, b = crops("china.jpg", 150), crops("china.jpg", 50)
alike = np.abs(b.mean((0, 1, 2)) - a.mean((0, 1, 2))) / a.std((0, 1, 2))
print("  same source, training statistics, size: " + " ".join(f"{v:.2f}" for v in alike))

fig, axes = plt.subplots(1, 2, figsize=(5, 2.6))
for ax, picture, title in zip(axes, [one, recovered], ["held-out picture", "computed from the leaky mean"]):
    ax.imshow(picture.round().clip(0, 255).astype(np.uint8))
    ax.set_title(title)
    ax.axis("off")
plt.show()

share = n / (n + len(test_x))
assert worst < 1, f"the recovered picture should be right to one grey level, it was off by {worst:.2f}"
assert np.allclose(leaky, share * honest, atol=1e-9), f"pooling should shrink the offset to {share:.2f} of its size"
assert np.abs(honest).max() > 0.5, f"the other photograph should be off by over 0.5, not {np.abs(honest).max():.2f}"
assert alike.max() < 0.4, f"crops of one photograph should be off by under 0.4, they are off by {alike.max():.2f}"
