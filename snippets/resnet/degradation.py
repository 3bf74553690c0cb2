"""20 plain layers reach a higher TRAINING error than 6 at every rate tried, 20 with shortcuts fit the digits."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
kinds, depths, rates, seeds, num_epochs = ("plain", "residual"), (6, 20), (0.05, 0.1, 0.2), range(0, 300, 100), 12


def conv(inputs, outputs, stride=1):
    return [nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs)]


class Net(nn.Module):
    def __init__(self, depth, residual):
        super().__init__()
        self.residual = residual
        self.stem = nn.Sequential(*conv(1, 8, stride=2), nn.ReLU())
        self.blocks = nn.ModuleList(nn.Sequential(*conv(8, 8), nn.ReLU(), *conv(8, 8)) for _ in range((depth - 2) // 2))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))

    def forward(self, x):
        x = self.stem(x)  # (N, 8, 4, 4)
        for block in self.blocks:
            x = torch.relu(block(x) + x if self.residual else block(x))  # the only difference
        return self.head(x)


error = torch.zeros(len(kinds), len(depths), len(rates), len(seeds), num_epochs)
for index in torch.cartesian_prod(*[torch.arange(n) for n in error.shape[:4]]).tolist():
    kind, depth, lr, seed = (values[i] for values, i in zip((kinds, depths, rates, seeds), index, strict=True))
    torch.manual_seed(seed)
    train = torch.randperm(len(y))[:512]
    model = Net(depth, kind == "residual")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_epochs)
    for epoch in range(num_epochs):
        for batch in train[torch.randperm(512)].split(64):
            logits = model(x[batch])
            loss = nn.functional.cross_entropy(logits, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            error[*index, epoch] += (logits.argmax(1) != y[batch]).sum() / 512
        schedule.step()

final = error[..., -1]  # (kind, depth, rate, seed)
for k, kind in enumerate(kinds):
    for d, depth in enumerate(depths):
        text = ", ".join(f"{lr:.2f}: {e:5.1%}" for lr, e in zip(rates, final[k, d].mean(1), strict=True))
        print(f"{kind:8s} {depth:2d} layers, training error at rate {text} (mean of {len(seeds)} seeds)")
best = final.mean(3).argmin(2)  # (kind, depth), the rate tuned for each of the four networks
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 3))
for k, ax in enumerate(axes):
    for d, style in enumerate(("o-", "s--")):
        epochs, curve = range(1, num_epochs + 1), error[k, d, best[k, d]]  # (seeds, epochs)
        ax.plot(epochs, curve.mean(0), style, markersize=4, label=f"{depths[d]} layers", color=f"C{d}")
        ax.fill_between(epochs, curve.amin(0), curve.amax(0), alpha=0.2, color=f"C{d}")
    ax.set(title=kinds[k], xlabel="epoch", xticks=(1, 4, 8, 12), ylim=(0, 1))
axes[0].set_ylabel("training error")
axes[0].legend()
plt.show()

shallow, deep = final[0].amin(1)  # (seed), the best rate of each seed
print(f"plain, best rate for each seed: 20 layers {deep.min():.0%} or more, 6 layers {shallow.max():.0%} or less")
assert (deep > shallow + 0.05).all(), f"20 plain layers should train worse than 6: {deep.tolist()} {shallow.tolist()}"
assert (final[0, 1].mean(1) > final[0, 0].mean(1)).all(), "and at every rate, on average over the seeds"
good = final[1, 1, best[1, 1]].mean()
assert good < 0.03, f"20 layers with shortcuts should fit the training set, error {good:.1%}"
