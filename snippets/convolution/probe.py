"""A linear classifier reads the digit better from each deeper layer of a trained CNN, but not of an untrained one."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
y = torch.tensor(digits.target)


def block(a, b, *pool):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), *pool)


def probe(model, x, train, test):  # ridge regression from each layer's output to the ten classes
    model.train()
    with torch.no_grad():
        for batch in 15 * train.split(400):  # 45 batches: under 1 % of the initial running statistics is left,
            model(x[batch])  # also in the untrained network
    model.eval()
    scores, h = [], x
    for layer in [nn.Identity(), *model[:3]]:
        with torch.no_grad():
            h = layer(h)  # (1797, C, H, W)
        z = torch.cat([h.flatten(1), torch.ones(len(h), 1)], 1)
        gram = z[train].T @ z[train]
        gram.diagonal().add_(0.01 * gram.diagonal().mean())
        weights = torch.linalg.solve(gram, z[train].T @ nn.functional.one_hot(y[train], 10).float())
        scores.append(((z[test] @ weights).argmax(1) == y[test]).float().mean())
    return torch.stack(scores)


untrained, trained = torch.zeros(2, 3, 4)  # (seeds, depths) each
for n, seed in enumerate(range(0, 300, 100)):
    torch.manual_seed(seed)
    x = torch.zeros(len(y), 1, 12, 12)
    for k, (i, j) in enumerate(torch.randint(0, 5, (len(y), 2)).tolist()):  # each digit at a random place
        x[k, 0, i:i + 8, j:j + 8] = torch.tensor(digits.images[k]) / 16
    order = torch.randperm(len(y))
    train, test = order[:1200], order[1200:]
    layers = [block(1, 8, nn.MaxPool2d(2)), block(8, 16, nn.MaxPool2d(2)), block(16, 32)]
    model = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, 10))
    untrained[n] = probe(model, x, train, test)
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(200):
        batch = train[torch.randint(len(train), (32,))]
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    trained[n] = probe(model, x, train, test)

for name, a, style in (("trained", trained, "o-"), ("untrained", untrained, "s--")):
    print(f"{name:9s} probe accuracy on pixels and layers 1-3:", " ".join(f"{v:4.0%}" for v in a.mean(0)))
    line, = plt.plot(range(4), a.mean(0), style, label=name)
    plt.fill_between(range(4), a.amin(0), a.amax(0), alpha=0.2, color=line.get_color())
plt.xticks(range(4), ["pixels", "layer 1", "layer 2", "layer 3"])
plt.ylabel("test accuracy of a linear probe")
plt.legend()
plt.show()

gain, without = trained.mean(0).diff(), untrained.mean(0).diff()
assert gain.min() > 0, f"each trained layer should make the digit easier to read, gains {gain.tolist()}"
assert gain[1] > 0.1, f"the second trained layer should add over 10 points, added {gain[1]:.2f}"
assert trained[:, 3].min() > untrained[:, 3].max() + 0.1, "training should help the last layer by over 10 points"
assert without[0] > 0.2, f"even random filters should help a linear probe at first, gain {without[0]:.2f}"
assert without[1:].sum() < 0.1, f"more random layers should add little, added {without[1:].sum():.2f}"
