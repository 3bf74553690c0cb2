"""Most blocks of a trained residual network can be deleted at little cost, no block of a plain network can."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
networks, seeds, num_epochs, lr = (("plain", 3), ("residual", 3), ("residual", 9)), range(0, 500, 100), 12, 0.1


def conv(inputs, outputs, stride=1):
    return [nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs)]


class Net(nn.Module):
    def __init__(self, kind, num_blocks):
        super().__init__()
        self.kind = kind
        self.stem = nn.Sequential(*conv(1, 8, stride=2), nn.ReLU())
        self.blocks = nn.ModuleList(nn.Sequential(*conv(8, 8), nn.ReLU(), *conv(8, 8)) for _ in range(num_blocks))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))

    def forward(self, x, deleted=None):
        x = self.stem(x)  # (N, 8, 4, 4)
        for i, block in enumerate(self.blocks):
            if i != deleted:  # a deleted block hands its input on
                x = torch.relu(block(x) + x if self.kind == "residual" else block(x))
        return self.head(x)


fig, axes = plt.subplots(1, 3, sharey=True, figsize=(7, 3), width_ratios=(3, 3, 6))
cost = []  # (seed, block) for each network: how much the error rises without this block
for (kind, num_blocks), ax in zip(networks, axes, strict=True):
    errors = torch.zeros(len(seeds), num_blocks + 1)  # the last column: nothing deleted
    for s, seed in enumerate(seeds):
        torch.manual_seed(seed)
        order = torch.randperm(len(y))
        train, test = order[:512], order[512:]
        model = Net(kind, num_blocks)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_epochs)
        for _ in range(num_epochs):
            for batch in train[torch.randperm(512)].split(64):
                loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            for deleted in range(num_blocks + 1):
                errors[s, deleted] = (model(x[test], deleted).argmax(1) != y[test]).float().mean()
    cost.append(errors[:, :-1] - errors[:, -1:])
    text = " ".join(f"{e:4.0%}" for e in errors.mean(0))
    print(f"{kind:8s} {num_blocks} blocks, test error without block 1, 2, ...; last with all: {text}")
    blocks = range(1, num_blocks + 1)
    ax.plot(blocks, errors[:, :-1].mean(0), "o", color="C0", label="one deleted")
    ax.vlines(blocks, errors[:, :-1].amin(0), errors[:, :-1].amax(0), color="C0", alpha=0.5)
    ax.axhline(errors[:, -1].mean(), color="C1", linestyle="--", label="all blocks")
    ax.set(title=f"{kind}, {num_blocks} blocks", xlabel="deleted block", xticks=blocks, ylim=(0, 1))
    ax.set_xlim(0.5, num_blocks + 0.5)
axes[0].set_ylabel("test error")
axes[2].legend()
plt.show()

plain, small, large = (c.mean(0) for c in cost)  # by block, mean over the seeds
assert plain.min() > 0.6, f"each deletion should ruin the plain network, the mildest cost {plain.min():.2f}"
assert small[:2].min() > 0.3, f"at 3 residual blocks the first two should be needed, cost {small[:2].min():.2f}"
assert small[2] < 0.15, f"the last of 3 residual blocks should cost little, cost {small[2]:.2f}"
assert large.median() < 0.12, f"of 9 the typical block should cost little too, cost {large.median():.2f}"
assert large[5:].mean() < 0.03, f"the last four least, cost {large[5:].mean():.3f} on average"
assert large[0] > 0.3, f"but the first block should be needed, its deletion cost {large[0]:.2f}"
