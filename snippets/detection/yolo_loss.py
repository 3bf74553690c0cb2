"""The YOLO v1 loss has five terms; on two cells worked by hand each has the value that the paper's formula gives."""
import torch

lambda_coord, lambda_noobj = 5.0, 0.5
S, B, C = 7, 2, 20


def iou(a, b):  # centre x, y, width, height, all in fractions of the image; (..., 4)
    low = torch.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = torch.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - shared)


def to_image(boxes, cells):  # x, y relative to the cell (row, column) -> relative to the image
    return torch.cat([(boxes[..., :2] + cells.flip(1)[:, None]) / S, boxes[..., 2:4]], -1)


def yolo_loss(output, target):  # (7, 7, 30) each; the outputs are w and h themselves, not their roots
    has_object = target[..., 4] > 0
    cells = has_object.nonzero()  # (n, 2)
    boxes, truth = output[..., :B * 5].reshape(S, S, B, 5), target[..., :5]
    with torch.no_grad():
        overlap = iou(to_image(boxes[has_object], cells), to_image(truth[has_object][:, None], cells))  # (n, 2)
        best = overlap.argmax(1)  # the responsible box: the one that fits best at this moment
    responsible = torch.zeros(S, S, B, dtype=torch.bool)
    responsible[cells[:, 0], cells[:, 1], best] = True
    box, true_box = boxes[responsible], truth[has_object]  # (n, 5) each, in the same order
    return {
        "centre": lambda_coord * ((box[:, :2] - true_box[:, :2]) ** 2).sum(),
        "size": lambda_coord * ((box[:, 2:4].sqrt() - true_box[:, 2:4].sqrt()) ** 2).sum(),
        "object": ((box[:, 4] - overlap.amax(1)) ** 2).sum(),  # confidence should be the IoU
        "no object": lambda_noobj * (boxes[~responsible][:, 4] ** 2).sum(),
        "class": ((output[has_object][:, B * 5:] - target[has_object][:, B * 5:]) ** 2).sum(),
    }


target, output = torch.zeros(S, S, 30, dtype=torch.float64), torch.zeros(S, S, 30, dtype=torch.float64)
target[2, 3, :5] = torch.tensor([0.5, 0.5, 0.36, 0.36, 1])  # an object of class 7, centred in cell (2, 3)
target[2, 3, 5:10], target[2, 3, 10 + 7] = target[2, 3, :5].clone(), 1
output[2, 3, :5] = torch.tensor([0.5, 0.5, 0.04, 0.04, 0.9])  # first box: far too small
output[2, 3, 5:10] = torch.tensor([0.5, 0.5, 0.25, 0.36, 0.5])  # second box: fits better, so it is responsible
output[2, 3, 10 + 7] = 0.8
output[0, 0, 4] = 0.2  # a false alarm in an empty cell
output.requires_grad_()

terms = yolo_loss(output, target)
by_hand = {"centre": 0, "size": 5 * (0.5 - 0.6) ** 2, "object": (0.5 - 0.25 / 0.36) ** 2,
           "no object": 0.5 * (0.9 ** 2 + 0.2 ** 2), "class": (0.8 - 1) ** 2}
for name, value in terms.items():
    print(f"{name:9s} {value:.4f}")
    assert abs(value - by_hand[name]) < 1e-7, f"{name} should be {by_hand[name]:.4f}, was {value:.4f}"
sum(terms.values()).backward()
touched = output.grad[2, 3].nonzero()[:, 0].tolist()
print("numbers of cell (2, 3) that get a gradient:", touched)
assert touched == [4, 7, 9, 17], f"box 1: confidence; box 2: width, confidence; class 7. Touched: {touched}"
assert output.grad[0, 0].nonzero().tolist() == [[4]], "an empty cell should only be told to lower its confidence"

moved = output.detach().clone()
moved[2, 3, 5] = 0.7  # the centre off by 0.2 of a cell
centre = yolo_loss(moved, target)["centre"].item()
assert abs(centre - 5 * 0.2 ** 2) < 1e-7, f"the centre term should be 0.2, was {centre:.4f}"
small, large = (abs((w + 0.05) ** 0.5 - w ** 0.5) ** 2 for w in (0.05, 0.5))  # the same error of 0.05 of the image
print(f"the same error in width costs {small / large:.1f} times more on a box of 0.05 than on one of 0.5")
assert 6 < small / large < 9, f"roots should weigh the error on the small box 7 times more, ratio {small / large:.1f}"
