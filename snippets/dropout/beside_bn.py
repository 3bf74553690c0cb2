"""Dropout before a BN layer makes BN store a variance that eval never meets; dropout after the last BN does not."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (N, 64), (N,)


def train_and_measure(early, late, seed):
    """Train with dropout rates `early` (before the second BN) and `late` (after it); return what that BN meets."""
    torch.manual_seed(seed)
    train, test = torch.randperm(len(y)).split([1000, 797])
    train_x, train_y, test_x, test_y = x[train], y[train], x[test], y[test]
    model = nn.Sequential(nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(early),
                          nn.Linear(128, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(late), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(8):
        for batch in torch.randperm(1000).split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        hidden = model[:3](test_x)  # (N, 128), what the early dropout acts on
        clean = model[4](hidden).var(0)  # (128,), what the second BN meets in eval
        added = early / (1 - early) * hidden.square().mean(0) @ model[4].weight.square().T  # what the masks add
        ratio, predicted = (clean / model[5].running_var).median(), (clean / (clean + added)).median()
        loss = nn.functional.cross_entropy(model(test_x), test_y)
        for bn in (model[1], model[5]):  # measure both layers' statistics again, this time without masks
            bn.momentum = 1.0  # take the next batch's statistics as they are
            bn.train()
        model(train_x)
        return ratio, predicted, loss, nn.functional.cross_entropy(model.eval()(test_x), test_y)


rates, result = [0.0, 0.25, 0.5, 0.75], {}
print("dropout     p     eval / stored variance   test loss   with BN measured again")
for place, marker in (("after BN", "s-"), ("before BN", "o-")):
    for p in rates:
        early, late = (p, 0.0) if place == "before BN" else (0.0, p)
        runs = torch.tensor([train_and_measure(early, late, seed) for seed in (0, 100)])  # (seeds, 4)
        result[place, p] = ratio, predicted, loss, loss_again = runs.mean(0).tolist()
        print(f"{place:9s}  {p:.2f}   {ratio:22.2f}   {loss:9.3f}   {loss_again:22.3f}")
    plt.plot(rates, [result[place, p][0] for p in rates], marker, label=f"dropout {place}, measured")
plt.plot(rates, [result["before BN", p][1] for p in rates], "--", color="gray", label="dropout before BN, predicted")
plt.xlabel("p of the dropout layer")
plt.ylabel("variance in eval / stored")
plt.ylim(0, 1.1)
plt.legend()
plt.show()
for p in rates:
    (ratio, predicted), after = result["before BN", p][:2], result["after BN", p][0]
    assert abs(ratio - predicted) < 0.12, f"p = {p}: the masks should explain the shift, {ratio:.2f}, {predicted:.2f}"
    assert abs(after - 1) < 0.1, f"p = {p}: dropout after the last BN should shift nothing, ratio {after:.2f}"
    assert p < 0.5 or ratio < 0.8, f"p = {p}: dropout before BN should shift the variance, ratio {ratio:.2f}"
shift = [result["before BN", p][0] for p in rates]
assert shift == sorted(shift, reverse=True), f"a larger p before BN should shift the variance more, ratios {shift}"
for place, low, high in (("before BN", 1.2, 9), ("after BN", 0.9, 1.1)):
    gain = result[place, 0.75][2] / result[place, 0.75][3]
    assert low < gain < high, f"{place}: old over new test loss should lie in {low} to {high}, was {gain:.2f}"
