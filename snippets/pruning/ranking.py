"""After two epochs of fine-tuning, rankings of filters differ from random choice by a few points at most."""
import copy

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)


def train(model, num_epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(num_epochs):
        for batch in train_rows[torch.randperm(1000)].split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()


def accuracy(model):
    return 100 * (model(x[test_rows]).argmax(1) == y[test_rows]).float().mean()


before, after, dense = {}, {}, []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    train_rows, test_rows = torch.randperm(len(y)).split([1000, 797])
    model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
                          nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10))
    train(model, num_epochs=15)
    dense.append(accuracy(model))
    scores, out = {}, x[train_rows]
    for layer in model:
        out = layer(out)
        if isinstance(layer, nn.ReLU):
            scores[layer] = out
            out.retain_grad()
    nn.functional.cross_entropy(out, y[train_rows]).backward()
    for i in (0, 3):
        w, a = model[i].weight.detach(), scores.pop(model[i + 1])  # (F, C, 3, 3), (N, F, H, W)
        scores[i] = {"L1 of the weights": w.abs().sum((1, 2, 3)), "L2 of the weights": w.square().sum((1, 2, 3)),
                     "first-order Taylor": (a * a.grad).sum((2, 3)).abs().mean(0),
                     "not zero (APoZ)": (a > 0).float().mean((0, 2, 3)), "mean activation": a.mean((0, 2, 3)),
                     "random": torch.rand(len(w))}
    for name in scores[0]:
        pruned = copy.deepcopy(model)
        for i in (0, 3):
            gone = scores[i][name].argsort()[:len(scores[i][name]) // 2]  # the lower half of the layer's filters
            with torch.no_grad():  # silent: ReLU passes no gradient to a filter whose output is 0, so it stays out
                pruned[i].weight[gone], pruned[i].bias[gone] = 0, 0
        before.setdefault(name, []).append(accuracy(pruned))
        train(pruned, num_epochs=2)
        after.setdefault(name, []).append(accuracy(pruned))
        assert (pruned[3].weight.abs().sum((1, 2, 3)) == 0).sum() == 16, "half of the filters should stay away"

num_seeds = len(dense)
before, after = ({name: torch.stack(v) for name, v in table.items()} for table in (before, after))  # (seeds,) each
print(f"whole network: {torch.stack(dense).mean():.1f} %, then half of the filters removed (mean ± standard deviation)")
print("                       without       fine-tuned     fine-tuned, minus random")
print("ranking                training      for 2 epochs   (± standard error)")
gain = {}
for row, name in enumerate(after):
    difference = after[name] - after["random"]  # seed by seed
    gain[name] = difference.mean().item()
    print(f"{name:20s}  {before[name].mean():5.1f} ± {before[name].std():4.1f}   {after[name].mean():7.1f} ± "
          f"{after[name].std():3.1f}   {gain[name]:+14.1f} ± {difference.std() / num_seeds ** 0.5:3.1f}")
    plt.plot(before[name], [row - 0.15] * num_seeds, "o", color="C0", label=None if row else "without training")
    plt.plot(after[name], [row + 0.15] * num_seeds, "^", color="C1", label=None if row else "fine-tuned")
plt.yticks(range(6), list(after))
plt.gca().invert_yaxis()
plt.xlabel("test accuracy, %, one mark a seed")
plt.legend()
plt.show()

norms = (after["L1 of the weights"] + after["L2 of the weights"] + after["first-order Taylor"]) / 3 - after["random"]
rest = (after["not zero (APoZ)"] + after["mean activation"]) / 2 - after["random"]  # (seeds,), like norms
for name, lead in (("the first three", norms), ("the two by activation", rest), ("their difference", norms - rest)):
    print(f"{name:21s} on average: {lead.mean():+.1f} ± {lead.std() / num_seeds ** 0.5:.1f}")

means = [v.mean() for v in after.values()]
assert min(means) - max(v.mean() for v in before.values()) > 8, "any ranking with training should beat all without"
wide, narrow = min(v.std() for v in before.values()), max(v.std() for v in after.values())
assert wide > 1.5 * narrow, f"without training every ranking should scatter more over seeds: {wide:.1f}, {narrow:.1f}"
assert 0.5 < norms.mean() < 4, f"weight norms and Taylor should beat random by a little, by {norms.mean():.1f} points"
assert norms.mean() > 2 * norms.std() / num_seeds**0.5, "and by more than two standard errors"
assert abs(rest.mean()) < 1.5, f"the two by activation should be near random, {rest.mean():+.1f} points away"
apart = norms - rest
assert apart.mean() > 0.3, f"the first three should beat those two, by {apart.mean():.1f} points"
assert apart.mean() > 2 * apart.std() / num_seeds**0.5, "and by more than two standard errors"
assert max(means) - min(means) < 4, f"after training all rankings should be within 4 points, they were {means}"
