"""Five detections of four objects have average precision 11/20 by the all-points rule and 6/11 by the 11-point rule."""
from fractions import Fraction

import matplotlib.pyplot as plt

# (image, score, box) of ONE class; the true boxes of the class in each image
truth = {"left": [(0, 0, 10, 10), (20, 0, 30, 10)], "right": [(0, 0, 10, 10), (20, 20, 30, 30)]}
detections = [("left", 0.9, (0, 0, 10, 10)), ("left", 0.8, (0, 1, 10, 11)), ("left", 0.7, (40, 0, 50, 10)),
              ("right", 0.6, (1, 0, 11, 10)), ("left", 0.5, (20, 0, 30, 8))]


def iou(a, b):
    sides = [max(0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1)]
    area_a, area_b = ((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
    shared = sides[0] * sides[1]
    return Fraction(shared, area_a + area_b - shared)


def match(detections, truth, threshold=Fraction(1, 2)):  # best score first; each true box can be found once
    found, hits = set(), []
    for image, _, box in sorted(detections, key=lambda d: -d[1]):
        best = max(range(len(truth[image])), key=lambda k: iou(box, truth[image][k]))
        hit = iou(box, truth[image][best]) >= threshold and (image, best) not in found
        found |= {(image, best)} if hit else set()
        hits.append(hit)
    return hits


def curve(hits, objects):  # recall and precision after each detection
    found = [sum(hits[:n]) for n in range(1, len(hits) + 1)]
    return [Fraction(f, objects) for f in found], [Fraction(f, n) for n, f in enumerate(found, 1)]


def interpolated(recall, precision, r):  # the best precision at recall r or higher, 0 where that is never reached
    return max((p for q, p in zip(recall, precision, strict=True) if q >= r), default=Fraction(0))


def all_points(recall, precision):  # area below the interpolated curve
    steps = zip([Fraction(0), *recall], recall, strict=False)
    return sum((r - before) * interpolated(recall, precision, r) for before, r in steps)


def eleven_points(recall, precision):  # mean of the curve at recall 0, 0.1, ..., 1
    return sum(interpolated(recall, precision, Fraction(k, 10)) for k in range(11)) / 11


hits = match(detections, truth)
recall, precision = curve(hits, objects=4)
for (image, score, _), hit, r, p in zip(detections, hits, recall, precision, strict=True):
    print(f"score {score:.1f} {image:5s} {'hit ' if hit else 'miss'}  recall {str(r):3s}  precision {p}")
area, eleven = all_points(recall, precision), eleven_points(recall, precision)
print(f"AP by all points {area} = {float(area):.3f}, by 11 points {eleven} = {float(eleven):.3f}")
one_of_100 = curve([True], objects=100)
print(f"one hit, 99 objects never found: {all_points(*one_of_100)} by all points, {eleven_points(*one_of_100)} by 11")

levels = [k / 200 for k in range(201)]
plt.plot(levels, [float(interpolated(recall, precision, level)) for level in levels], label="interpolated")
plt.plot([float(r) for r in recall], [float(p) for p in precision], "s", label="after each detection")
plt.plot([k / 10 for k in range(11)], [float(interpolated(recall, precision, Fraction(k, 10))) for k in range(11)], "x",
         color="C2", markersize=9, label="the eleven points")
plt.xlabel("recall")
plt.ylabel("precision")
plt.legend()
plt.show()

best = [str(max(iou(box, true) for true in truth[image])) for image, _, box in detections]
assert best == ["1", "9/11", "0", "9/11", "4/5"], f"IoU with the nearest object, by hand; was {best}"
assert hits == [True, False, False, True, True], f"the second box on one object and the empty box are misses: {hits}"
assert precision == [Fraction(n) for n in ("1", "1/2", "1/3", "1/2", "3/5")], f"precision was {precision}"
assert recall == [Fraction(n) for n in ("1/4", "1/4", "1/4", "1/2", "3/4")], f"recall was {recall}"
assert area == Fraction(11, 20), f"1/4 * (1 + 3/5 + 3/5) is 11/20, was {area}"
assert eleven == Fraction(6, 11), f"(3 * 1 + 5 * 3/5 + 3 * 0) / 11 is 6/11, was {eleven}"
assert all_points(*one_of_100) == Fraction(1, 100), "one hit of 100 is 1/100 by the area"
assert eleven_points(*one_of_100) == Fraction(1, 11), "one hit of 100 is 1/11 by eleven points"
