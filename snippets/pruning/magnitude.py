"""Most of a small CNN's weights can be set to zero if the smallest go and the rest is trained again."""
import copy

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils import prune

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
sparsities = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98]


def train(model, num_epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(num_epochs):
        for batch in train_rows[torch.randperm(1000)].split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()


curves = {name: [] for name in ("smallest, trained again", "smallest", "smallest of each layer", "at random")}
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    train_rows, test_rows = torch.randperm(len(y)).split([1000, 797])
    model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
                          nn.MaxPool2d(2), nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10))
    train(model, num_epochs=15)
    for name, curve in curves.items():
        for sparsity in sparsities:
            pruned = copy.deepcopy(model)
            layers = [(pruned[i], "weight") for i in (0, 2, 6, 8)]  # 38,160 weights in all
            if name == "smallest of each layer":
                for layer, weight in layers:
                    prune.l1_unstructured(layer, weight, amount=sparsity)
            else:
                method = prune.RandomUnstructured if name == "at random" else prune.L1Unstructured
                prune.global_unstructured(layers, method, amount=sparsity)
            if name == "smallest, trained again":
                train(pruned, num_epochs=4)  # the mask stays on
            curve.append(100 * (pruned(x[test_rows]).argmax(1) == y[test_rows]).float().mean().item())

print("sparsity                   " + "".join(f"{100 * s:6.0f} %" for s in sparsities))
left = [100 * (1 - s) for s in sparsities]
for (name, runs), style in zip(curves.items(), ("o-", "s--", "^-.", "v:"), strict=True):
    runs = torch.tensor(runs).view(3, -1)  # (seeds, sparsities)
    curves[name] = runs.mean(0)
    print(f"{name:27s}" + "".join(f"{a:6.1f} %" for a in runs.mean(0)))
    plt.semilogx(left, runs.mean(0), style, label=name)
    plt.fill_between(left, runs.min(0).values, runs.max(0).values, alpha=0.25)
plt.xticks(left, [f"{value:.0f}" for value in left])
plt.minorticks_off()
plt.gca().invert_xaxis()
plt.xlabel("weights left, %")
plt.ylabel("test accuracy, %")
plt.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2)
plt.show()

again, smallest, layerwise, random = curves.values()
assert smallest[0] - smallest[1] < 2, f"the smaller half should hardly matter, accuracies {smallest}"
assert smallest[0] - random[1] > 15, f"a random half should matter, accuracies {random}"
assert layerwise[1] - random[1] > 15, f"as long as the smallest of each layer stay, too, {layerwise}, {random}"
assert smallest[3] - layerwise[3] > 5, f"at 80 % one threshold should beat one a layer, {smallest}, {layerwise}"
assert smallest[0] - smallest[4] > 15, f"without training 90 % should be too much, accuracies {smallest}"
assert again[0] - again[4] < 2.5, f"with training 90 % should go for under 2.5 points, accuracies {again}"
assert again[0] - again[6] > 15, f"even with training 98 % should be too much, accuracies {again}"
