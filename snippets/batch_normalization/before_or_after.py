"""BN before or after the ReLU: over eight seeds of a small CNN the two orders differ by less than the seeds do."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
num_epochs, batch_size, lr = 5, 50, 0.03  # of 0.01, 0.03, 0.1 and 0.3 the best for either order, on other seeds

error, zeros = {"before": [], "after": []}, {"before": [], "after": []}
for seed in range(0, 800, 100):
    for order in error:  # both orders see the same split, initial weights and batches
        torch.manual_seed(seed)
        shuffled = torch.randperm(len(y))
        train, test = shuffled[:1000], shuffled[1000:]
        layers, channels = [], 1
        for stride in (1, 2, 2):
            conv = torch.nn.Conv2d(channels, 16, 3, stride, padding=1)
            bn, relu = torch.nn.BatchNorm2d(16), torch.nn.ReLU()
            layers += [conv, bn, relu] if order == "before" else [conv, relu, bn]
            channels = 16
        model = torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(64, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        for epoch in range(num_epochs):
            for batch in train[torch.randperm(1000)].split(batch_size):
                loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        model.eval()
        with torch.no_grad():
            error[order].append(100 * (model(x[test]).argmax(1) != y[test]).float().mean().item())
            zeros[order].append((model[:3](x[test]) == 0).float().mean().item())  # what the second convolution receives

before, after = torch.tensor(error["before"]), torch.tensor(error["after"])
gap = (before - after).mean().item()  # paired over seeds
uncertain = (before - after).std().item() / len(before) ** 0.5
for order, value in (("before", before), ("after", after)):
    share = sum(zeros[order]) / len(before)
    print(f"BN {order:6s} the ReLU: test error {value.mean():.1f} % (seeds {value.min():.1f} to {value.max():.1f}),"
          f" exact zeros in the next layer's input {share:.0%}")
print(f"mean difference, before - after: {gap:+.2f} points, standard error {uncertain:.2f}")

fig, ax = plt.subplots(figsize=(5.2, 3.4))
for b, a in zip(before, after):
    ax.plot([0, 1], [b, a], color="gray", linewidth=0.8, marker="o", markersize=4)
ax.plot([0, 1], [before.mean(), after.mean()], color="C1", linewidth=3, marker="D", label="mean")
ax.set_xticks([0, 1], ["conv, BN, ReLU", "conv, ReLU, BN"])
ax.set_xlim(-0.4, 1.4)
ax.set_ylim(0)
ax.set_ylabel("test error, %")
ax.legend(loc="lower right")
plt.show()

spread = min((error.max() - error.min()).item() for error in (before, after))
worst = torch.cat([before, after]).max()
assert worst < 8, f"both orders should train, worst error {worst:.1f} %"
assert abs(gap) < 1.2, f"the orders should differ by less than 1.2 points on average, gap {gap:.2f}"
assert abs(gap) < spread, f"the gap {gap:.2f} should be smaller than the spread over seeds, {spread:.2f}"
assert min(zeros["before"]) > 0.1, f"with BN before, zeros should reach the next layer, {min(zeros['before']):.2f}"
assert max(zeros["after"]) < 0.01, f"with BN after, hardly an exact zero should, share {max(zeros['after']):.3f}"
