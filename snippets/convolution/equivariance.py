"""Shifting the input shifts the output, except near a padded border and where the stride does not divide the shift."""
import torch
from sklearn.datasets import load_sample_image
from torch.nn import functional

torch.manual_seed(0)
photo = torch.tensor(load_sample_image("flower.jpg"), dtype=torch.float64).permute(2, 0, 1)[None] / 255
w = torch.randn(4, 3, 5, 5, dtype=torch.float64)
scene = photo[..., 100:200, 200:330]  # (1, 3, 100, 130), two crops of one scene, `shift` pixels apart


def gap(shift, border, stride=1, **options):
    """Relative difference between 'shift, then convolve' and 'convolve, then shift', `border` pixels from the edge."""
    first, moved = scene[..., :64], scene[..., shift:64 + shift]  # (1, 3, 100, 64)
    a = functional.conv2d(first, w, stride=stride, **options)[..., round(shift / stride):]  # the nearest whole step
    b = functional.conv2d(moved, w, stride=stride, **options)[..., :a.shape[3]]
    a, b = a[..., border:a.shape[3] - border], b[..., border:b.shape[3] - border]
    return ((a - b).norm() / a.norm()).item()


holds = {
    "no padding, stride 1": [gap(s, border=0) for s in range(1, 9)],
    "zero padding, interior": [gap(s, border=2, padding=2) for s in range(1, 9)],
    "stride 2, even shifts": [gap(s, border=0, stride=2) for s in range(2, 9, 2)],
    "stride 4, shifts 4 and 8": [gap(s, border=0, stride=4) for s in (4, 8)],
}
breaks = {
    "zero padding, with border": [gap(s, border=0, padding=2) for s in range(1, 9)],
    "zero padding, 1 pixel in": [gap(s, border=1, padding=2) for s in range(1, 9)],
    "stride 2, odd shifts": [gap(s, border=0, stride=2) for s in range(1, 9, 2)],
    "stride 4, other shifts": [gap(s, border=0, stride=4) for s in (1, 2, 3, 5, 6, 7)],
}
for name, gaps in (holds | breaks).items():
    print(f"{name:25s} relative difference {min(gaps):3.0%} to {max(gaps):3.0%}")
assert sum(map(len, (holds | breaks).values())) == 48, "48 pairs of shift and setting should have been compared"
for name, gaps in holds.items():
    assert max(gaps) < 1e-12, f"{name}: both orders should agree to rounding, differ by {max(gaps):.1e}"
for name, gaps in breaks.items():
    assert min(gaps) > 0.02, f"{name}: the orders should differ by over 2 %, least {min(gaps):.1%}"

circle = functional.pad(scene, (2, 2, 2, 2), mode="circular")
rolled = functional.pad(scene.roll(7, dims=3), (2, 2, 2, 2), mode="circular")
around = (functional.conv2d(circle, w).roll(7, dims=3) - functional.conv2d(rolled, w)).abs().max().item()
assert around < 1e-12, f"on a circle there is no border and equality should be exact, gap {around:.1e}"
turned = functional.conv2d(scene.rot90(1, (2, 3)), w)
turn_gap = ((turned - functional.conv2d(scene, w).rot90(1, (2, 3))).norm() / turned.norm()).item()
print(f"{'turned by 90 degrees':25s} relative difference {turn_gap:3.0%}")
assert turn_gap > 0.02, f"sharing over positions should say nothing about rotations, gap {turn_gap:.2f}"
