"""YOLO v2 decodes offsets with a sigmoid and an exponential: centres stay in their cell, sizes positive."""
import matplotlib.pyplot as plt
import torch

stride, anchor = 32, torch.tensor([90.0, 60.0], dtype=torch.float64)  # 416 / 13 pixels; one anchor, width and height


def decode(t, cell):  # t: (..., 4) raw outputs; cell: column and row
    centre = (torch.sigmoid(t[..., :2]) + cell) * stride
    return torch.cat([centre, anchor * torch.exp(t[..., 2:])], -1)  # centre x, y, width, height in pixels


def unbounded(t, cell):  # as in region proposals: offset of the centre in anchor sizes, without a limit
    return (cell + 0.5) * stride + t[..., :2] * anchor


def encode(box):
    cell = (box[..., :2] / stride).floor()
    return torch.cat([torch.logit(box[..., :2] / stride - cell), torch.log(box[..., 2:] / anchor)], -1), cell


cell = torch.tensor([6.0, 4.0], dtype=torch.float64)
by_hand = decode(torch.tensor([0.0, 0.0, 0.0, 0.0], dtype=torch.float64), cell)
print("all offsets 0: centre ({:.0f}, {:.0f}), size {:.0f} x {:.0f}".format(*by_hand))
assert by_hand.tolist() == [208, 144, 90, 60], f"the middle of cell (6, 4) is (6.5, 4.5) * 32, was {by_hand}"
doubled = decode(torch.tensor([0.0, 0.0, 2.0, 0.5], dtype=torch.float64).log().nan_to_num(neginf=-50.0), cell)
assert torch.allclose(doubled[2:], anchor * torch.tensor([2.0, 0.5])), f"offset ln 2 doubles the width, was {doubled}"
assert (doubled[:2] / stride - cell).max() < 1e-12, "a very negative offset puts the centre at the cell's corner"

generator = torch.Generator().manual_seed(0)
boxes = torch.rand(1000, 4, generator=generator, dtype=torch.float64) * 400 + 1
t, cells = encode(boxes)
gap = (decode(t, cells) - boxes).abs().max().item()
print(f"1,000 boxes encoded and decoded: largest error {gap:.0e} pixels")
assert gap < 1e-9, f"boxes should come back, error {gap:.1e}"

raw = torch.randn(10000, 4, generator=generator, dtype=torch.float64)  # an untrained layer
sigmoid_centre = decode(raw, cell)[:, :2]
free_centre = unbounded(raw, cell)
assert unbounded(torch.ones(2), cell).tolist() == [298, 204], "an output of 1 should move the centre by 90 and by 60"
for name, centre in (("sigmoid", sigmoid_centre), ("unbounded", free_centre)):
    inside = ((centre / stride).floor() == cell).all(1).double().mean().item()
    print(f"{name:9s} centres in their own cell: {inside:4.0%}")
    assert (inside == 1) == (name == "sigmoid"), f"{name}: {inside:.2f} of the centres in their cell"
assert (decode(raw, cell)[:, 2:] > 0).all(), "sizes should be positive"

offsets = torch.linspace(-6, 6, 200)
plt.plot(offsets, offsets.sigmoid(), label="sigmoid: place in the cell")
plt.plot(offsets[:130], offsets[:130].exp(), "--", label="exponential: factor on the anchor")
plt.ylim(-0.2, 4)
plt.xlabel("raw output of the network")
plt.ylabel("decoded (cells; anchor sizes)")
plt.legend()
plt.show()
