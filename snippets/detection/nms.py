"""Non-maximum suppression keeps the best box and drops what overlaps it, one by one from the best score down."""
import torch


def iou(a, b):  # (N, 4) and (M, 4) as x1, y1, x2, y2 -> (N, M)
    sides = torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])
    shared = sides.clamp(min=0).prod(2)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - shared)


def nms(boxes, scores, threshold=0.5):
    kept, left = [], scores.argsort(descending=True)
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best.item())
        left = left[iou(boxes[best][None], boxes[left])[0] <= threshold]  # only a KEPT box suppresses others
    return kept


# six boxes of 10 x 10, named a to f: a, b, c in a chain, d almost b, e alone, f the same place as a
boxes = torch.tensor([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10], [3, 1, 13, 11], [30, 0, 40, 10], [0, 0, 10, 10]])
boxes, scores = boxes.float(), torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
overlap = iou(boxes, boxes)
for first, second, by_hand in ((0, 1, 7 / 13), (1, 2, 7 / 13), (0, 2, 4 / 16), (1, 3, 9 / 11), (0, 3, 63 / 137)):
    names = "abcdef"[first] + " and " + "abcdef"[second]
    print(f"IoU of {names}: {overlap[first, second]:.3f}")
    assert abs(overlap[first, second] - by_hand) < 1e-6, f"{names} should have {by_hand:.3f}"

kept = nms(boxes, scores)
print("kept at 0.5:", " ".join("abcdef"[i] for i in kept))
assert kept == [0, 2, 3, 4], f"a drops b and f; b is gone and cannot drop c or d: expected 0 2 3 4, kept {kept}"
# the shortcut "drop whatever overlaps ANY better box" forgets that a dropped box must not drop others
better = torch.triu(overlap, diagonal=1)  # (i, j): box i has the higher score, the list is sorted
shortcut = (better.amax(0) <= 0.5).nonzero()[:, 0].tolist()
print("kept by the shortcut:", " ".join("abcdef"[i] for i in shortcut))
assert shortcut == [0, 4], f"the shortcut should lose c and d as well, kept {shortcut}"

labels = torch.tensor([7, 1, 7, 7, 7, 1])  # suppress within a class only: move the classes far apart
per_class = nms(boxes + 1000 * labels[:, None], scores)
print("kept per class:", " ".join("abcdef"[i] for i in per_class))
by_class = []
for label in (1, 7):
    members = (labels == label).nonzero()[:, 0]
    by_class += members[nms(boxes[members], scores[members])].tolist()
assert per_class == sorted(by_class) == [0, 1, 2, 3, 4], f"should equal a run per class, was {per_class} and {by_class}"

counts = [len(nms(boxes, scores, threshold)) for threshold in (0.2, 0.5, 0.6, 0.99)]
print("boxes kept at thresholds 0.2, 0.5, 0.6, 0.99:", *counts)
assert counts == [2, 4, 4, 5], f"a higher threshold should keep more, kept {counts}"
