"""SSD's offsets, divided by the variances 0.1 and 0.2, decode to the same box and have a size that suits one loss."""
import torch

variances = torch.tensor([0.1, 0.1, 0.2, 0.2], dtype=torch.float64)


def encode(box, default):  # both as centre x, y, width, height
    centre = (box[..., :2] - default[..., :2]) / default[..., 2:]
    size = torch.log(box[..., 2:] / default[..., 2:])
    return torch.cat([centre, size], -1) / variances


def decode(offset, default):
    offset = offset * variances
    centre = default[..., :2] + offset[..., :2] * default[..., 2:]
    return torch.cat([centre, default[..., 2:] * offset[..., 2:].exp()], -1)


def iou(a, b):
    low = torch.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = torch.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - shared)


default = torch.tensor([150.0, 150, 100, 50], dtype=torch.float64)
cases = [([150.0, 150, 100, 50], [0, 0, 0, 0]), ([160.0, 150, 100, 50], [1, 0, 0, 0]),  # 10 / 100 / 0.1
         ([150.0, 155, 100, 50], [0, 1, 0, 0]), ([150.0, 150, 200, 50], [0, 0, 3.4657, 0])]  # ln 2 / 0.2
for box, by_hand in cases:
    offset = encode(torch.tensor(box, dtype=torch.float64), default)
    print("box", " ".join(f"{v:3.0f}" for v in box), "  offset", " ".join(f"{v:5.2f}" for v in offset))
    gap = (offset - torch.tensor(by_hand, dtype=torch.float64)).abs().max()
    assert gap < 1e-4, f"{box}: offset should be {by_hand}, was {offset}"

generator = torch.Generator().manual_seed(0)
defaults = torch.rand(20000, 4, generator=generator, dtype=torch.float64) * 100 + 20
noise = torch.randn(20000, 4, generator=generator, dtype=torch.float64) * 0.3
boxes = torch.cat([defaults[:, :2] + noise[:, :2] * defaults[:, 2:], defaults[:, 2:] * noise[:, 2:].exp()], 1)
offsets = encode(boxes, defaults)
gap = (decode(offsets, defaults) - boxes).abs().max().item()
print(f"20,000 boxes encoded and decoded: largest error {gap:.0e} pixels")
assert gap < 1e-9, f"boxes should come back, error {gap:.1e}"
larger = encode(boxes * 3, defaults * 3)
assert torch.allclose(larger, offsets), "offsets should not change when box and default box are enlarged together"

good = iou(boxes, defaults) > 0.5  # the pairs that SSD would match
spread = offsets[good].std(0)
print("spread of the offsets of matched pairs:", " ".join(f"{v:.2f}" for v in spread),
      "  without the variances:", " ".join(f"{v:.2f}" for v in spread * variances))
assert 0.6 < spread.min() < spread.max() < 2, f"offsets of matched pairs should be about 1 in size, are {spread}"
assert (spread * variances).max() < 0.3, f"without variances they should be small, are {spread * variances}"
