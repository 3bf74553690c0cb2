"""Trained on centred digits with equal parameters and steps, a CNN with global pooling reads shifted ones, an MLP does not."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
shifts, seeds, lrs = range(5), range(3), {"MLP": 0.01, "CNN, flattened": 0.01, "CNN, global pooling": 0.01}


def place(images, shift):  # on a 16x16 canvas, `shift` pixels right and down of the centre
    return nn.functional.pad(images, (4 + shift, 4 - shift, 4 + shift, 4 - shift))


def build(name):
    if name == "MLP":
        return nn.Sequential(nn.Flatten(), nn.Linear(256, 22), nn.ReLU(), nn.Linear(22, 10))
    convs = [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    if name == "CNN, flattened":  # the head has a weight for each position
        return nn.Sequential(*convs, nn.Conv2d(16, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10))
    convs += [nn.Conv2d(16, 34, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*convs, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(34, 10))


accuracy = {name: torch.zeros(len(seeds), len(shifts)) for name in lrs}
for seed in seeds:
    torch.manual_seed(seed)
    order = torch.randperm(len(y))
    train, test = order[:1000], order[1000:]
    for name, lr in lrs.items():
        model = build(name)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        for step in range(300):
            batch = train[torch.randint(1000, (64,))]
            loss = nn.functional.cross_entropy(model(place(x[batch], 0)), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            for shift in shifts:
                hits = model(place(x[test], shift)).argmax(1) == y[test]
                accuracy[name][seed, shift] = hits.float().mean()
for name, a in accuracy.items():
    p = sum(w.numel() for w in build(name).parameters())
    print(f"{name:20s} {p} parameters, accuracy at shift 0..4:", " ".join(f"{v:5.1%}" for v in a.mean(0)))
