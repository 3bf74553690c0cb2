"""Objects written into YOLO's 7x7x30 target come back unchanged, unless two of them share a cell."""
import torch

S, B, C = 7, 2, 20  # cells per side, boxes per cell, classes
num_scenes = 1000


def encode(boxes, labels):  # boxes (n, 4): centre x, y, width, height as fractions of the image
    target = torch.zeros(S, S, B * 5 + C, dtype=boxes.dtype)
    for (x, y, w, h), label in zip(boxes, labels, strict=True):
        column, row = int(x * S), int(y * S)  # the cell that contains the centre is responsible
        box = torch.stack([x * S - column, y * S - row, w, h, torch.ones_like(x)])  # x, y within the cell; confidence 1
        target[row, column] = 0  # a second object in the same cell replaces the first
        target[row, column, :B * 5] = box.repeat(B)  # either of the two boxes may be the one that learns it
        target[row, column, B * 5 + label] = 1
    return target  # (7, 7, 30)


def decode(target):
    row, column = (target[..., 4] > 0.5).nonzero(as_tuple=True)
    x, y, w, h = target[row, column, :4].T
    boxes = torch.stack([(column + x) / S, (row + y) / S, w, h], 1)
    return boxes, target[row, column, B * 5:].argmax(1)


# by hand: a centre at (0.5, 0.2) lies in row 1 (0.2 * 7 = 1.4) and column 3 (0.5 * 7 = 3.5)
target = encode(torch.tensor([[0.5, 0.2, 0.3, 0.1]], dtype=torch.float64), [14])
print("target", tuple(target.shape), "=", target.numel(), "numbers, boxes:", S * S * B)
print("cell (1, 3):", " ".join(f"{v:.1f}" for v in target[1, 3, :5]), " class", target[1, 3, 10:].argmax().item())
assert target.shape == (7, 7, 30) and target.numel() == 1470, f"should be 7 x 7 x 30, is {tuple(target.shape)}"
expected = torch.tensor([0.5, 0.4, 0.3, 0.1, 1], dtype=torch.float64)
assert torch.allclose(target[1, 3, :5], expected), f"cell (1, 3) should hold {expected}, holds {target[1, 3, :5]}"
assert target.count_nonzero() == 11, f"two boxes of five and a class: 11 numbers, are {target.count_nonzero()}"

generator = torch.Generator().manual_seed(0)
lost, largest = 0, 0.0
for _ in range(num_scenes):  # scenes of three objects
    boxes = torch.rand(3, 4, generator=generator, dtype=torch.float64)
    labels = torch.randint(C, (3,), generator=generator)
    cell = (boxes[:, :2] * S).long() @ torch.tensor([1, S])  # number of the cell: column + 7 * row
    found, found_labels = decode(encode(boxes, labels))
    lost += 3 - len(found)
    assert len(found) == len(cell.unique()), f"one object for each occupied cell should come back, got {len(found)}"
    if len(found) == 3:
        order = cell.argsort()  # decode reads the cells in this order
        largest = max(largest, (found - boxes[order]).abs().max().item())
        assert torch.equal(found_labels, labels[order]), "classes should come back"
share = lost / (3 * num_scenes)
by_theory = 1 - 49 / 3 * (1 - (48 / 49) ** 3)  # expected share of the objects, centres uniform
print(f"largest error of a box that came back: {largest:.0e}; objects lost to a shared cell: {share:.1%} "
      f"(expected {by_theory:.1%})")
assert largest < 1e-12, f"coordinates should come back, error {largest:.1e}"
assert abs(share - by_theory) < 0.01, f"about {by_theory:.3f} of the objects should be lost, were {share:.3f}"
