"""One trunk with two heads has about half the parameters of two networks; many labels of the finer task help the other."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
targets = [torch.tensor(digits.target), torch.tensor(digits.target >= 5).long()]  # task 0: which digit; 1: is it >= 5


def train(num_labels, lr, seed):
    """Train on the first num_labels[t] images for task t; return accuracies (validation and test, task) and size."""
    torch.manual_seed(seed)
    order = torch.randperm(len(x))
    train_x, tasks = x[order[:max(num_labels)]], [t for t in (0, 1) if num_labels[t]]
    trunk = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
    heads = nn.ModuleDict({str(t): nn.Linear(64, 10 if t == 0 else 2) for t in tasks})
    parameters = [*trunk.parameters(), *heads.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=lr)
    for _ in range(60):
        optimizer.zero_grad()
        features, loss = trunk(train_x), 0  # (N, 64), one pass through the trunk for both tasks
        for t in tasks:
            labelled = order[:num_labels[t]]
            loss = loss + nn.functional.cross_entropy(heads[str(t)](features[:len(labelled)]), targets[t][labelled])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        correct = [[(heads[str(t)](trunk(x[part])).argmax(1) == targets[t][part]).float().mean().item() for t in tasks]
                   for part in (order[797:1197], order[1197:])]
    return torch.tensor(correct), sum(p.numel() for p in parameters)


def best(*num_labels):
    """Accuracy for each of ten seeds and task at the learning rate with the best mean validation accuracy."""
    runs = {}
    for lr in (3e-3, 1e-2, 3e-2):
        runs[lr] = torch.stack([train(num_labels, lr, seed)[0] for seed in range(0, 1000, 100)])  # (seeds, 2, tasks)
    return max(runs.values(), key=lambda accuracy: accuracy[:, 0].mean())[:, 1]  # (seeds, tasks)


alone_sizes = [train(num_labels, 0.01, seed=0)[1] for num_labels in ((50, 0), (0, 50))]
shared_size = train((50, 50), 0.01, seed=0)[1]
share = shared_size / sum(alone_sizes)
print(f"parameters: two networks {sum(alone_sizes):,}, one trunk with two heads {shared_size:,} ({100 * share:.0f} %)\n")
alone = torch.cat([best(50, 0), best(0, 50)], 1)  # (seeds, tasks), a network for each task
same = best(50, 50)
cases = {"digit, both on 50 images": (0, same), "size, both on 50 images": (1, same),
         "digit, 500 labels of size": (0, best(50, 500)), "size, 500 labels of digit": (1, best(500, 50))}
print("task with 50 labels, partner   own network   shared trunk   gain, points (mean ± sd)")
gain = {}
for row, (name, (task, accuracy)) in enumerate(cases.items()):
    points = 100 * (accuracy - alone)[:, task]  # (seeds,), paired: the same images for both sides
    gain[name] = points.mean().item()
    print(f"{name:28s}   {100 * alone[:, task].mean():9.1f} % {100 * accuracy[:, task].mean():12.1f} %"
          f"   {gain[name]:12.1f} ± {points.std():.1f}")
    plt.plot(points, [row] * len(points), "o", color=f"C{task}", alpha=0.5)
    plt.plot(gain[name], row + 0.25, "^", color=f"C{task}", markersize=10)
plt.axvline(0, color="gray", linestyle="--")
plt.yticks(range(4), cases)
plt.ylim(3.6, -0.6)
plt.xlabel("gain in accuracy by sharing, points")
plt.show()

assert sum(alone_sizes) - shared_size == 64 * 64 * 2 + 64 * 2 == 8320, "sharing should save exactly one trunk"
assert shared_size == 8320 + 650 + 130 == 9100, f"one trunk and two heads should be left, {shared_size:,} are"
assert share < 0.55, f"with two tasks about half of the parameters should be left, {100 * share:.0f} % are"
digit_same, size_same, digit_rich, size_rich = gain.values()
assert digit_same + size_same < 1, f"on the same few images sharing should not gain: {digit_same:.1f}, {size_same:.1f}"
assert abs(digit_rich) < 3, f"500 labels of size should change little for the digit task, {digit_rich:.1f} points"
assert size_rich > 3, f"500 labels of the digit should help the size task clearly, gain {size_rich:.1f} points"
assert size_rich > digit_rich, "labels of the finer task should help more than those of the coarser one"
assert alone.min() > 0.5, f"every network should have learned its task, worst accuracy {alone.min():.2f}"
