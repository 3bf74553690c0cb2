"""IoU from corner coordinates, on cases with known answers: identical, nested, shifted, touching, apart, empty."""
import matplotlib.pyplot as plt
import torch


def area(box):  # (..., 4) as x1, y1, x2, y2; a box whose corners are swapped has area 0
    return (box[..., 2:] - box[..., :2]).clamp(min=0).prod(-1)


def iou(a, b):
    shared = torch.cat([torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])], -1)
    union = area(a) + area(b) - area(shared)
    return area(shared) / union.clamp(min=1e-9)  # two empty boxes: 0 / 0 becomes 0


square = [0, 0, 10, 10]
cases = [  # name, first box, second box, IoU by hand
    ("identical", square, [0, 0, 10, 10], 1),
    ("half inside it", square, [0, 0, 10, 5], 1 / 2),
    ("shifted by half", square, [5, 0, 15, 10], 1 / 3),  # 50 / 150
    ("both axes", square, [5, 5, 15, 15], 1 / 7),  # 25 / 175
    ("touching", square, [10, 0, 20, 10], 0),
    ("apart, diagonal", square, [12, 12, 22, 22], 0),  # two negative sides: without the clamp, overlap of 2 * 2
    ("one empty", square, [5, 5, 5, 5], 0),
    ("both empty", [5, 5, 5, 5], [5, 5, 5, 5], 0),
]
names, first, second, by_hand = zip(*cases, strict=True)
a, b, by_hand = (torch.tensor(values, dtype=torch.float64) for values in (first, second, by_hand))
for name, value, hand in zip(names, iou(a, b), by_hand, strict=True):
    print(f"{name:16s} IoU {value:.4f}, by hand {hand:.4f}")
    assert abs(value - hand) < 1e-12, f"{name}: IoU should be {hand:.4f}, was {value:.4f}"
assert torch.equal(iou(a, b), iou(b, a)), "IoU should not depend on the order of the boxes"
gap = (iou(3 * a + 7, 3 * b + 7) - iou(a, b)).abs().max()
assert gap < 1e-12, f"IoU should not change when both boxes are moved and enlarged, changed by {gap:.1e}"

shift = torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]  # in box widths
unit = torch.tensor([0, 0, 1, 1], dtype=torch.float64)
right = iou(unit, unit + shift * torch.tensor([1, 0, 1, 0]))  # (101,)
diagonal = iou(unit, unit + shift)
plt.plot(shift, right, label="shifted along one axis")
plt.plot(shift, diagonal, "--", label="shifted along both")
plt.axhline(0.5, color="gray", linestyle=":")
plt.xlabel("shift (box widths)")
plt.ylabel("IoU with the unshifted box")
plt.legend()
plt.show()

last = [shift[values >= 0.5].max().item() for values in (right, diagonal)]
print(f"largest shift with IoU of 0.5: {last[0]:.2f} widths on one axis, {last[1]:.2f} on both")
assert abs(last[0] - 1 / 3) < 0.01, f"along one axis IoU should reach 0.5 at a shift of 1/3, does at {last[0]:.2f}"
assert abs(last[1] - (1 - (2 / 3) ** 0.5)) < 0.01, f"along both it should be 0.18, was {last[1]:.2f}"
