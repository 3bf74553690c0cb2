"""On clean digits max pooling gives fewer test errors than average pooling, between the layers and at the end."""
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)


def network(place, kind):
    """Pool 2x2 after both convolutions (local), or the whole map once at the end (global)."""
    if place == "local":
        pool = nn.MaxPool2d(2) if kind == "max" else nn.AvgPool2d(2)
        return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), pool,
                             nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), pool, nn.Flatten(), nn.Linear(128, 10))
    pool = nn.AdaptiveMaxPool2d(1) if kind == "max" else nn.AdaptiveAvgPool2d(1)
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2, padding=1),
                         nn.ReLU(), pool, nn.Flatten(), nn.Linear(32, 10))


def test_errors(place, kind, lr, seed):
    """Train on 1,000 digits and return the test error, clean and with noise on the test images."""
    torch.manual_seed(seed)
    order = torch.randperm(len(y))
    train, test = order[:1000], order[1000:]
    model = network(place, kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(150):
        batch = train[torch.randint(0, 1000, (50,))]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        noisy = x[test] + 0.4 * torch.randn_like(x[test])
        return [(model(images).argmax(1) != y[test]).float().mean().item() for images in (x[test], noisy)]


rates = {("local", "max"): 0.02, ("local", "average"): 0.02, ("global", "max"): 0.01, ("global", "average"): 0.02}
error = {}
print("pooling            test error (min to max of 3 seeds)   with noise 0.4")
for (place, kind), lr in rates.items():
    runs = torch.tensor([test_errors(place, kind, lr, seed) for seed in range(0, 300, 100)])  # (seeds, 2)
    error[place, kind], noisy = runs.mean(0).tolist()
    clean = runs[:, 0]
    print(f"{place:6s}  {kind:7s}    {clean.mean():10.3f} ({clean.min():.3f} to {clean.max():.3f})   {noisy:20.2f}")
for place, margin in (("local", 0), ("global", 0.03)):
    lead = error[place, "average"] - error[place, "max"]
    assert lead > margin, f"{place}: max pooling should err over {margin} less than average, was {lead:.3f}"
