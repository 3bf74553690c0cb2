"""YOLO v3 predicts 10,647 boxes on three scales with 255 channels; its logistic classes allow two labels at once."""
import torch
from torch import nn
from torch.nn import functional as F

classes, anchors = 80, 3  # COCO; three anchors on each scale
channels = anchors * (4 + 1 + classes)  # box, objectness, classes
heads = {32: nn.Conv2d(1024, channels, 1, device="meta"), 16: nn.Conv2d(512, channels, 1, device="meta"),
         8: nn.Conv2d(256, channels, 1, device="meta")}  # stride: the last layer of each scale
boxes = {}
for stride, head in heads.items():
    side = 416 // stride
    output = head(torch.empty(1, head.in_channels, side, side, device="meta"))
    boxes[stride] = output.numel() // (4 + 1 + classes)
    print(f"stride {stride:2d}: output {tuple(output.shape)}, boxes {boxes[stride]:5d}")
    assert output.shape == (1, 255, side, side), f"3 * (4 + 1 + 80) = 255 channels, got {tuple(output.shape)}"
print("boxes in all:", sum(boxes.values()))
assert list(boxes.values()) == [507, 2028, 8112], f"3 * 13 * 13, 3 * 26 * 26, 3 * 52 * 52, got {boxes}"
assert sum(boxes.values()) == 10647, f"should be 10,647 boxes, are {sum(boxes.values())}"

# one object with two true labels, "woman" and "person"; gradient descent on its logits
target = torch.tensor([[1.0, 1.0, 0.0, 0.0]])
probability = {}
for name in ("softmax", "logistic"):
    logits = torch.zeros(1, 4, requires_grad=True)
    optimizer = torch.optim.SGD([logits], lr=1.0)
    for _ in range(500):
        if name == "softmax":
            loss = F.cross_entropy(logits, target / 2)  # the target must sum to 1
        else:
            loss = F.binary_cross_entropy_with_logits(logits, target, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    probability[name] = (logits.softmax(1) if name == "softmax" else logits.sigmoid())[0].detach()
    print(f"{name:8s} person {{:.2f}}, woman {{:.2f}}, car {{:.2f}}".format(*probability[name]))
    gap = (probability[name] - (target[0] / 2 if name == "softmax" else target[0])).abs().max()
    assert gap < 0.02, f"{name} should reach its target, gap {gap:.3f}"

logits = torch.randn(1000, 80, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
truth = (torch.rand(1000, 80, generator=torch.Generator().manual_seed(1)) < 0.05).double()
by_hand = -(truth * logits.sigmoid().log() + (1 - truth) * (1 - logits.sigmoid()).log()).mean()
library = F.binary_cross_entropy_with_logits(logits, truth)
assert abs(by_hand - library) < 1e-12, f"80 separate two-way losses: {by_hand:.6f} against {library:.6f}"
