"""GIoU knows how far apart two boxes are: its gradient moves a box onto a target that IoU cannot feel."""
import matplotlib.pyplot as plt
import torch


def area(box):  # (..., 4) as x1, y1, x2, y2
    return (box[..., 2:] - box[..., :2]).clamp(min=0).prod(-1)


def iou_and_giou(a, b):
    shared = torch.cat([torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])], -1)
    hull = torch.cat([torch.minimum(a[..., :2], b[..., :2]), torch.maximum(a[..., 2:], b[..., 2:])], -1)
    union = area(a) + area(b) - area(shared)
    iou = area(shared) / union
    return iou, iou - (area(hull) - union) / area(hull)  # minus the empty share of the smallest box around both


unit = torch.tensor([0.0, 0, 1, 1])
for name, other, by_hand in [("identical", [0, 0, 1, 1], 1), ("touching", [1, 0, 2, 1], 0),
                             ("gap of 1", [2, 0, 3, 1], -1 / 3), ("gap of 98", [99, 0, 100, 1], -0.98),
                             ("diagonal", [0.5, 0.5, 1.5, 1.5], 1 / 7 - 2 / 9)]:
    iou, giou = iou_and_giou(unit, torch.tensor(other, dtype=torch.float32))
    print(f"{name:10s} IoU {iou:5.2f}   GIoU {giou:5.2f}")
    assert abs(giou - by_hand) < 1e-5, f"{name}: GIoU should be {by_hand:.3f}, was {giou:.3f}"

target, start = torch.tensor([4.0, 3, 6, 5]), torch.tensor([0.0, 0, 2, 2])  # apart
path, size = {}, {}  # IoU with the target, and area of the box, in each step
for which, name in enumerate(("IoU", "GIoU")):
    box = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([box], lr=0.05)
    path[name], size[name] = [], []
    for step in range(250):
        scores = iou_and_giou(box, target)
        optimizer.zero_grad()
        (1 - scores[which]).backward()
        if step == 0:
            print(f"first gradient of 1 - {name}: size {box.grad.norm():.3f}")
            assert (box.grad.norm() > 0) == (name == "GIoU"), f"only GIoU should have a gradient, {name}: {box.grad}"
        optimizer.step()
        path[name].append(scores[0].item())
        size[name].append(area(box).item())
    print(f"after 250 steps on 1 - {name}: IoU {path[name][-1]:.2f}, largest area on the way {max(size[name]):.0f}")
for (name, values), style in zip(path.items(), ("--", "-"), strict=True):
    plt.plot(values, style, label=f"descent on 1 - {name}")
plt.xlabel("step")
plt.ylabel("IoU with the target")
plt.legend()
plt.show()

assert path["IoU"][-1] == 0, f"descent on IoU should not move, reached {path['IoU'][-1]:.2f}"
last = sum(path["GIoU"][-25:]) / 25
assert last > 0.85, f"descent on GIoU should reach the target, mean IoU of the last 25 steps {last:.2f}"
assert max(size["GIoU"]) > 20, f"from an area of 4 the box should grow above 20 first, was {max(size['GIoU']):.0f}"
