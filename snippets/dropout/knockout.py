"""At a learning rate that suits it, dropout makes accuracy fall more slowly as units are removed one after another."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (N, 64), (N,)
stages = torch.arange(0, 129, 8)  # how many units of each hidden layer are gone


def train_and_damage(p, lr, seed):
    """Return test loss, accuracy at each stage of removal, share of classes changed by each single unit."""
    torch.manual_seed(seed)
    train, test = torch.randperm(len(y)).split([1000, 797])
    train_x, train_y, test_x, test_y = x[train], y[train], x[test], y[test]
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(p),
                          nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(30):
        for batch in torch.randperm(1000).split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
            optimizer.step()

    model.eval()
    with torch.no_grad():
        hidden, logits = model[:3](test_x), model(test_x)  # (N, 128), (N, 10)
        loss, before = nn.functional.cross_entropy(logits, test_y), logits.argmax(1)
        changed = []
        for unit in range(128):  # of the first hidden layer, each alone: take its contribution away
            without = model[3](hidden) - hidden[:, [unit]] * model[3].weight[:, unit]  # (N, 128)
            changed.append((model[4:](without).argmax(1) != before).float().mean())
        curves = []
        for first, second in zip(torch.rand(4, 128).argsort(), torch.rand(4, 128).argsort(), strict=True):  # 4 orders
            left = [model[6](model[3:6](hidden * (first >= k)) * (second >= k)) for k in stages]  # k of each removed
            curves.append(torch.stack([(logits.argmax(1) == test_y).float().mean() for logits in left]))
    return loss, torch.stack(curves).mean(0), torch.stack(changed)


loss, curve, area, single = {}, {}, {}, {}
figure, axes = plt.subplots(1, 2, figsize=(7, 3.2), sharey=True)
print("learning              test   accuracy with 0, 50, 88 %     classes changed by")
print("    rate       p      loss   of the units removed          one unit, mean")
for axis, lr in zip(axes, (3e-3, 3e-2), strict=True):
    for p, style in ((0.5, "-"), (0.0, "--")):
        losses, curves, changed = zip(*[train_and_damage(p, lr, seed) for seed in range(0, 1200, 100)], strict=True)
        curves = torch.stack(curves)  # (seeds, stages)
        curve[p, lr], area[p, lr] = curves.mean(0).tolist(), curves.mean(1)  # area: mean over all stages, (seeds,)
        loss[p, lr], single[p, lr] = (torch.stack(values).mean().item() for values in (losses, changed))
        print(f"   {lr:.3f}   {p:5.1f}   {loss[p, lr]:7.2f}   " + "   ".join(f"{100 * curve[p, lr][k]:4.1f} %"
              for k in (0, 8, 14)) + f"   {100 * single[p, lr]:16.2f} %")
        axis.plot(stages / 1.28, 100 * curves.mean(0), style, label=f"p = {p}")
        axis.fill_between(stages / 1.28, 100 * curves.min(0).values, 100 * curves.max(0).values, alpha=0.25)
    axis.set_title(f"learning rate {lr:.0e}")
    axis.set_xlabel("units removed, %")
axes[0].set_ylabel("test accuracy, %")
axes[0].legend()
plt.show()

def surely(difference):  # seed by seed: the mean, and two standard errors above and below it
    error = 2 * difference.std().item() / len(difference) ** 0.5
    return difference.mean().item(), difference.mean().item() - error, difference.mean().item() + error


lead = {lr: surely(area[0.5, lr] - area[0.0, lr]) for lr in (3e-3, 3e-2)}
across = surely(area[0.5, 3e-3] - area[0.0, 3e-2])  # the better rate of each
for lr, (mean, low, high) in lead.items():
    print(f"lead of dropout at {lr}, over all stages: {mean:.3f} ({low:.3f} to {high:.3f})")
print(f"at 0.003, over no dropout at 0.03: {across[0]:.3f} ({across[1]:.3f} to {across[2]:.3f})")
assert loss[0.5, 3e-3] < 0.75 * loss[0.5, 3e-2], f"0.003 should suit dropout better than 0.03, test losses {loss}"
for mean, low, _ in (lead[3e-3], across):
    assert mean > 0.05 and low > 0, f"at 0.003 dropout should stand removal better than none at either rate: {mean:.3f}"
gone = lead[3e-2][2]
assert gone < lead[3e-3][0] / 2, f"at 0.03 most of that lead should be gone, {gone:.3f} may be left"
assert abs(curve[0.5, 3e-3][0] - curve[0.0, 3e-3][0]) < 0.03, "at 0.003 both should start about equally accurate"
assert max(c[14] for c in curve.values()) < 0.6, "with 88 % of the units gone every network should fail"
for lr in (3e-3, 3e-2):
    assert single[0.5, lr] < 0.75 * single[0.0, lr], f"with dropout one unit should matter less, at {lr}: {single}"
