"""With few examples pretrained features beat training from scratch; fine-tuning them wins from ten per class on."""
import copy

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = nn.functional.pad(torch.tensor(digits.images, dtype=torch.float32) / 16, (4, 4, 4, 4))  # (1797, 16, 16)
names, shots, rates, seeds = ["from scratch", "frozen", "fine-tuned"], [1, 3, 10, 30], [0.003, 0.01, 0.03, 0.1], (0, 100, 200)


def place(picked):  # each digit at a random position on a canvas of 12 x 12: cut out these rows and columns
    top, left = torch.randint(0, 5, (2, len(picked), 1)) + torch.arange(12)
    return images[picked[:, None, None], top[:, :, None], left[:, None]][:, None]  # (N, 1, 12, 12)


def train(model, x, y, lr, num_steps=100):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for batch in torch.randint(len(y), (num_steps, 32)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


accuracy = torch.zeros(2, len(names), len(shots), len(rates), len(seeds))  # on validation and test images
for s, seed in enumerate(seeds):
    torch.manual_seed(seed)
    y = torch.randperm(10)[torch.tensor(digits.target)]  # five random classes (0-4) to pretrain on, five new ones
    untrained = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1),
                              nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 48), nn.ReLU())  # (N, 48)
    pretrained, old = copy.deepcopy(untrained), torch.nonzero(y < 5)[:, 0].repeat(8)  # eight positions for each
    train(nn.Sequential(pretrained, nn.Linear(48, 5)), place(old), y[old], 0.003, num_steps=800)
    new = torch.nonzero(y >= 5)[:, 0]
    new = new[torch.randperm(len(new))]
    x, y = place(new), y[new] - 5  # one position for each; 150 validation images, 300 test images, then the pool
    for n, shot in enumerate(shots):
        few = torch.cat([450 + torch.nonzero(y[450:] == label)[:shot, 0] for label in range(5)])
        for m, name in enumerate(names):
            for r, lr in enumerate(rates):
                model = nn.Sequential(copy.deepcopy(untrained if m == 0 else pretrained), nn.Linear(48, 5))
                if name == "frozen":
                    train(model[1], model[0](x[few]).detach(), y[few], lr)  # the features never change: compute once
                else:
                    train(model, x[few], y[few], lr)
                hits = (model(x[:450]).argmax(1) == y[:450]).float()
                accuracy[:, m, n, r, s] = torch.stack([hits[:150].mean(), hits[150:].mean()])

best = accuracy[0].mean(3).argmax(2)  # (methods, shots): the rate is chosen by the mean over the validation images
final = torch.stack([torch.stack([accuracy[1, m, n, best[m, n]] for n in range(4)]) for m in range(3)])
for name, a, style in zip(names, final, ("o-", "s--", "^-."), strict=True):
    print(f"{name:13s}", ", ".join(f"{v:.2f} with {n}" for v, n in zip(a.mean(1), shots, strict=True)))
    plt.plot(shots, a.mean(1), style, label=name)
    plt.fill_between(shots, a.amin(1), a.amax(1), alpha=0.2)
plt.gca().set(xscale="log", xlabel="labelled examples of each new class", ylabel="test accuracy", ylim=(0, 1))
plt.xticks(shots, shots)
plt.legend()
plt.show()

scratch, frozen, tuned = final.mean(2)
gain = tuned - scratch
assert gain.mean() > 0.02, f"fine-tuning should beat scratch by over 0.02, averaged over the sizes: {gain.mean():.3f}"
assert gain.min() > -0.03, f"and trail it clearly at no size, the least gain is {gain.min():.3f}"
assert frozen[0] - scratch[0] > 0.03, f"one per class: frozen {frozen[0]:.2f} should beat scratch {scratch[0]:.2f}"
assert frozen[0] - tuned[0] > -0.03, f"one per class: frozen {frozen[0]:.2f} should not trail {tuned[0]:.2f}"
assert tuned[2] > frozen[2], f"ten: fine-tuned {tuned[2]:.2f} should beat frozen {frozen[2]:.2f}"
assert tuned[3] - frozen[3] > 0.08, f"thirty: fine-tuned {tuned[3]:.2f} should be far ahead of frozen {frozen[3]:.2f}"
assert scratch[3] > frozen[3], f"thirty: even scratch {scratch[3]:.2f} should beat frozen {frozen[3]:.2f}"
