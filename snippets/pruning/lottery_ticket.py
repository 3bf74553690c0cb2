"""A heavily pruned network trains better from its original initial weights than from fresh ones at the same mask."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (N, 64), (N,)
cut = [0.5, 0.5, 0.25]  # share of a layer's remaining weights that goes in each round


def new_weights():
    return [nn.Linear(*shape).weight.detach() for shape in ((64, 300), (300, 100), (100, 10))]


def train(start, masks, lr):
    """Train from `start` under the masks for 8 epochs; return the weights and the test error in %."""
    weights = [(w * mask).requires_grad_() for w, mask in zip(start, masks, strict=True)]
    biases = [torch.zeros(len(w), requires_grad=True) for w in weights]
    optimizer = torch.optim.Adam(weights + biases, lr=lr)

    def model(x):
        w1, w2, w3 = (w * mask for w, mask in zip(weights, masks, strict=True))
        hidden = torch.relu(torch.relu(x @ w1.T + biases[0]) @ w2.T + biases[1])  # (N, 100)
        return hidden @ w3.T + biases[2]  # (N, 10)

    for _ in range(8):
        for batch in train_rows[torch.randperm(1000)].split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    return [w.detach() for w in weights], 100 * (model(x[test_rows]).argmax(1) != y[test_rows]).float().mean().item()


rates, names = (5e-3, 1e-2), ("original", "original signs, fresh sizes", "original sizes, shuffled", "fresh")
errors, larger = {}, []
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    train_rows, test_rows = torch.randperm(len(y)).split([1000, 797])
    initial = new_weights()
    masks = [torch.ones_like(w) for w in initial]
    for rounds in range(7):
        left = 100 * sum(mask.sum().item() for mask in masks) / 50_200
        trained, error = train(initial, masks, rates[0])
        errors.setdefault((left, "original", rates[0]), []).append(error)
        if rounds in (3, 6):
            fresh, shuffled = new_weights(), [w.clone() for w in initial]
            signed = [f.abs() * w.sign() for f, w in zip(fresh, initial, strict=True)]
            for w, mask in zip(shuffled, masks, strict=True):  # each layer: the same values in other places
                w[mask == 1] = w[mask == 1][torch.randperm(int(mask.sum()))]
            for name, start in zip(names[1:], (signed, shuffled, fresh), strict=True):
                errors.setdefault((left, name, rates[0]), []).append(train(start, masks, rates[0])[1])
        if rounds == 6:
            for name, start in (("original", initial), ("fresh", fresh)):
                errors.setdefault((left, name, rates[1]), []).append(train(start, masks, rates[1])[1])
            larger.append([w[m == 1].abs().mean() / w.abs().mean() for w, m in zip(initial, masks, strict=True)])
        for w, mask, share in zip(trained, masks, cut, strict=True):  # then back to the initial weights
            size = w.abs()[mask == 1]
            mask[w.abs() < size.quantile(share)] = 0

lefts = sorted({left for left, _, _ in errors}, reverse=True)
table = {}
print("test error, mean and range of 3 seeds")
print("start from                    " + "".join(f"{left:8.1f} % of the weights" for left in (lefts[3], lefts[6])))
for name, style in zip(names, ("o-", "s--", "^-.", "v:"), strict=True):
    points = [left for left in lefts if (left, name, rates[0]) in errors]
    runs = torch.tensor([errors[left, name, rates[0]] for left in points])  # (points, seeds)
    table[name] = [runs[points.index(lefts[k])].mean().item() for k in (3, 6)]
    print(f"{name:30s}" + "".join(f"{a.mean():12.1f} ({a.min():4.1f} to {a.max():4.1f})"
                                  for a in (runs[points.index(lefts[3])], runs[-1])))
    plt.semilogx(points, runs.mean(1), style, label=name)
    plt.fill_between(points, runs.min(1).values, runs.max(1).values, alpha=0.25)
second = [sum(errors[lefts[6], name, rates[1]]) / 3 for name in ("original", "fresh")]
larger = torch.tensor(larger).mean(0)
print(f"at {lefts[6]:.1f} % and twice the rate: original {second[0]:.1f}, fresh {second[1]:.1f}")
print("initial size of survivors / of all: " + ", ".join(f"{ratio:.2f}" for ratio in larger) + " by layer")
plt.xticks(lefts, [f"{left:.0f}" for left in lefts])
plt.minorticks_off()
plt.gca().invert_xaxis()
plt.xlabel("weights left, %")
plt.ylabel("test error, %")
plt.legend(title="initial weights")
plt.show()

gap = min(table["fresh"][1], second[1]) - min(table["original"][1], second[0])
assert gap > 1.5, f"at 2 % left the original start should be better, each at its better rate, by {gap:.1f} points"
signs, shuffled = table["original signs, fresh sizes"][1], table["original sizes, shuffled"][1]
assert table["fresh"][1] - signs > 1.5, f"original signs alone should help, error {signs:.1f}, fresh {table['fresh'][1]:.1f}"
assert table["fresh"][1] - shuffled > 1, f"so should sizes alone, error {shuffled:.1f}, fresh {table['fresh'][1]:.1f}"
assert signs < shuffled + 1, f"signs should do about as well as shuffled sizes or better, {signs:.1f}, {shuffled:.1f}"
assert abs(table["fresh"][0] - table["original"][0]) < 2, f"at 13 % left it should matter little yet, {table}"
assert larger.min() > 1.15, f"in each layer the survivors should have started larger than average, ratios {larger}"
