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


def train(starts, masks, lr):
    """Train S networks side by side for 8 epochs on the same batches, one from each start, all under the same masks.

    Returns the weights of the first and the errors in %, (2, S): on the validation and on the test images.
    """
    weights = [(torch.stack(layer) * mask).requires_grad_() for *layer, mask in zip(*starts, masks, strict=True)]
    biases = [torch.zeros(len(starts), 1, w.shape[1], requires_grad=True) for w in weights]  # (S, 1, outputs)
    optimizer = torch.optim.Adam(weights + biases, lr=lr)

    def model(x):  # (N, 64) to (S, N, 10)
        w1, w2, w3 = ((w * mask).mT for w, mask in zip(weights, masks, strict=True))
        hidden = torch.relu(torch.relu(x @ w1 + biases[0]) @ w2 + biases[1])  # (S, N, 100)
        return hidden @ w3 + biases[2]

    for _ in range(8):
        for batch in train_rows[torch.randperm(1000)].split(50):
            logits, target = model(x[batch]).flatten(0, 1), y[batch].repeat(len(starts))
            optimizer.zero_grad()
            (len(starts) * nn.functional.cross_entropy(logits, target)).backward()  # the sum of the S mean losses
            optimizer.step()
    with torch.no_grad():
        wrong = [100 * (model(x[rows]).argmax(2) != y[rows]).float().mean(1) for rows in (valid_rows, test_rows)]
    return [w.detach()[0] for w in weights], torch.stack(wrong)


rates = (5e-3, 2e-2, 4e-2, 8e-2)  # of the last comparison
names = ("original", "original signs, fresh sizes", "original sizes, shuffled", "fresh")
dense, at_13, at_2, lefts, larger = [], [], [], [], []
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    train_rows, valid_rows, test_rows = torch.randperm(len(y)).split([1000, 300, 497])
    initial = new_weights()
    masks = [torch.ones_like(w) for w in initial]
    for rounds in range(7):
        lefts.append(100 * sum(mask.sum().item() for mask in masks) / 50_200)
        if rounds == 6:
            fresh, shuffled = new_weights(), [w.clone() for w in initial]
            signed = [f.abs() * w.sign() for f, w in zip(fresh, initial, strict=True)]
            for w, mask in zip(shuffled, masks, strict=True):  # each layer: the same values in other places
                w[mask == 1] = w[mask == 1][torch.randperm(int(mask.sum()))]
            starts = (initial, signed, shuffled, fresh)
            at_2.append(torch.stack([train(starts, masks, lr)[1] for lr in rates]))  # (rates, 2, starts)
            larger.append([w[m == 1].abs().mean() / w.abs().mean() for w, m in zip(initial, masks, strict=True)])
            break
        starts = [initial, new_weights()] if rounds == 3 else [initial]
        trained, error = train(starts, masks, rates[0])
        if rounds == 0:
            dense.append(error[1, 0])
        if rounds == 3:
            at_13.append(error[1])
        for w, mask, share in zip(trained, masks, cut, strict=True):  # then back to the initial weights
            size = w.abs()[mask == 1]
            mask[w.abs() < size.quantile(share)] = 0

valid, test = torch.stack(at_2).unbind(2)  # (seeds, rates, starts) each
at_13, dense, num_seeds = torch.stack(at_13), torch.stack(dense), len(dense)  # (seeds, 2), (seeds,)
chosen = valid.mean(0).argmin(0)  # (starts,): each start takes its rate by the mean error on the validation images
best = test[:, chosen, torch.arange(4)]  # (seeds, starts)


def mean_and_error(values):
    return values.mean().item(), values.std().item() / num_seeds**0.5


print(f"test error in %, mean of {num_seeds} seeds; {lefts[6]:.1f} % of the weights left")
print("start from                  at rate" + "".join(f"{lr:7.3f}" for lr in rates) + "   at its rate, minus original")
for row, name in enumerate(names):
    gap, error = mean_and_error(best[:, row] - best[:, 0])
    print(f"{name:35s}" + "".join(f"{value:7.1f}" for value in test[:, :, row].mean(0))
          + f"   {best[:, row].mean():11.1f} {gap:+7.1f} ± {error:.1f}")
    mean, error = test[:, :, row].mean(0), test[:, :, row].std(0) / num_seeds**0.5
    plt.semilogx(rates, mean, ("o-", "s--", "^-.", "v:")[row], label=name)
    plt.fill_between(rates, mean - error, mean + error, alpha=0.25)
print(f"at rate {rates[0]}: all weights left {dense.mean():.1f}; "
      f"{lefts[3]:.0f} % left, original {at_13[:, 0].mean():.1f}, fresh {at_13[:, 1].mean():.1f}")
larger = torch.tensor(larger).mean(0)
print("initial size of survivors / of all: " + ", ".join(f"{ratio:.2f}" for ratio in larger) + " by layer")
plt.axhline(dense.mean(), color="gray", linewidth=1)
plt.text(rates[0], dense.mean() + 0.1, "all weights", color="gray", va="bottom")
plt.xticks(rates, rates)
plt.minorticks_off()
plt.xlabel("learning rate")
plt.ylabel("test error, %")
plt.ylim(bottom=0)
plt.legend(loc="lower left", ncol=2)
plt.show()

grown = (test[:, 0, 3] - test[:, 0, 0]) - (at_13[:, 1] - at_13[:, 0])  # (seeds,)
grew, grew_error = mean_and_error(grown)
print(f"from 13 to 2 % left the gap of fresh to original grows by {grew:.1f} ± {grew_error:.1f} points")

assert 12 < lefts[3] < 14 and 1.5 < lefts[6] < 2.5, f"13 and 2 % of the weights should be left, {lefts[:7]}"
curves = test.mean(0)  # (rates, starts)
assert (curves[:, 3] > curves[:, :3].amax(1) + 1.5).all(), f"fresh weights should be behind at every rate, {curves}"
for k, name in enumerate(names[:3]):
    gap, error = mean_and_error(best[:, 3] - best[:, k])
    least = 2 if name == "original sizes, shuffled" else 2.5
    assert gap > max(least, 2 * error), f"{name} should beat fresh by over {least} points, by {gap:.1f} ± {error:.1f}"
near = max(abs(mean_and_error(best[:, k] - best[:, 0])[0]) for k in (1, 2))
assert near < 2.5, f"signs alone and sizes alone should come near the original start, one is {near:.1f} points away"
behind = (best[:, 0] - dense).mean().item()
assert behind < 3, f"the original start should come near the dense network, it is {behind:.1f} points behind"
assert grew > 2.5 and grew > 2 * grew_error, f"the gap should be larger at 2 % left than at 13 %, by {grew:.1f}"
assert larger.min() > 1.2, f"in each layer the survivors should have started larger than average, ratios {larger}"
