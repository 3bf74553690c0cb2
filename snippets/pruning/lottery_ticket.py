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


rates = (5e-3, 2e-2, 4e-2)  # of the last comparison; each start takes its best by test error
names = ("original", "original signs, fresh sizes", "original sizes, shuffled", "fresh")
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
        if rounds == 6:
            fresh, shuffled = new_weights(), [w.clone() for w in initial]
            signed = [f.abs() * w.sign() for f, w in zip(fresh, initial, strict=True)]
            for w, mask in zip(shuffled, masks, strict=True):  # each layer: the same values in other places
                w[mask == 1] = w[mask == 1][torch.randperm(int(mask.sum()))]
            for name, start in zip(names, (initial, signed, shuffled, fresh), strict=True):
                for lr in rates[name == "original":]:  # the first rate of the original start is done
                    errors.setdefault((left, name, lr), []).append(train(start, masks, lr)[1])
            larger.append([w[m == 1].abs().mean() / w.abs().mean() for w, m in zip(initial, masks, strict=True)])
        elif rounds == 3:
            errors.setdefault((left, "fresh", rates[0]), []).append(train(new_weights(), masks, rates[0])[1])
        for w, mask, share in zip(trained, masks, cut, strict=True):  # then back to the initial weights
            size = w.abs()[mask == 1]
            mask[w.abs() < size.quantile(share)] = 0

lefts = sorted({left for left, _, _ in errors}, reverse=True)
mean = {key: sum(values) / 3 for key, values in errors.items()}
print(f"test error in %, mean of 3 seeds; {lefts[6]:.1f} % of the weights left")
print("start from                  at rate" + "".join(f"{lr:8.3f}" for lr in rates) + "   range at the best rate")
best = {}
for row, name in enumerate(names):
    lr = min(rates, key=lambda lr: mean[lefts[6], name, lr])
    best[name], runs = mean[lefts[6], name, lr], errors[lefts[6], name, lr]
    print(f"{name:35s}" + "".join(f"{mean[lefts[6], name, lr]:8.1f}" for lr in rates)
          + f"{min(runs):10.1f} to {max(runs):4.1f}")
    curve = torch.tensor([errors[lefts[6], name, lr] for lr in rates])  # (rates, seeds)
    plt.semilogx(rates, curve.mean(1), ("o-", "s--", "^-.", "v:")[row], label=name)
    plt.fill_between(rates, curve.min(1).values, curve.max(1).values, alpha=0.25)
dense, at_13 = mean[lefts[0], "original", rates[0]], [mean[lefts[3], name, rates[0]] for name in ("original", "fresh")]
print(f"at rate {rates[0]}: all weights left {dense:.1f}; {lefts[3]:.0f} % left, original {at_13[0]:.1f}, fresh {at_13[1]:.1f}")
larger = torch.tensor(larger).mean(0)
print("initial size of survivors / of all: " + ", ".join(f"{ratio:.2f}" for ratio in larger) + " by layer")
plt.axhline(dense, color="gray", linewidth=1)
plt.text(rates[0], dense + 0.1, "all weights", color="gray", va="bottom")
plt.xticks(rates, rates)
plt.minorticks_off()
plt.xlabel("learning rate")
plt.ylabel("test error, %")
plt.ylim(bottom=0)
plt.legend(loc="lower left", ncol=2)
plt.show()

original, signs, shuffled, fresh = best.values()
assert 12 < lefts[3] < 14 and 1.5 < lefts[6] < 2.5, f"13 and 2 % of the weights should be left, {lefts}"
assert fresh - original > 1.5, f"at 2 % left the original start should be better, errors {original:.1f} and {fresh:.1f}"
assert original - dense < 4, f"it should come near the dense network, errors {original:.1f} and {dense:.1f}"
assert fresh - signs > 1, f"original signs alone should help, errors {signs:.1f} and {fresh:.1f}"
assert fresh - shuffled > 0.5, f"so should sizes alone, errors {shuffled:.1f} and {fresh:.1f}"
grown = mean[lefts[6], "fresh", rates[0]] - mean[lefts[6], "original", rates[0]] - (at_13[1] - at_13[0])
assert grown > 1, f"the gap should be larger at 2 % left than at 13 %, by {grown:.1f} points"
assert larger.min() > 1.15, f"in each layer the survivors should have started larger than average, ratios {larger}"
