"""At equal parameters max pooling hardly changes the gap on centred digits, and cuts it on moved ones."""
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
networks = {"max pooling": (16, 32, nn.MaxPool2d(2), 3),  # channels, pooling, side of the last map
            "no pooling": (17, 5, nn.Identity(), 12)}  # fewer channels, so that the parameters are equal


def accuracies(name, moved, seed):
    """Train on 300 digits placed on a 12 x 12 ground; return the accuracy on these and on 700 others."""
    torch.manual_seed(seed)
    corner = torch.randint(0, 5, (len(y), 2)) if moved else torch.full((len(y), 2), 2)
    x = torch.zeros(len(y), 1, 12, 12)
    order = torch.randperm(len(y))
    train, test = order[:300], order[300:1000]
    for i in order[:1000].tolist():
        row, column = corner[i].tolist()
        x[i, :, row:row + 8, column:column + 8] = images[i]
    first, second, pool, side = networks[name]
    model = nn.Sequential(nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), pool,
                          nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), pool,
                          nn.Flatten(), nn.Linear(second * side * side, 10))
    size[name] = sum(p.numel() for p in model.parameters())
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(200):
        batch = train[torch.randint(0, 300, (32,))]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        return [(model(x[part]).argmax(1) == y[part]).float().mean().item() for part in (train, test)]


size, gap, test = {}, {}, {}
print("digits   network       parameters   train    test    median gap (min to max of 3 seeds)")
for moved, ground in ((False, "centred"), (True, "moved")):
    for name in networks:
        runs = torch.tensor([accuracies(name, moved, seed) for seed in range(0, 300, 100)])  # (seeds, 2)
        gaps = runs[:, 0] - runs[:, 1]
        gap[ground, name], test[ground, name] = gaps.median().item(), runs[:, 1].mean().item()
        print(f"{ground:7s}  {name:12s}  {size[name]:10,d}   {runs[:, 0].mean():.3f}   {runs[:, 1].mean():.3f}"
              f"   {gaps.median():10.3f} ({gaps.min():.3f} to {gaps.max():.3f})")
change = gap["centred", "no pooling"] - gap["centred", "max pooling"]
assert abs(change) < 0.05, f"on centred digits the gaps should differ by under 0.05, they differ by {change:.3f}"
same = test["centred", "no pooling"] - test["centred", "max pooling"]
assert abs(same) < 0.03, f"on centred digits the test accuracies should lie within 3 points, were {same:.3f} apart"
cut = gap["moved", "no pooling"] - gap["moved", "max pooling"]
assert cut > 0.1, f"on moved digits pooling should cut the gap by over 0.1, cut it by {cut:.3f}"
better = test["moved", "max pooling"] - test["moved", "no pooling"]
assert better > 0.2, f"on moved digits pooling should read 20 points more of the test digits, was {better:.3f}"
equal = size["no pooling"] / size["max pooling"]
assert 1 < equal < 1.07, f"both should have equal parameters within 7 %, ratio {equal:.3f}"
