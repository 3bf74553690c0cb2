"""SSD matches a default box to an object at IoU 0.5, and gives every object its best box even below that."""
import torch


def iou(a, b):  # (N, 4) and (M, 4) as x1, y1, x2, y2 -> (N, M)
    sides = torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])
    shared = sides.clamp(min=0).prod(2)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - shared)


def match(defaults, objects, threshold=0.5):  # for each default box the number of its object, or -1
    overlap = iou(defaults, objects)  # (defaults, objects)
    value, matched = overlap.max(1)  # the object that a default box fits best ...
    matched[value <= threshold] = -1  # ... if it fits well
    left = overlap.clone()
    for _ in range(len(objects)):  # then each object takes its best box, the best pair first, no box twice
        box, number = divmod(left.argmax().item(), len(objects))
        matched[box] = number
        left[box], left[:, number] = -1, -1
    return matched, overlap


defaults = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 12], [20, 0, 30, 10], [0, 20, 10, 30], [20, 20, 30, 30]]).float()
objects = torch.tensor([[0, 0, 10, 11], [21, 0, 24, 10], [0, 21, 10, 31]]).float()  # the second is narrow
matched, overlap = match(defaults, objects)
for number, row in enumerate(overlap):
    print(f"default box {number}: IoU", " ".join(f"{v:.2f}" for v in row), f"  object {matched[number].item()}")
by_hand = torch.tensor([10 / 11, 11 / 12, 0.3, 9 / 11])
found = torch.stack([overlap[0, 0], overlap[1, 0], overlap[2, 1], overlap[3, 2]])
assert torch.allclose(found, by_hand), f"IoU should be 10/11, 11/12, 3/10, 9/11, was {found}"
assert matched.tolist() == [0, 0, 1, 2, -1], f"expected 0 0 1 2 -1, matched {matched.tolist()}"

# two objects whose best box is the same one: the better pair takes it, the other object takes its second best
twins = torch.tensor([[0, 0, 10, 11], [0, 0, 10, 14]]).float()
matched, overlap = match(defaults[:2], twins)
print("best box of each twin:", overlap.argmax(0).tolist(), "  matched:", matched.tolist())
assert overlap.argmax(0).tolist() == [1, 1], f"both should prefer box 1, prefer {overlap.argmax(0).tolist()}"
assert matched.tolist() == [1, 0], f"the better pair keeps box 1, the other twin takes box 0: {matched.tolist()}"

# how often the rule is needed: squares of 60 pixels every 20 pixels, objects of random place and shape
generator = torch.Generator().manual_seed(0)
corners = torch.cartesian_prod(torch.arange(0, 241, 20), torch.arange(0, 241, 20)).float()
grid = torch.cat([corners, corners + 60], 1)  # (169, 4)
low = torch.rand(2000, 2, generator=generator) * 200
things = torch.cat([low, low + 20 + torch.rand(2000, 2, generator=generator) * 80], 1)
best = iou(grid, things).amax(0)
share = (best <= 0.5).float().mean().item()
print(f"objects that no square fits above 0.5: {share:.0%}; without the rule they would never be learned")
assert 0.2 < share < 0.8, f"a good part of the objects should need the rule, {share:.2f} do"
