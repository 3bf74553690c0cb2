"""At equal budget the sigmoid trails far behind, and the other seven activations are close together."""
import matplotlib.pyplot as plt
import torch
import torch.nn as nn
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
x = (x - x.mean()) / x.std()
y = torch.tensor(digits.target)


class Maxout(nn.Module):
    def forward(self, h):  # (N, 2C, H, W) -> (N, C, H, W)
        return h.unflatten(1, (-1, 2)).amax(2)


activations = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "ReLU": nn.ReLU, "Leaky ReLU": nn.LeakyReLU, "ELU": nn.ELU,
               "maxout": Maxout, "GELU": nn.GELU, "SiLU": nn.SiLU}


def build(act):  # 8x8 -> 8x8 -> 4x4 -> 2x2
    k, a, b = (2, 5, 12) if act is Maxout else (1, 8, 16)  # maxout is narrower, for about as many parameters
    conv1, conv2, conv3 = nn.Conv2d(1, k * a, 3, 1, 1), nn.Conv2d(a, k * b, 3, 2, 1), nn.Conv2d(b, k * b, 3, 2, 1)
    return nn.Sequential(conv1, act(), conv2, act(), conv3, act(), nn.Flatten(), nn.Linear(4 * b, 10))


def train(act, lr, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(y))
    model = build(act)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(4):
        for batch in order[torch.randperm(1000)].split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    right = 100.0 * (model(x[order]).argmax(1) == y[order])
    return right[1000:1300].mean().item(), right[1300:].mean().item()  # validation, test


rates, seeds = (0.002, 0.006, 0.02, 0.06), range(0, 300, 100)
test, size = {}, {}
for i, (name, act) in enumerate(activations.items()):
    runs = torch.tensor([[train(act, lr, seed) for seed in seeds] for lr in rates])  # (rates, seeds, 2)
    valid = runs[:, :, 0].mean(1)  # the rate is chosen by the mean over the seeds, on validation digits
    test[name], lr = runs[valid.argmax(), :, 1], rates[valid.argmax()]
    ends, inside = max(valid[0], valid[-1]), valid[1:-1].max()
    assert ends < inside, f"{name}: the best rate should lie inside the range, {valid.tolist()}"
    size[name] = sum(p.numel() for p in build(act).parameters())
    print(f"{name:10s} {size[name]} parameters, rate {lr:5}: {test[name].mean():4.1f} % (sd {test[name].std():4.1f})")
    plt.semilogx(100 - test[name], [-i] * 3, "o", color="C0", alpha=0.6)
    plt.semilogx(100 - test[name].mean(), -i, "|", color="C1", markersize=18, markeredgewidth=3)
plt.yticks([-i for i in range(8)], list(test))
plt.xticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"])
plt.xlabel("test error [%]")
plt.show()
sigmoid = test.pop("sigmoid")
means, spread = torch.stack([a.mean() for a in test.values()]), torch.stack([a.std() for a in test.values()]).mean()
print(f"the seven others: means {means.min():.1f} to {means.max():.1f} %, a seed's standard deviation {spread:.1f}")
assert max(size.values()) < 1.03 * min(size.values()), f"parameter counts should agree within 3 %, they are {size}"
assert sigmoid.mean() < means.min() - 30, f"the sigmoid should trail by over 30 points: {sigmoid.mean():.1f} %"
assert sigmoid.max() < min(a.min() for a in test.values()), f"for every seed, best {sigmoid.max():.1f} %"
assert means.max() - means.min() < 5, f"the seven others should lie within 5 points, {means.max() - means.min():.1f}"
