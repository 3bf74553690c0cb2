"""A small U-Net trained on digit scenes draws better masks than the same network without skips after equal steps."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images, labels = torch.tensor(digits.images, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (1797, 8, 8)
rates, seeds, num_steps, batch_size = [0.001, 0.003, 0.01, 0.03, 0.1], (100, 200, 300), 100, 8


def scenes(pool, count):  # three digits of the pool in noise, each in a quarter of its own; the mask is their ink
    x, y = 0.15 * torch.randn(count, 1, 24, 24), torch.zeros(count, 24, 24, dtype=torch.long)
    for n in range(count):
        for quarter in torch.randperm(4)[:3].tolist():
            k, (down, right) = pool[torch.randint(len(pool), ())], torch.randint(5, (2,)).tolist()
            place = n, slice(12 * (quarter // 2) + down, None), slice(12 * (quarter % 2) + right, None)
            x[n, 0][place[1:]][:8, :8] += images[k]
            y[place][:8, :8] = (images[k] > 0.25) * (labels[k] + 1)  # 0 background, 1 zero, 2 one
    return x, y


def block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class Net(nn.Module):
    def __init__(self, skips):
        super().__init__()
        self.skips, self.pool = skips, nn.MaxPool2d(2)
        self.fine, self.middle, self.coarse = block(1, 16), block(16, 24), block(24, 32)
        wide = 1 if skips else 2  # without skips, more upsampled maps take the place of the copied ones
        self.up_middle, self.up_fine = nn.ConvTranspose2d(32, 24 * wide, 2, 2), nn.ConvTranspose2d(24, 16 * wide, 2, 2)
        self.merge_middle, self.merge_fine, self.score = block(48, 24), block(32, 16), nn.Conv2d(16, 3, 1)

    def forward(self, x):
        fine = self.fine(x)  # (N, 16, 24, 24)
        middle = self.middle(self.pool(fine))  # (N, 24, 12, 12)
        up = self.up_middle(self.coarse(self.pool(middle)))  # from 6 x 6 to 12 x 12
        up = self.up_fine(self.merge_middle(torch.cat([up, middle], 1) if self.skips else up))
        return self.score(self.merge_fine(torch.cat([up, fine], 1) if self.skips else up))  # (N, 3, 24, 24)


def run(skips, lr, seed):  # mean IoU of the three classes on validation and test scenes; a test scene with both digits
    torch.manual_seed(seed)
    chosen = torch.nonzero(labels < 2)[:, 0]
    parts = chosen[torch.randperm(len(chosen))].split([200, 60, 100])  # no digit is in two parts
    (x, y), valid, (test_x, test_y) = (scenes(part, n) for part, n in zip(parts, (500, 100, 100), strict=True))
    model = Net(skips)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_steps)
    for batch in torch.randint(len(x), (num_steps, batch_size)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    ious = []
    for held_x, held_y in (valid, (test_x, test_y)):
        found = model.eval()(held_x).argmax(1)
        each = [((found == k) & (held_y == k)).sum() / ((found == k) | (held_y == k)).sum() for k in range(3)]
        ious.append(torch.stack(each).mean().item())
    n = torch.stack([(test_y == k).flatten(1).any(1) for k in (1, 2)]).all(0).nonzero()[0, 0]  # the first with both
    return ious, [test_x[n, 0], test_y[n], found[n]]


result, panels = {}, {}
for name, skips in (("with skips", True), ("without skips", False)):
    runs = [[run(skips, lr, seed) for seed in seeds] for lr in rates]
    ious = torch.tensor([[iou for iou, _ in of_rate] for of_rate in runs])  # (rates, seeds, 2)
    best = ious[:, :, 0].mean(1).argmax().item()  # the rate with the best mean on the validation scenes
    result[name], (scene, mask, panels[name]) = ious[best, :, 1], runs[best][-1][1]
    assert 0 < best < len(rates) - 1, f"{name}: the best rate should lie inside the range, {ious.mean(1).tolist()}"
    print(f"{name:13s} {sum(p.numel() for p in Net(skips).parameters()):6,} parameters, rate {rates[best]:5.3f}: "
          f"mean IoU {result[name].mean():.2f} (from {result[name].min():.2f} to {result[name].max():.2f})")
for spot, (title, picture) in enumerate({"scene": scene, "true mask": mask, **panels}.items(), start=1):
    plt.subplot(1, 4, spot, title=title, xticks=[], yticks=[])
    plt.imshow(picture, cmap="gray" if spot == 1 else "viridis", vmax=None if spot == 1 else 2)
plt.gcf().set_size_inches(7, 2.1)
plt.show()

wrong = {name: (mask != panel).sum().item() for name, panel in panels.items()}  # pixels of the scene shown
assert wrong["with skips"] < wrong["without skips"], f"with skips fewer pixels should be wrong: {wrong}"
with_skips, without = result.values()
gap = (with_skips.mean() - without.mean()).item()
assert gap > 0.1, f"after equal steps skips should be ahead by more than 0.1, they are by {gap:.2f}"
assert with_skips.min() > without.max(), "on every seed the network with skips should be ahead of the other's best"
assert without.mean() > 0.5, f"without skips it should do better than all background (1/3), {without.mean():.2f}"
