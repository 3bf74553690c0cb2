"""Max pooling with a stride sees a shifted row as another row; a blur softens this."""

import torch
from torch.nn.functional import conv1d, max_pool1d, pad

shift = 1  # try: 2, 3, 4
x = torch.tensor([0.0, 0, 1, 1, 0, 0, 1, 1])[None, None]  # (N, C, W), it goes round


def pool(x):
    """The largest of pixels 0 and 1, of 2 and 3, and so on."""
    return max_pool1d(x, 2, stride=2)


def blurred_pool(x):
    """The largest of each two neighbours, then a blur, then every second value."""
    dense = max_pool1d(pad(x, (0, 1), mode="circular"), 2, stride=1)
    weights = torch.tensor([[[1.0, 2, 1]]]) / 4
    return conv1d(pad(dense, (1, 1), mode="circular"), weights, stride=2)


moved = x.roll(shift, dims=2)
print("row as it is ", x[0, 0].int().tolist())
print(f"shifted by {shift} ", moved[0, 0].int().tolist())
for name, f in (("max pooling ", pool), ("with a blur ", blurred_pool)):
    before, after = f(x)[0, 0].tolist(), f(moved)[0, 0].tolist()
    print(f"{name} {before} becomes {after}")

# %% proof: every row of eight zeros and ones, all shifts
import itertools

rows = torch.tensor(list(itertools.product((0.0, 1.0), repeat=8)))[
    :, None
]  # (256, 1, 8)
change = {}
for step in range(1, 9):
    for name, f in (("max", pool), ("blur", blurred_pool)):
        # the output of a shifted row against the shifted output, if it fits the stride
        wanted = f(rows).roll(step // 2, dims=2)
        change[name, step] = (f(rows.roll(step, dims=2)) - wanted).abs().amax(2)
for step in (2, 4, 6, 8):
    for name in ("max", "blur"):
        most = change[name, step].max().item()
        assert most < 1e-6, f"{name}: a shift of {step} should shift the output, {most}"
by_max = (change["max", 1] > 0).float().mean().item()
worst = change["blur", 1].max().item()
print(f"a shift of 1 changes the maxima of {by_max:.0%} of all 256 rows, by 1;")
print(f"with the blur no value changes by more than {worst:.2f}")
measured = {"rows": len(rows), "changed": by_max, "worst": worst}
assert change["max", 1].max() == 1, "a maximum of zeros and ones should change by 1"
assert measured["rows"] == 256, f"there should be 256 rows, were {len(rows)}"
assert 0.5 < by_max < 0.95, f"a shift by 1 should change most rows, not all, {by_max}"
assert worst < 0.51, f"the blur should halve the change, it is {worst:.2f}"
outputs = pool(x), pool(moved), blurred_pool(x), blurred_pool(moved)
outputs = [y.flatten().tolist() for y in outputs]
wanted = [[0, 1, 0, 1], [1] * 4, [0.5, 1, 0.5, 1], [0.75] * 4]
assert outputs == wanted, f"by hand the rows should become {wanted}, became {outputs}"
count = 0
for row in itertools.product((0, 1), repeat=8):
    pairs = [(max(row[k], row[k + 1]), max(row[k - 1], row[k])) for k in (0, 2, 4, 6)]
    count += any(here != there for here, there in pairs)
assert by_max == count / 256, f"{count} rows should change, did {by_max * 256:.0f}"
