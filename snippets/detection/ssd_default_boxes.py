"""The paper's rules for scales and aspect ratios give SSD300 its 8,732 default boxes."""
from itertools import product
from math import sqrt

import matplotlib.pyplot as plt
import torch

sides = [38, 19, 10, 5, 3, 1]  # of the six feature maps
ratios = [[2], [2, 3], [2, 3], [2, 3], [2], [2]]  # besides 1; each is used both ways round
# scale of a box as a share of the image: 0.1 for the first map, then evenly from 0.2 to 0.9; one more for the last root
scales = [0.1] + [0.2 + (0.9 - 0.2) / 4 * k for k in range(6)]


def default_boxes(k):  # of map k: centre x, y, width, height as shares of the image
    shapes = [(scales[k], scales[k]), (sqrt(scales[k] * scales[k + 1]),) * 2]  # ratio 1 has a second, larger square
    for ratio in ratios[k]:
        shapes += [(scales[k] * sqrt(a), scales[k] / sqrt(a)) for a in (ratio, 1 / ratio)]
    places = product(range(sides[k]), range(sides[k]))
    return torch.tensor([((j + 0.5) / sides[k], (i + 0.5) / sides[k], w, h) for i, j in places for w, h in shapes])


parts = [default_boxes(k) for k in range(6)]
for k, boxes in enumerate(parts):
    per_place = len(boxes) // sides[k] ** 2
    print(f"{sides[k]:2d} x {sides[k]:2d} places, {per_place} boxes each: {len(boxes):4d}   scale {scales[k]:.3f}")
total = sum(len(boxes) for boxes in parts)
print("default boxes:", total)
assert [len(boxes) for boxes in parts] == [5776, 2166, 600, 150, 36, 4], "parts should be 5776 2166 600 150 36 4"
assert total == 8732, f"SSD300 has 8,732 default boxes, made {total}"

for k, boxes in enumerate(parts):
    areas = boxes[:, 2] * boxes[:, 3]
    ratio_one = (boxes[:, 2] == boxes[:, 3]).float().mean() * len(boxes) / sides[k] ** 2
    assert ratio_one == 2, f"each place should have two squares, has {ratio_one:.0f}"
    same = (areas - scales[k] ** 2).abs() < 1e-6  # all but the second square have the area of the scale
    assert (~same).sum() == sides[k] ** 2, "only the second square of each place should differ in area"
first = parts[2][:6]  # of the 10 x 10 map
assert torch.allclose(first[0], torch.tensor([0.05, 0.05, 0.375, 0.375])), f"first box of the 10 x 10 map is {first[0]}"
wide = (first[:, 2] / first[:, 3]).sort().values
assert torch.allclose(wide, torch.tensor([1 / 3, 1 / 2, 1, 1, 2, 3])), f"ratios should be 1/3 to 3, are {wide}"

figure, axes = plt.subplots(1, 3, figsize=(7, 2.7), sharex=True, sharey=True)
for axis, k in zip(axes, (1, 2, 3), strict=True):
    middle = (sides[k] // 2 * sides[k] + sides[k] // 2) * 6  # the place at, or next to, the middle
    for (x, y, w, h), style in zip(parts[k][middle:middle + 6], ("-", "--", "-", "-", ":", ":"), strict=True):
        axis.plot(300 * torch.stack([x - w / 2, x + w / 2, x + w / 2, x - w / 2, x - w / 2]),
                  300 * torch.stack([y - h / 2, y - h / 2, y + h / 2, y + h / 2, y - h / 2]), style)
    axis.set(title=f"{sides[k]} x {sides[k]} map", xlim=(0, 300), ylim=(300, 0), aspect="equal", xlabel="pixels")
plt.show()
