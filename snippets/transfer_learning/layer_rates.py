"""Parameter groups give each layer a rate of its own; with each setting tuned, lower early rates gain little here."""
import copy

import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = nn.functional.pad(torch.tensor(digits.images, dtype=torch.float32) / 16, (4, 4, 4, 4))  # (1797, 16, 16)
factors, rates, seeds, shot = [1, 2.6, 10], [0.002, 0.006, 0.02, 0.06, 0.2], (0, 100, 200), 10


def place(picked):  # each digit at a random position on a canvas of 12 x 12: cut out these rows and columns
    top, left = torch.randint(0, 5, (2, len(picked), 1)) + torch.arange(12)
    return images[picked[:, None, None], top[:, :, None], left[:, None]][:, None]  # (N, 1, 12, 12)


def train(model, x, y, lr, factor=1, num_steps=60):
    layers = [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))][::-1]  # the head first
    groups = [{"params": layer.parameters(), "lr": lr / factor**depth} for depth, layer in enumerate(layers)]
    optimizer = torch.optim.Adam(groups)
    for batch in torch.randint(len(y), (num_steps, 32)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


accuracy = torch.zeros(2, len(factors), len(rates), len(seeds))  # on validation and test images
moved = torch.zeros(len(factors), len(rates), len(seeds))
for s, seed in enumerate(seeds):
    torch.manual_seed(seed)
    y = torch.randperm(10)[torch.tensor(digits.target)]  # five random classes (0-4) to pretrain on, five new ones
    body = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1),
                         nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 48), nn.ReLU())  # (N, 48)
    old, new = torch.nonzero(y < 5)[:, 0].repeat(8), torch.nonzero(y >= 5)[:, 0]
    train(nn.Sequential(body, nn.Linear(48, 5)), place(old), y[old], 0.003, num_steps=600)
    new = new[torch.randperm(len(new))]
    x, y = place(new), y[new] - 5  # 150 validation images, 300 test images, then the pool
    few = torch.cat([450 + torch.nonzero(y[450:] == label)[:shot, 0] for label in range(5)])
    for f, factor in enumerate(factors):
        for r, lr in enumerate(rates):
            model = nn.Sequential(copy.deepcopy(body), nn.Linear(48, 5))
            train(model, x[few], y[few], lr, factor)
            hits = (model(x[:450]).argmax(1) == y[:450]).float()
            accuracy[:, f, r, s] = torch.stack([hits[:150].mean(), hits[150:].mean()])
            moved[f, r, s] = (model[0][0].weight - body[0].weight).norm() / body[0].weight.norm()

best = accuracy[0].mean(2).argmax(1)  # each factor's rate, by the validation images
final = torch.stack([accuracy[1, f, r] for f, r in enumerate(best)])  # (factors, seeds)
for f, factor in enumerate(factors):
    print(f"rate divided by {factor:4} per layer: accuracy {final[f].mean():.2f} ({final[f].min():.2f} to "
          f"{final[f].max():.2f}), head at {rates[best[f]]}, first layer moved by {moved[f, best[f]].mean():5.1%}")
gain = final.mean(1) - final[0].mean()  # over one rate for all layers
assert 0 < best.min() and best.max() < len(rates) - 1, f"each factor's best rate should lie inside the range: {best}"
assert accuracy[1].mean(2).max() > 0.45, f"fine-tuning should be far above chance, 0.2, is {accuracy[1].mean(2).max():.2f}"
assert gain.max() < 0.07, f"lower early rates should gain less than 0.07, they gained {gain.max():.2f}"
assert gain.min() > -0.12, f"and lose less than 0.12, they lost {-gain.min():.2f}"
ratio = (moved.mean(2)[2] / moved.mean(2)[0]).max()  # at the same rate of the head
assert ratio < 0.1, f"at a factor of 10 the first layer should move under a tenth as far, it moved {ratio:.2f} as far"
