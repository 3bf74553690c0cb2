"""BN over two images at a time fails where its map is 1x1 and copes where it is 2x2; GroupNorm needs no batch mates."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
num_epochs, batch_size, lr = 3, 16, 0.01  # of 0.01, 0.03, 0.1 the best for either norm, on other seeds


def build(norm, sides):  # sides of the maps; at side 1 BN gets one value per image and channel
    layers, channels = [], 1
    for _ in sides:
        norm_layer = torch.nn.BatchNorm2d(16) if norm == "BN" else torch.nn.GroupNorm(2, 16)
        layers += [torch.nn.Conv2d(channels, 16, 3, stride=2, padding=1), norm_layer, torch.nn.ReLU()]
        channels = 16
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(16 * sides[-1] ** 2, 10))


def test_error(norm, part, seed, sides=(4, 2, 1)):
    torch.manual_seed(seed)
    shuffled = torch.randperm(len(y))
    train, test = shuffled[:640], shuffled[1000:]
    model = build(norm, sides)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(num_epochs):
        for batch in train[torch.randperm(640)].split(batch_size):
            optimizer.zero_grad()
            for rows in batch.split(part):  # as on a small GPU: the gradient is accumulated over the parts
                loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows]) * len(rows) / batch_size
                loss.backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        return 100 * (model(x[test]).argmax(1) != y[test]).float().mean().item()


parts, seeds = (2, 4, 16), (0, 100, 200)
bn = torch.tensor([[test_error("BN", part, seed) for seed in seeds] for part in parts])  # (parts, seeds)
group = torch.tensor([[test_error("GroupNorm", 16, seed) for seed in seeds]]).expand(3, 3)  # the same for all parts
larger = torch.tensor([[test_error("BN", part, seed, (4, 2)) for seed in seeds] for part in (2, 16)])
print("test error with BN over", ", ".join(f"{p} images: {e:.0f} %" for p, e in zip(parts, bn.mean(1))))
print(f"where the last map is 2x2: 2 images: {larger[0].mean():.0f} %, 16 images: {larger[1].mean():.0f} %")
print(f"test error with GroupNorm, for any split: {group.mean():.0f} %")

fig, ax = plt.subplots(figsize=(6, 3.2))
for error, color, style, label in ((bn, "C0", "o-", "BN, 1x1"), (group, "C1", "s--", "GroupNorm, 1x1")):
    ax.plot(parts, error.mean(1), style, color=color, label=label)
    ax.fill_between(parts, error.min(1).values, error.max(1).values, color=color, alpha=0.25)
ax.plot((2, 16), larger.mean(1), "^:", color="C2", label="BN, 2x2")
ax.set_xscale("log", base=2)
ax.set_xticks(parts, parts)
ax.set_ylim(0)
ax.set(xlabel="images that BN normalizes together", ylabel="test error, %")
ax.legend(title="norm, last map")
plt.show()

low, high = torch.nn.BatchNorm1d(1)(torch.tensor([[3.0], [8.0]])).flatten().tolist()  # two values, whatever they are
assert abs(low + 1) < 1e-4 and abs(high - 1) < 1e-4, f"two values should become -1 and 1, got {low:.3f} and {high:.3f}"
assert bn[0].min() > 30, f"BN over 2 images should fail, smallest error {bn[0].min():.0f} %"
assert bn[1:].mean() < 15, f"BN over 4 and 16 images should train, error {bn[1:].mean():.1f} %"
assert group.mean() < 25, f"GroupNorm should train, error {group.mean():.1f} %"
assert group.mean() > bn[2].mean(), f"but not beat BN over 16, {group.mean():.1f} against {bn[2].mean():.1f} %"
assert larger[0].max() < 20, f"on 2x2 maps even 2 images should do, worst error {larger[0].max():.1f} %"
assert group.max() < bn[0].min() - 5, f"GroupNorm should beat BN over 2, {group.max():.0f} against {bn[0].min():.0f} %"
