"""Normalizing alone keeps a sigmoid in its straight part; gamma and beta let it out."""

import torch
from torch import nn

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

torch.manual_seed(0)
z = images.flatten(1) @ torch.randn(64, 16) / 2 - 2  # (1797, 16), inputs of 16 units
bn = nn.BatchNorm1d(16)  # starts with gamma = 1 and beta = 0
x_hat = bn(z).detach()  # (1797, 16)
scale = 3.0  # try: 0.3, 1.0, 10.0
widened = scale * x_hat

# The sigmoid's slope is 1/4 in the middle and half of that at 1.76: the shaded part
edge = 1.763
share = {}
for name, value in (("z", z), ("x_hat", x_hat), ("scale * x_hat", widened)):
    share[name] = (value.abs() < edge).float().mean().item()
    print(f"{name:13} {share[name]:4.0%} in the shaded part")

# gamma and beta can give back what came in
mean = z.mean(0)  # (16,)
var = z.var(0, unbiased=False)  # (16,)
with torch.no_grad():
    bn.weight.copy_((var + bn.eps).sqrt())  # gamma
    bn.bias.copy_(mean)  # beta
restored = bn(z).detach()
print(f"restored to 1e-4: {torch.allclose(restored, z, atol=1e-4)}")

# region: the plot
import matplotlib.pyplot as plt

grid = torch.linspace(-10, 10, 201)
fig, ax = plt.subplots(figsize=(5.4, 3.2))
ax.axvspan(-edge, edge, color="gray", alpha=0.2)
ax.plot(grid, torch.sigmoid(grid), color="gray", label="sigmoid")
for value, style, label in ((x_hat, "-", "x_hat"), (widened, "--", "scale * x_hat")):
    height, edges = torch.histogram(value, bins=80, range=(-10, 10), density=True)
    height = height.clamp(max=1)
    ax.stairs(height, edges, ls=style, lw=2, color=f"C{style == '--':d}", label=label)
ax.set(xlabel="input of the sigmoid", ylabel="sigmoid, density", ylim=(0, 1.05))
ax.legend(loc="upper left", fontsize=9)
plt.show()
# endregion

# %% proof: identities, 12 seeds, and networks trained with and without gamma and beta
gap = (restored - z).abs().max().item()
assert gap < 1e-4, f"gamma = sqrt(var + eps), beta = mean should undo it, gap {gap:.1e}"
slope = torch.sigmoid(torch.tensor(edge)) * (1 - torch.sigmoid(torch.tensor(edge)))
assert abs(slope - 1 / 8) < 1e-4, f"at the edge the slope should be 1/8, is {slope:.4f}"


def straightness(value):
    """The share of the sigmoid's variance that a straight line explains."""
    pair = torch.stack([value.flatten(), torch.sigmoid(value).flatten()])
    return torch.corrcoef(pair)[0, 1].item() ** 2


rows = []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    z = images.flatten(1) @ torch.randn(64, 16) / 2 - 2
    x_hat = (z - z.mean(0)) / z.std(0)
    inside = (x_hat.abs() < edge).float().mean().item()
    rows.append([inside, straightness(x_hat), straightness(z)])
    before = (z.abs() < edge).float().mean().item()
    assert inside > before + 0.2, f"normalizing should draw it in: {before:.2f}"
inside, straight, raw = 100 * torch.tensor(rows).mean(0)
print(f"normalized: {inside:.0f} % inside; a line explains {straight:.1f} %", end="")
print(f" of the sigmoid, of the raw inputs' {raw:.0f} %")
assert inside > 88, f"most should be inside, {inside:.1f} %"
assert straight > 97, f"a line should explain nearly all, {straight:.1f} %"
assert raw < straight - 4, f"and less without BN, {raw:.1f} %"

gamma, beta = 0.5 + torch.rand(16), torch.randn(16)
scaled = torch.relu(gamma * x_hat + beta)
moved_out = gamma * torch.relu(x_hat + beta / gamma)
gap = (scaled - moved_out).abs().max().item()
assert gap < 1e-5, (
    f"relu(gamma x + beta) should be gamma relu(x + beta / gamma), {gap:.1e}"
)
passing = [(x_hat + b > 0).float().mean().item() for b in (-1, 0, 1)]
assert passing[0] < 0.3 < 0.4 < passing[1] < 0.6 < 0.75 < passing[2], f"{passing}"


# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion


def best_accuracy(activation, affine, lr, seed):
    """The best of ten epochs on the test digits, of two hidden layers with BN."""
    torch.manual_seed(seed)
    train_x, train_y, test_x, test_y = split(seed)
    layers, width = [nn.Flatten()], 64
    for _ in range(2):
        layers += [nn.Linear(width, 32, bias=False), nn.BatchNorm1d(32, affine=affine)]
        layers.append(activation())
        width = 32
    model = nn.Sequential(*layers, nn.Linear(32, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    found = 0.0
    for _ in range(10):
        train_epoch(model, optimizer, train_x, train_y)
        found = max(found, accuracy(model, test_x, test_y))
    return 100 * found


measured = {"inside": inside.item(), "straight": straight.item(), "raw": raw.item()}
rates = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
for activation in (nn.Sigmoid, nn.ReLU):
    name, results = activation.__name__.lower(), []
    for affine in (True, False):
        trials = {}
        for lr in rates:  # on three seeds that do not count
            tried = [
                best_accuracy(activation, affine, lr, s) for s in (5000, 5100, 5200)
            ]
            trials[lr] = sum(tried) / 3
        lr = max(rates[1:-1], key=trials.get)
        ends = max(trials[rates[0]], trials[rates[-1]]) - trials[lr]
        assert ends < 0.5, f"{name}: the best rate should lie inside, {trials}"
        seeds = range(0, 1200, 100)
        accuracies = [best_accuracy(activation, affine, lr, s) for s in seeds]
        results.append(torch.tensor(accuracies))
        print(f"{name:8} affine={affine!s:5} rate {lr}: {results[-1].mean():.1f} %")
    lead = results[0] - results[1]
    error = (lead.std() / 12**0.5).item()
    print(f"{name:8} gamma and beta gain {lead.mean():+.1f} ± {error:.1f} points")
    measured |= {f"{name}_lead": lead.mean().item(), f"{name}_se": error}
    worst = results[0].min().item()
    assert worst > 92, f"{name}: each network should be trained, worst {worst:.1f} %"
relu, sigmoid = measured["relu_lead"], measured["sigmoid_lead"]
largest = abs(relu) + 2 * measured["relu_se"]
assert largest < 0.6, f"with ReLU they should gain less than 0.6 points: {largest:.2f}"
largest = abs(sigmoid) + 2 * measured["sigmoid_se"]
assert largest < 2, f"with sigmoids less than two points: {largest:.2f}"
