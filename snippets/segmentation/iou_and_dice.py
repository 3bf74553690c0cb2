"""IoU and Dice from scratch: D = 2J / (1 + J) on every pair of masks, so one pair is ranked alike by both."""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import f1_score, jaccard_score


def iou(prediction, target):  # Jaccard index J: shared pixels / pixels of either
    union = (prediction | target).sum()
    return (prediction & target).sum() / union if union else np.nan  # both empty: 0 / 0, not defined


def dice(prediction, target):  # D: shared pixels, counted twice / pixels of both, the shared ones counted twice
    total = prediction.sum() + target.sum()
    return 2 * (prediction & target).sum() / total if total else np.nan


disc = np.hypot(*np.mgrid[-8:9, -8:9]) <= 6  # (17, 17) boolean mask
empty = np.zeros_like(disc)
cases = {"equal": (disc, disc), "shifted by 1": (np.roll(disc, 1, 1), disc), "shifted by 4": (np.roll(disc, 4, 1), disc),
         "disjoint": (disc, ~disc), "nothing found": (empty, disc), "found in nothing": (disc, empty),
         "both empty": (empty, empty)}
values = {name: (iou(*pair), dice(*pair)) for name, pair in cases.items()}
for name, (j, d) in values.items():
    print(f"{name:17s} IoU {j:5.3f}  Dice {d:5.3f}")
assert values["equal"] == (1, 1), "equal masks should score 1"
for name in ("disjoint", "nothing found", "found in nothing"):
    assert values[name] == (0, 0), f"{name}: both should be 0, are {values[name]}"
assert np.isnan(values["both empty"]).all(), "two empty masks have no score: 0 / 0"

six, four = np.arange(10) < 6, (np.arange(10) > 2) & (np.arange(10) < 7)  # 6 and 4 pixels, 3 of them shared
assert (iou(six, four), dice(six, four)) == (3 / 7, 6 / 10), "by hand: 3 of 7 pixels, and 6 of 10"
shifted = values["shifted by 1"] + values["shifted by 4"]
assert 1 > shifted[0] > 0.7 and 0.5 > shifted[2] > 0.3, f"IoU should fall as the disc moves: {shifted}"

rng = np.random.default_rng(0)
swept = []
for share in np.linspace(0.02, 0.98, 49):  # of the pixels that are copied from the target; the others are random
    target = rng.random((32, 32)) < rng.uniform(0.05, 0.95)
    prediction = np.where(rng.random((32, 32)) < share, target, rng.random((32, 32)) < 0.5)
    swept.append((iou(prediction, target), dice(prediction, target)))
    library = jaccard_score(target.ravel(), prediction.ravel()), f1_score(target.ravel(), prediction.ravel())
    assert np.allclose(swept[-1], library), f"{swept[-1]} should be scikit-learn's {library}"
j, d = np.array(swept).T
assert np.allclose(d, 2 * j / (1 + j)), "D should be 2J / (1 + J)"
assert j.min() < 0.4 and j.max() > 0.8, f"the pairs should be bad and good, IoU runs from {j.min():.2f} to {j.max():.2f}"
assert np.all(d > j), "between 0 and 1 Dice should be the larger"
gap = np.linspace(0, 1, 10001)
gap = 2 * gap / (1 + gap) - gap
print(f"largest difference {gap.max():.3f} at IoU {gap.argmax() / 10000:.3f}")
assert abs(gap.max() - (3 - 2 * 2**0.5)) < 1e-6 and abs(gap.argmax() / 10000 - (2**0.5 - 1)) < 1e-4, "at J = 0.414"

# Averages over images are another matter: the curve bends, so the two means can disagree about two models.
steady, uneven = np.array([0.5, 0.5]), np.array([0.05, 0.97])  # IoU on two images
means = [(a.mean(), (2 * a / (1 + a)).mean()) for a in (steady, uneven)]
for name, (mean_iou, mean_dice) in zip(("steady", "uneven"), means, strict=True):
    print(f"{name} model: mean IoU {mean_iou:.3f}, mean Dice {mean_dice:.3f}")
assert means[0][0] < means[1][0] and means[0][1] > means[1][1], "mean IoU and mean Dice should rank them differently"

line = np.linspace(0, 1, 101)
plt.plot(line, 2 * line / (1 + line), label="2J / (1 + J)")
plt.plot(j, d, "o", ms=4, label="random masks")
plt.plot(line, line, "--", color="gray", label="equal")
plt.gca().set(xlabel="IoU (J)", ylabel="Dice (D)")
plt.legend()
plt.show()
