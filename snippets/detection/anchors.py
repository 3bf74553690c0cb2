"""Anchors by k-means on 1 - IoU fit the boxes better, by mean IoU, than anchors by k-means on squared distances."""
import matplotlib.pyplot as plt
import numpy as np


def iou(sizes, anchors):  # both centred at one point: only width and height count; (N, 2), (k, 2) -> (N, k)
    shared = np.minimum(sizes[:, None], anchors).prod(2)
    return shared / (sizes.prod(1)[:, None] + anchors.prod(1) - shared)


def squared(sizes, anchors):
    return ((sizes[:, None] - anchors) ** 2).sum(2)


def k_means(sizes, k, distance, rng):
    anchors = sizes[rng.choice(len(sizes), k, replace=False)]
    for _ in range(30):
        nearest = distance(sizes, anchors).argmin(1)
        anchors = np.stack([sizes[nearest == j].mean(0) if (nearest == j).any() else anchors[j] for j in range(k)])
    return anchors


def mean_best(sizes, anchors):
    return iou(sizes, anchors).max(1).mean()


by_hand = iou(np.array([[2.0, 8.0]]), np.array([[4.0, 4.0], [2.0, 8.0], [1.0, 4.0]]))[0]
assert np.allclose(by_hand, [1 / 3, 1, 1 / 4]), f"should be 8/24, 1 and 4/16, was {by_hand}"

rng = np.random.default_rng(0)
diagonal = np.exp(rng.uniform(np.log(10), np.log(300), 600))  # from 10 to 300 pixels, as many small as large ones
ratio = np.exp(rng.choice(np.log([0.4, 1, 2]), 600) + 0.15 * rng.standard_normal(600))
sizes = np.stack([diagonal * ratio ** 0.5, diagonal / ratio ** 0.5], 1)  # (600, 2): width, height

numbers, scores = [1, 2, 3, 5, 7, 9], {}
for name, distance in (("1 - IoU", lambda s, a: 1 - iou(s, a)), ("squared distance", squared)):
    runs = [[mean_best(sizes, k_means(sizes, k, distance, rng)) for k in numbers] for _ in range(10)]
    scores[name] = np.array(runs)  # (10 starts, 6)
    print(f"{name:16s}", "  ".join(f"k={k}: {s:.2f}" for k, s in zip(numbers, scores[name].mean(0), strict=True)))
for (name, values), style in zip(scores.items(), ("o-", "s--"), strict=True):
    plt.plot(numbers, values.mean(0), style, label=f"k-means on {name}")
    plt.fill_between(numbers, values.min(0), values.max(0), alpha=0.2)
plt.xlabel("number of anchors")
plt.ylabel("mean IoU with the best anchor")
plt.legend()
plt.show()

gain = (scores["1 - IoU"] - scores["squared distance"]).mean(0)
assert gain[2:].mean() > 0.015, f"from 3 anchors on, 1 - IoU should win by more than 0.015, gains {np.round(gain, 3)}"
rise = np.diff(scores["1 - IoU"].mean(0))
assert rise.min() > 0, f"more anchors should fit better, rises {np.round(rise, 3)}"
assert rise[0] > 2 * rise[-1], f"the second anchor should add most, rises {np.round(rise, 3)}"
