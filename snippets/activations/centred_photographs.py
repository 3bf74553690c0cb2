"""On photographs a sigmoid network is trained in fewer steps if it is centred."""

import torch
from torch import nn

# region: Fashion-MNIST
import gzip
from pathlib import Path

import numpy as np

places = [Path("data/fashion-mnist"), Path("/usr/share/datasets/fashion-mnist")]
folder = next((place for place in places if place.exists()), None)
if not folder:
    raise FileNotFoundError("install dataset-fashion-mnist, or run `make data`")


def read(part, count):
    """The first images of a part, (N, 1, 28, 28), and their classes, (N,)."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    x = torch.tensor(pixels.reshape(-1, 1, 28, 28), dtype=torch.float32)
    return (x / 255 - 0.286) / 0.353, torch.tensor(classes, dtype=torch.int64)


# endregion


# region: the network and its training error
class Shifted(nn.Module):
    """An activation minus a constant."""

    def __init__(self, activation, shift):
        super().__init__()
        self.activation, self.shift = activation, shift

    def forward(self, z):
        return self.activation(z) - self.shift


def network(activation, gain, shift):
    """Two hidden layers; the shift is made up for by the biases behind it."""
    layers = [nn.Flatten()]
    for inputs in (784, 64):
        layers += [nn.Linear(inputs, 64), Shifted(activation, shift)]
    layers.append(nn.Linear(64, 10))
    hidden = False
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=gain / layer.in_features**0.5)
            made_up = shift * layer.weight.detach().sum(1)
            layer.bias.data = made_up if hidden else torch.zeros_like(made_up)
            hidden = True
    return nn.Sequential(*layers)


train_x, train_y = read("train", 10000)


@torch.no_grad()
def training_error(model):
    """The share of wrong answers on the first 1,000 images."""
    return (model(train_x[:1000]).argmax(1) != train_y[:1000]).float().mean().item()


# endregion


def steps_to(level, kind, shift, lr, seed, max_steps=600):
    """Steps of plain SGD until the training error is at the level."""
    torch.manual_seed(seed)
    model = network(*kind, shift)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(1, max_steps + 1):
        batch = torch.randint(10000, (64,))
        optimizer.zero_grad()
        logits = model(train_x[batch])
        nn.functional.cross_entropy(logits, train_y[batch]).backward()
        optimizer.step()
        if step % 5 == 0 and training_error(model) <= level:
            return step
    return max_steps


shift = 0.0  # try: 0.5
lr = {0.0: 0.4, 0.5: 0.8}[shift]  # the best of each
steps = steps_to(0.2, (torch.sigmoid, 4.0), shift, lr, seed=0)
print(f"sigmoid - {shift}: {steps} steps to 20 % training error at rate {lr}")

# %% proof: 12 seeds, sigmoid and ReLU, each with and without a shift, at its rate
# Rates: factors of two from 0.1 to 1.6 (sigmoid) and from 0.02 to 0.2 (ReLU), on seeds
# 7000 and 7100. With one seed all four start as the same function in pairs.
sides = {
    "sigmoid": ((torch.sigmoid, 4.0), 0.0, 0.4),
    "sigmoid - 0.5": ((torch.sigmoid, 4.0), 0.5, 0.8),
    "ReLU": ((torch.relu, 2**0.5), 0.0, 0.1),
    "ReLU - 0.4": ((torch.relu, 2**0.5), 0.4, 0.1),
}
found = {}
for name, (kind, shift, lr) in sides.items():
    runs = [steps_to(0.2, kind, shift, lr, seed) for seed in range(0, 1200, 100)]
    found[name] = torch.tensor(runs).float()
    print(f"{name:13s}: {found[name].mean():5.1f} steps", end=" ")
    print(f"({found[name].min():.0f} to {found[name].max():.0f})")
measured = {}
for name, shifted in (("sigmoid", "sigmoid - 0.5"), ("relu", "ReLU - 0.4")):
    plain = found["ReLU" if name == "relu" else name]
    ratio = plain / found[shifted]
    measured[name] = ratio.mean().item()
    measured[f"{name}_se"] = (ratio.std() / 12**0.5).item()
    print(
        f"{name}: {measured[name]:.2f} +- {measured[f'{name}_se']:.2f} times the steps"
    )
    kind = sides["ReLU" if name == "relu" else name][0]
    outputs = []
    for shift in (0.0, sides[shifted][1]):
        torch.manual_seed(0)
        outputs.append(network(*kind, shift)(train_x[:50]))
    gap = (outputs[0] - outputs[1]).abs().max().item()
    assert gap < 1e-4, f"both should start as the same function, differ by {gap:.0e}"
gain, error = measured["sigmoid"], measured["sigmoid_se"]
assert gain - 2 * error > 1.05, f"centring should save steps, {gain:.2f} +- {error:.2f}"
assert gain + 2 * error < 1.8, (
    f"less than on the toy problem, {gain:.2f} +- {error:.2f}"
)
gain, error = measured["relu"], measured["relu_se"]
assert 0.85 < gain < 1.3, f"for ReLU little should change, {gain:.2f} +- {error:.2f}"
