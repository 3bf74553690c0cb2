"""With the same training, one cut does as well as four up to 95 % sparsity; at 98 % it no longer recovers."""
import copy

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils import prune

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (N, 64), (N,)
sparsities, rates, budget = [0.9, 0.95, 0.98], [2e-2, 4e-2], 12  # budget: epochs from the first cut on


def train(model, num_epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in train_rows[torch.randperm(1000)].split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    return num_epochs


arms = {"one cut, same share a layer": (1, "layer"), "one cut, one threshold": (1, "global"),
        "four cuts, one threshold": (4, "global")}
results, pairs = {}, {}
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    train_rows, test_rows = torch.randperm(len(y)).split([1000, 797])
    model = nn.Sequential(nn.Linear(64, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))
    train(model, 15, lr=3e-3)
    for sparsity in sparsities:
        for name, (rounds, scope) in arms.items():
            for lr in rates:
                pruned, epochs = copy.deepcopy(model), 0
                layers = [(pruned[i], "weight") for i in (0, 2, 4)]  # 50,200 weights
                share = 1 - (1 - sparsity) ** (1 / rounds)  # of what is left, the same in each round
                for _ in range(rounds):
                    if scope == "global":
                        prune.global_unstructured(layers, prune.L1Unstructured, amount=share)
                    else:
                        for layer in layers:
                            prune.l1_unstructured(*layer, amount=share)
                    epochs += train(pruned, budget // rounds, lr)
                masks = [layer.weight_mask for layer, _ in layers]
                zeros = 1 - sum(mask.sum().item() for mask in masks) / 50_200
                assert abs(zeros - sparsity) < 1e-3 and epochs == budget, f"{zeros:.3f} sparse after {epochs} epochs"
                if scope == "global" and sparsity == 0.98:  # one cut all but empties the middle layer, four do not
                    middle = masks[1].mean().item()
                    assert (middle < 0.007) == (rounds == 1), f"{middle:.4f} of the middle layer left by {name}"
                correct = (pruned(x[test_rows]).argmax(1) == y[test_rows]).float()
                results.setdefault((name, sparsity, lr), []).append(100 * correct.mean().item())
                linked = (masks[2] @ masks[1] @ masks[0] > 0).sum().item()  # pairs of class and pixel with a path
                pairs.setdefault((name, sparsity, lr), []).append(linked)

mean, paths = {}, {}
print("                                test accuracy at sparsity       class-pixel pairs")
print("mean of 3 seeds, better rate  " + "".join(f"{100 * s:7.0f} %" for s in sparsities) + "   joined at 98 %")
for (name, _), style in zip(arms.items(), ("v:", "s--", "o-"), strict=True):
    best = [max(rates, key=lambda lr: sum(results[name, s, lr])) for s in sparsities]
    runs = torch.tensor([results[name, s, lr] for s, lr in zip(sparsities, best, strict=True)])  # (sparsities, seeds)
    mean[name], paths[name] = runs.mean(1).tolist(), sum(pairs[name, 0.98, best[-1]]) / 3
    print(f"{name:30s}" + "".join(f"{a:7.1f} %" for a in mean[name]) + f"{paths[name]:9.0f} of 640")
    plt.semilogx([100 * (1 - s) for s in sparsities], runs.mean(1), style, label=name)
    plt.fill_between([100 * (1 - s) for s in sparsities], runs.min(1).values, runs.max(1).values, alpha=0.25)
plt.xticks([10, 5, 2], [10, 5, 2])
plt.minorticks_off()
plt.gca().invert_xaxis()
plt.xlabel("weights left, %")
plt.ylabel("test accuracy, %")
plt.legend()
plt.show()

layerwise, once, rounds = mean.values()
for k, sparsity in enumerate(sparsities[:2]):
    gain = rounds[k] - max(once[k], layerwise[k])
    assert gain < 1.5, f"at {sparsity} sparsity rounds should not help yet, they gain {gain:.1f} points"
    assert once[k] > 93, f"at {sparsity} one cut should recover, accuracy {once[k]:.1f} %"
assert rounds[2] > 85, f"at 98 % four rounds should recover most, accuracy {rounds[2]:.1f} %"
assert rounds[2] - max(once[2], layerwise[2]) > 8, f"at 98 % no single cut should keep up, accuracies {mean}"
assert paths["four cuts, one threshold"] > 1.5 * paths["one cut, one threshold"], f"rounds keep more paths: {paths}"
