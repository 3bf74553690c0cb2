"""Soft sharing keeps two networks and pulls them together: an L2 tie closes their distance, a trace norm their rank."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
targets = [torch.tensor(digits.target), torch.tensor(digits.target >= 5).long()]  # which digit; is it >= 5
lr, num_steps = 0.5, 200


def l2_step(a, b, tie):
    """The mean of the two layers stays, their difference shrinks."""
    mean, half = (a + b) / 2, (a - b) / 2 / (1 + 2 * lr * tie)
    return mean + half, mean - half


def trace_step(a, b, tie):
    """Stack a on b; every singular value of the stack loses lr * tie, down to 0."""
    u, s, vh = torch.linalg.svd(torch.cat([a, b]), full_matrices=False)  # (64, 64), (64,), (64, 64)
    return (u * (s - lr * tie).clamp(min=0) @ vh).chunk(2)


def train(step, tie, seed):
    """Train two networks on 50 images each with tied first layers; return distance, rank and accuracies."""
    torch.manual_seed(seed)
    order = torch.randperm(len(x))
    parts, test = (order[:50], order[50:100]), order[797:]
    models = [nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, classes)) for classes in (10, 2)]
    models[1][0].load_state_dict(models[0][0].state_dict())  # the same start, so that unit i of one meets unit i
    a, b = models[0][0].weight, models[1][0].weight  # (32, 64) each
    optimizer = torch.optim.SGD([p for model in models for p in model.parameters()], lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        for model, target, part in zip(models, targets, parts, strict=True):
            nn.functional.cross_entropy(model(x[part]), target[part]).backward()
        optimizer.step()  # a step down both losses
        with torch.no_grad():
            for weight, new in zip((a, b), step(a, b, tie), strict=True):  # then the proximal step of the tie
                weight.copy_(new)
    with torch.no_grad():
        values = torch.linalg.svdvals(torch.cat([a, b]))
        accuracy = [(model(x[test]).argmax(1) == target[test]).float().mean().item()
                    for model, target in zip(models, targets, strict=True)]
    return (a - b).norm().item(), (values > 1e-4 * values[0]).sum().item(), *accuracy


ties = {l2_step: (0, 1e-3, 1e-2, 0.1, 1, 10), trace_step: (0, 1e-3, 3e-3, 1e-2, 0.1)}
table = {}
print("tie          strength   distance   rank of stack   accuracy: digit, size (means of 12 seeds)")
for step, strengths in ties.items():
    for tie in strengths:
        runs = [train(step, tie, seed) for seed in range(0, 1200, 100)]
        table[step, tie] = torch.tensor(runs)  # (seeds, 4)
        distance, rank, first, second = table[step, tie].mean(0).tolist()
        print(f"{step.__name__:10s} {tie:10.3f} {distance:10.4f} {rank:15.0f} {100 * first:16.1f} % {100 * second:5.1f} %")

figure, axes = plt.subplots(1, 2, figsize=(7, 3.2))
for axis, (step, strengths), column, title in zip(axes, ties.items(), (0, 1), ("L2 tie", "trace norm"), strict=True):
    values = torch.stack([table[step, tie][:, column] for tie in strengths])  # (strengths, seeds)
    axis.plot(strengths[1:], values.mean(1)[1:], "o-", label="tied")
    axis.fill_between(strengths[1:], values.amin(1)[1:], values.amax(1)[1:], alpha=0.25)
    axis.axhline(values[0].mean(), color="gray", linestyle="--", label="not tied")
    axis.set_xscale("log")
    axis.set_title(title)
    axis.set_xlabel("strength of the tie")
    axis.legend(loc="lower left")
axes[0].set_yscale("log")
axes[0].set_ylabel("distance of the first layers")
axes[1].set_ylabel("rank of their stack")
axes[1].set_ylim(0)
plt.show()

mean = {key: values.mean(0) for key, values in table.items()}  # distance, rank, accuracy of each task
gaps = [mean[l2_step, tie][0].item() for tie in ties[l2_step]]
ranks = [mean[trace_step, tie][1].item() for tie in ties[trace_step]]
assert gaps == sorted(gaps, reverse=True) and gaps[-1] < 1e-3 * gaps[0], f"L2 should close the distance, {gaps}"
assert 8 < gaps[-2] / gaps[-1] < 12, f"a strong tie should leave 1/strength, 10 times gave {gaps[-2] / gaps[-1]:.1f}"
assert ranks == sorted(ranks, reverse=True) and ranks[3] < 0.5 * ranks[0], f"the trace norm should cut rank, {ranks}"
assert mean[trace_step, 0.1][0] > 0.3 * gaps[0], "and it should leave the two layers apart"
for step, tie in table:  # the gain over no tie in the mean of both tasks, in points, seed by seed
    gains = 100 * (table[step, tie] - table[step, 0])[:, 2:].mean(1)  # (seeds,)
    gain, error = gains.mean().item(), gains.std().item() / len(gains) ** 0.5
    assert gain + 2 * error < 3, f"no tie should help here by three points, {tie} gained {gain:.1f} ± {error:.1f}"
    if (step, tie) == (trace_step, 0.1):
        assert gain < -8 and gain + 2 * error < 0, f"a strong trace norm should cost, it brought {gain:.1f} ± {error:.1f}"
