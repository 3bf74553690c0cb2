"""Global max pooling codes 123 and 321 alike; three capsules of parts, routed by agreement, tell them apart."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import softmax

digits, rng = load_digits(), np.random.default_rng(0)
steps = (
    torch.arange(1, 5) * 2 * np.pi / 48
)  # four frequencies, the waves of which tell 48 columns apart


def pose(column, presence):
    """A part's capsule: its column as angles of four waves, its presence as the length of the vector."""
    return presence * torch.exp(1j * steps * column) / 2  # (4,), length `presence`


def squash(s):
    """Keep the direction; map the length to between 0 and 1."""
    length = s.abs().square().sum(-1, keepdim=True).sqrt()
    return length / (1 + length**2) * s


def route(votes, rounds):
    """Send each part's vote to the wholes (parts, wholes, 4) by agreement; return the wholes' capsules (wholes, 4)."""
    b = torch.zeros(votes.shape[:2])
    for _ in range(rounds):
        c = softmax(b, dim=1)  # each part shares itself out among the wholes
        v = squash((c[..., None] * votes).sum(0))
        b = (
            b + (votes * v.conj()).sum(-1).real
        )  # agreement of the vote with the whole, a scalar product
    return v


offsets = torch.tensor(
    [[-12, 12], [0, 0], [12, -12]]
)  # where part i lies in the wholes 123 and 321
turn = torch.exp(
    -1j * steps * offsets[..., None]
)  # (parts, wholes, 4): from a part's pose to the whole's, linear
same, right, length = [], [], {1: [], 3: []}
for _ in range(50):
    parts = [
        digits.images[rng.choice(np.flatnonzero(digits.target == label))]
        for label in (1, 2, 3)
    ]
    centre, codes = int(rng.integers(18, 31)), []
    for whole in (0, 1):
        image = torch.zeros(8, 48)
        for part, offset in zip(parts, offsets[:, whole].tolist(), strict=True):
            image[:, centre + offset - 4 : centre + offset + 4] = torch.tensor(part)
        windows = image.unfold(1, 8, 1).transpose(
            0, 1
        )  # (41, 8, 8), as a convolution sees them
        maps = torch.stack(
            [
                torch.exp(-(windows - torch.tensor(part)).square().mean((1, 2)))
                for part in parts
            ]
        )
        codes.append(
            maps.amax(1)
        )  # (3,), global max pooling of the three detectors' maps
        capsules = torch.stack(
            [pose(m.argmax() + 4, m.max()) for m in maps]
        )  # (3, 4), the place is kept
        for rounds in length:
            v = (
                route(turn * capsules[:, None], rounds).abs().square().sum(1).sqrt()
            )  # (wholes,)
            length[rounds].append([v[whole].item(), v[1 - whole].item()])
        right.append(v.argmax().item() == whole)
    same.append(torch.equal(*codes))
print(f"pairs of 123 and 321 with the same max-pooled code: {sum(same)} of {len(same)}")
print(
    f"arrangements named correctly by the longer capsule: {sum(right)} of {len(right)}"
)
for rounds, found in length.items():
    true, other = np.mean(found, axis=0)
    print(
        f"{rounds} round(s) of routing: mean length {true:.2f} of the right whole, {other:.2f} of the other"
    )
assert all(same), (
    f"global max pooling should code both arrangements alike, did so for {sum(same)} of {len(same)}"
)
assert all(right), (
    f"the longer capsule should name the arrangement, did for {sum(right)} of {len(right)}"
)
first, third = np.mean(length[1], axis=0), np.mean(length[3], axis=0)
assert first[0] > first[1] + 0.05, (
    f"the right whole should be longer even without routing, {first}"
)
assert third[0] > first[0] + 0.05, (
    f"three rounds should lengthen the right whole, {first[0]:.2f}, {third[0]:.2f}"
)
assert third[1] < first[1] - 0.05, (
    f"three rounds should shorten the other, {first[1]:.2f}, {third[1]:.2f}"
)
