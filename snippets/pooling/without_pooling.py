"""On digits a stride of 2 in place of max pooling costs at most 3 points, with equal parameters and steps."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)


def network(kind):
    """Two stages that halve the map, each by pooling or by the stride of a convolution."""
    layers = []
    for first, second in ((1, 16), (16, 32)):
        stride = 2 if kind == "strided" else 1
        layers += [nn.Conv2d(first, second, 3, stride=stride, padding=1), nn.ReLU()]
        if kind in ("conv + pool", "all convolutional"):  # one convolution more in each stage
            stride = 2 if kind == "all convolutional" else 1
            layers += [nn.Conv2d(second, second, 3, stride=stride, padding=1), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if kind in ("pool", "conv + pool") else []
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * 2 * 2, 10))


def test_error(kind, lr, seed):
    torch.manual_seed(seed)
    order, model = torch.randperm(len(y)), network(kind)
    train, test = order[:1000], order[1000:]
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(150):
        batch = train[torch.randint(0, 1000, (32,))]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(x[test]).argmax(1) != y[test]).float().mean().item()


rates = {"pool": 0.01, "strided": 0.02, "conv + pool": 0.005, "all convolutional": 0.005}  # tuned on other seeds
error, size = {}, {}
torch.manual_seed(0)
print("network             parameters   test error (min to max of 3 seeds)")
for i, (kind, lr) in enumerate(rates.items()):
    size[kind] = sum(p.numel() for p in network(kind).parameters())
    runs = [test_error(kind, lr, seed) for seed in range(0, 300, 100)]
    error[kind] = sum(runs) / len(runs)
    print(f"{kind:18s}  {size[kind]:10,d}   {error[kind]:.3f} ({min(runs):.3f} to {max(runs):.3f})")
    plt.plot([100 * e for e in runs], [i] * 3, "os^D"[i], label=kind)
plt.yticks(range(4), list(rates))
plt.xlabel("test error in %, one mark per seed")
plt.xlim(left=0)
plt.show()
for with_pooling, without in (("pool", "strided"), ("conv + pool", "all convolutional")):
    assert size[with_pooling] == size[without], f"{without} should have the parameters of {with_pooling}, {size}"
    loss = error[without] - error[with_pooling]
    assert -0.03 < loss < 0.03, f"{without} should lie within 3 points of {with_pooling}, differs by {loss:.3f}"
assert (size["pool"], size["all convolutional"]) == (6090, 17658), f"expected 6,090 and 17,658, were {size}"
assert max(error.values()) < 0.12, f"all four should read 88 % of the digits, errors {error}"
