"""The output has floor((N + 2P - D(F - 1) - 1)/S) + 1 pixels, of which (N - F)/S + 1 is the simplest case."""
import itertools

import matplotlib.pyplot as plt
import torch
from torch.nn import functional

settings = 0
for N, F, S, P, D in itertools.product(range(5, 17), (1, 2, 3, 5), (1, 2, 3, 4), (0, 1, 2), (1, 2)):
    x, w = torch.empty(1, 1, N, device="meta"), torch.empty(1, 1, F, device="meta")  # shapes without values
    span = D * (F - 1) + 1  # pixels from the filter's first tap to its last
    if span > N + 2 * P:
        continue  # the filter does not fit: torch raises an error, see below
    starts = range(0, N + 2 * P - span + 1, S)  # where the filter can start without leaving the padded input
    size = functional.conv1d(x, w, stride=S, padding=P, dilation=D).shape[2]
    assert size == (N + 2 * P - D * (F - 1) - 1) // S + 1, f"formula fails at N, F, S, P, D = {N, F, S, P, D}"
    assert size == len(starts), f"the formula should count the positions, {size} and {len(starts)}"
    if P == 0 and D == 1 and (N - F) % S == 0:  # the short formula, where it is an integer
        assert size == (N - F) / S + 1, f"the short formula fails at N, F, S = {N, F, S}"
    settings += 1
print(f"{settings} settings: the full formula, the counted positions and torch agree")
assert settings == 1128, f"of 1152 settings 24 have a filter that does not fit, counted {1152 - settings}"

F, S = 3, 2
rest = [N for N in range(4, 17) if (N - F) % S]
print("F = 3, S = 2: (N - F)/S + 1 is no integer for N =", *rest)
assert rest == list(range(4, 17, 2)), f"with F = 3, S = 2 it should be the even sizes, are {rest}"
x = torch.ones(1, 1, 8, requires_grad=True)
functional.conv1d(x, torch.ones(1, 1, F), stride=S).sum().backward()
print("N = 8, how often each input pixel is used:", *[f"{v:.0f}" for v in x.grad[0, 0]])
assert x.grad[0, 0].tolist() == [1, 1, 2, 1, 2, 1, 1, 0], f"the floor should leave the last pixel unused: {x.grad}"

ceil = functional.max_pool1d(torch.ones(1, 1, 8), F, S, ceil_mode=True).shape[2]
assert ceil == 4, f"pooling with ceil_mode should round up to 4, gave {ceil}"
for k, d in itertools.product((1, 3, 5, 7), (1, 2, 3)):  # P = D(F - 1)/2 keeps the size
    same = functional.conv1d(x, torch.ones(1, 1, k), padding=d * (k - 1) // 2, dilation=d).shape[2]
    assert same == 8, f"half of D(F - 1) on each side should keep 8 pixels, gave {same}"
try:
    functional.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 5))
    raise AssertionError("a filter that is larger than the padded input should be refused")
except RuntimeError as error:
    print("F = 5 on N = 4:", str(error).split(". ")[-1])

sizes = range(3, 17)
plt.plot(sizes, [(N - 3) / 2 + 1 for N in sizes], color="gray", linestyle="--", label="(N - 3)/2 + 1")
for remainder, marker, label in ((0, "o", "integer"), (1, "s", "half: rounded down")):
    part = [N for N in sizes if remainder == (N - 3) % 2]
    plt.plot(part, [functional.conv1d(torch.ones(1, 1, N), torch.ones(1, 1, 3), stride=2).shape[2] for N in part],
             marker, label=label)
plt.xlabel("input size N (pixels)")
plt.ylabel("output size (pixels)")
plt.legend()
plt.show()
