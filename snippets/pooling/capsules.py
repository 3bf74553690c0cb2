"""A global maximum forgets the order of parts; votes for the whole keep it."""

import torch

# three digits stand in a row; whole 123 and whole 321 want them at these offsets
offsets = {"123": torch.tensor([-12.0, 0, 12]), "321": torch.tensor([12.0, 0, -12])}
shown = "123"  # try: "321"
centre = 24
columns = centre + offsets[shown]  # where the digits 1, 2 and 3 are found
code = torch.ones(3)  # the global maxima of three detectors: 1, 2 and 3 were seen


def pose(column):
    """A column as a direction, 5 degrees for each pixel: a vector of two numbers."""
    angle = torch.deg2rad(5 * column)
    return torch.stack([angle.cos(), angle.sin()], dim=-1)


print(f"shown {shown}: the maxima are {code.tolist()}")
votes = {}
for whole, offset in offsets.items():
    # a part's pose turned back by its offset says where the whole would have its centre
    votes[whole] = pose(columns - offset)  # (parts, 2)
    length = votes[whole].sum(0).norm()
    print(f"votes for {whole}: their sum has the length {length:.1f} of at most 3")
# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(5, 2.4))
for ax, (whole, arrows) in zip(axes, votes.items(), strict=True):
    for part, (x, y) in enumerate(arrows.tolist()):
        reach = 1 - 0.12 * part  # so that equal arrows can be told apart
        ends = (reach * x, reach * y)
        arrow = {"arrowstyle": "->", "color": f"C{part}", "lw": 2}
        ax.annotate("", ends, (0, 0), arrowprops=arrow)
        ax.text(1.2 * x, 1.2 * y + 0.2 * part - 0.2, f"{part + 1}", color=f"C{part}")
    ax.set(
        xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), aspect="equal", title=f"votes for {whole}"
    )
    ax.axis("off")
plt.show()
# endregion

# %% proof: scanned digits over 12 seeds, three codes of the same detectors
from sklearn.linear_model import LogisticRegression

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion


def route(votes, rounds):
    """Routing by agreement, from votes (parts, wholes, 2) to wholes (wholes, 2)."""
    b = torch.zeros(votes.shape[:2])
    for _ in range(rounds):
        c = b.softmax(1)  # each part shares itself out among the wholes
        s = (c[..., None] * votes).sum(0)
        length = s.norm(dim=1, keepdim=True)
        v = length / (1 + length**2) * s  # squash: the direction stays, length below 1
        b = b + (votes * v).sum(2)  # agreement of each vote with each whole
    return v


def detector(label, x, y):
    """The mean training image of a digit, against the mean of all, of length 1."""
    mean = x[y == label].mean(0) - x.mean(0)
    return (mean / mean.norm()).flatten()  # (64,)


def codes(seed):
    """Rows of digits: global maxima, maxima in thirds, and what the votes say."""
    train_x, train_y, test_x, test_y = split(seed)
    filters = torch.stack([detector(k, train_x, train_y) for k in (1, 2, 3)])  # (3, 64)
    pools = [test_x[test_y == k, 0] for k in (1, 2, 3)]
    generator = torch.Generator().manual_seed(seed)
    found, thirds, named, lengths = [], [], [], []
    for _ in range(60):
        drawn = [torch.randint(len(p), (1,), generator=generator).item() for p in pools]
        middle = torch.randint(18, 31, (1,), generator=generator).item()
        for target, places in enumerate(offsets.values()):
            row = torch.full((8, 48), images.min().item())
            for pool, at, offset in zip(
                pools, drawn, places.int().tolist(), strict=True
            ):
                row[:, middle + offset - 4 : middle + offset + 4] = pool[at]
            windows = row.unfold(1, 8, 1).permute(1, 0, 2).flatten(1)  # (41, 64)
            maps = filters @ windows.T  # (3, 41), as a convolution makes them
            found.append(maps.amax(1))
            thirds.append(torch.cat([m.amax(1) for m in maps.tensor_split(3, dim=1)]))
            columns = maps.argmax(1) + 4.0
            votes = torch.stack([pose(columns - o) for o in offsets.values()], 1)
            for rounds in (1, 3):
                v = route(votes, rounds).norm(dim=1)
                lengths.append(v[target].item() - v[1 - target].item())
            named.append(v.argmax().item() == target)
    return torch.stack(found), torch.stack(thirds), named, torch.tensor(lengths)


def read(x):
    """How often a linear classifier trained on two thirds is right, in %."""
    y = torch.arange(len(x)) % 2
    model = LogisticRegression(max_iter=1000).fit(x[:80], y[:80])
    return 100 * model.score(x[80:], y[80:])


scores = {"global maxima": [], "maxima in thirds": [], "votes, three rounds": []}
gains = []
for seed in range(1000, 2200, 100):
    found, thirds, named, lengths = codes(seed)
    scores["global maxima"].append(read(found))
    scores["maxima in thirds"].append(read(thirds))
    scores["votes, three rounds"].append(100 * sum(named) / len(named))
    gains.append([lengths[0::2].mean().item(), lengths[1::2].mean().item()])
print("told apart, 123 from 321, in % (half are right by chance)")
means = {name: sum(many) / len(many) for name, many in scores.items()}
for name, mean in means.items():
    print(f"{name:20s} {mean:5.1f}")
once, thrice = torch.tensor(gains).mean(0).tolist()
print(
    f"lead in length of the right whole: {once:.2f} after 1 round, {thrice:.2f} after 3"
)
measured = {"maxima": means["global maxima"], "thirds": means["maxima in thirds"]}
measured |= {"votes": means["votes, three rounds"], "once": once, "thrice": thrice}
right, wrong = votes["123"].sum(0).norm().item(), votes["321"].sum(0).norm().item()
assert abs(right - 3) < 1e-5 and wrong < 1e-5, f"should agree, cancel: {right, wrong}"
assert abs(measured["maxima"] - 50) < 3, f"global maxima should be chance, {measured}"
assert measured["thirds"] > 85, f"maxima in thirds should tell the order, {measured}"
assert measured["votes"] > 85, f"votes should tell the order, {measured}"
assert measured["once"] > 0.3, f"without routing the right whole leads, {measured}"
assert measured["thrice"] > 1.1 * measured["once"], f"routing adds a little, {measured}"
assert measured["thrice"] < 2 * measured["once"], f"only a little, {measured}"
