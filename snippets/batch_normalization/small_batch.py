"""In small batches BN is noisy, and the values of one image count for little."""

import matplotlib.pyplot as plt
import torch
from torch import nn

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion


# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
# region: a small network with BN or GroupNorm, trained in batches of 50
def trained(norm, seed, strides=(2, 2, 2), lr=0.1, num_epochs=2):
    """The network, 200 digits to choose its rate by, and 384 to test it on."""
    train_x, train_y, test_x, test_y = split(seed)
    torch.manual_seed(seed)
    layers, channels, width = [], 1, 8
    for stride in strides:  # maps of 4x4, 2x2 and 1x1
        conv = nn.Conv2d(channels, 16, 3, stride, padding=1)
        layers += [conv, norm(16), nn.ReLU()]
        channels, width = 16, width // stride
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * width**2, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    for _ in range(num_epochs):
        train_epoch(model, optimizer, train_x[:800], train_y[:800])
    return model, (train_x[800:], train_y[800:]), (test_x[:384], test_y[:384])


# endregion
batch_size = 2  # try: 4, 16, 64
model, _, (x, y) = trained(nn.BatchNorm2d, seed=0)
known = model.eval()(x)  # (384, 10), normalized with the running statistics

# The same images, each normalized together with the others of its batch.
model.train()
among = torch.cat([model(batch) for batch in x.split(batch_size)])  # (384, 10)
for name, logits in {"eval()": known, f"batches of {batch_size}": among}.items():
    wrong = (logits.argmax(1) != y).float().mean()
    print(f"{name:13s} {wrong:.1%} errors")
# region: the plot
own = torch.arange(len(y)), y
figure, axis = plt.subplots(figsize=(5, 3.6))
axis.plot(known[own].detach(), among[own].detach(), "C0o", markersize=2)
axis.plot([-5, 15], [-5, 15], "C1--")
axis.set_xlim(-5, 15)
axis.set_ylim(-5, 15)
axis.set_xlabel("logit of the right class, eval()")
axis.set_ylabel(f"in batches of {batch_size}")
plt.show()
# endregion

# %% proof: tested and trained with few images, 12 seeds; values against images
from functools import partial

from sklearn.datasets import load_sample_image


def errors(norm, seed, strides=(2, 2, 2)):
    """Test error in % in eval(), and in train() in batches of each size."""
    model, _, (x, y) = trained(norm, seed, strides)
    found = [model.eval()(x)]
    model.train()
    for size in sizes:
        found.append(torch.cat([model(batch) for batch in x.split(size)]))
    return [100 * (logits.argmax(1) != y).float().mean().item() for logits in found]


def sure(gap):
    """The mean over the seeds, less two standard errors."""
    return (gap.mean() - 2 * gap.std() / len(gap) ** 0.5).item()


sizes, seeds = (2, 4, 8, 16, 64), range(0, 1200, 100)
bn = torch.tensor([errors(nn.BatchNorm2d, seed) for seed in seeds])  # (12, 6)
group = torch.tensor([errors(partial(nn.GroupNorm, 4), seed) for seed in seeds])
# The same with maps of 8x8, 4x4 and 4x4.
wide = torch.tensor([errors(nn.BatchNorm2d, seed, (1, 2, 1)) for seed in seeds])
print("images normalized together   eval()", *[f"{size:6d}" for size in sizes])
rows = {"BN, last map 1x1": bn, "BN, last map 4x4": wide, "GroupNorm, 1x1": group}
for name, found in rows.items():
    row = "  ".join(f"{value:5.1f}" for value in found.mean(0))
    print(f"{name:16s} errors in %:  {row}")
cost, small_cost = bn[:, 1] - bn[:, 0], wide[:, 1] - wide[:, 0]
assert sure(cost) > 25, f"two images should cost errors, {sure(cost):.1f} points"
least = sure(bn[:, 2] - bn[:, 0])
assert least > 9, f"four images too, at least {least:.1f} points"
falls = bn.mean(0)[1:].diff()
assert falls.max() < 0, f"the more images the better, steps {falls.tolist()}"
same = (group - group[:, :1]).abs().max().item()
assert same < 0.3, f"GroupNorm should not care, {same:.2f} points"
least = sure(cost - 4 * small_cost)
assert least > 0, f"larger maps should make it a quarter or less, {least:.1f}"


# region: BN over parts of a batch
class PartNorm(nn.BatchNorm2d):
    """BN whose statistics come from parts of the batch, as on several GPUs."""

    def __init__(self, size, channels):
        super().__init__(channels)
        self.size = size

    def forward(self, x):  # (N, C, H, W)
        if not self.training:
            return super().forward(x)
        parts = x.unflatten(0, (-1, self.size)).transpose(0, 1)  # (n, parts, C, H, W)
        # Each channel of each part is a channel of its own.
        scale, shift = (p.repeat(parts.shape[1]) for p in (self.weight, self.bias))
        y = nn.functional.batch_norm(
            parts.flatten(1, 2), None, None, scale, shift, training=True
        )
        with torch.no_grad():
            var, mean = torch.var_mean(parts, (0, 3, 4))  # (parts, C)
            self.running_mean.lerp_(mean.mean(0), self.momentum)
            self.running_var.lerp_(var.mean(0), self.momentum)
        return y.view(parts.shape).transpose(0, 1).flatten(0, 1)


# endregion
x = torch.randn(6, 16, 2, 2, generator=torch.Generator().manual_seed(0))
one_by_one = torch.cat([nn.BatchNorm2d(16)(part) for part in x.split(2)])
gap = (PartNorm(2, 16)(x) - one_by_one).abs().max().item()
assert gap < 1e-4, f"it should be BN of each part, gap {gap:.1e}"
# Trained with 2 images in a part, the same steps on 50 digits, and tested in eval().
rates, learned = (0.001, 0.01, 0.1, 1.0), {}
for last_map, strides, whole in (("1x1", (2, 2, 2), bn), ("4x4", (1, 2, 1), wide)):
    make = partial(trained, partial(PartNorm, 2), strides=strides)
    scores = []
    for lr in rates:  # two other seeds choose the rate, on held-out digits
        tried = [make(seed, lr=lr)[:2] for seed in (5000, 5100)]
        scores.append(sum(accuracy(model, *part) for model, part in tried))
    lr = rates[scores.index(max(scores))]
    inside = rates[0] < lr < rates[-1]
    assert inside, f"{last_map}: the best rate is at the end, {lr}"
    tried = [make(seed, lr=lr)[::2] for seed in seeds]
    right = torch.tensor([accuracy(model, *part) for model, part in tried])
    learned[last_map] = 100 - 100 * right - whole[:, 0]  # (12,), points lost
    print(f"last map {last_map}: trained with 2 images in a part (rate {lr})", end=" ")
    print(
        f"{100 - 100 * right.mean():.1f} % errors, with 50 {whole[:, 0].mean():.1f} %"
    )
lost, small_loss = learned["1x1"], learned["4x4"]
assert sure(lost) > 25, f"trained with 2 it should be bad, {sure(lost):.1f} points lost"
least = sure(lost - 4 * small_loss)
assert least > 0, f"larger maps should make it a quarter or less, {least:.1f}"

# The mean of 64 values, all of one 8x8 patch of a photograph or from 64 patches.
photo = torch.tensor(load_sample_image("china.jpg")[:424, :640]).float().mean(2)
patches = photo.reshape(53, 8, 80, 8).permute(0, 2, 1, 3).reshape(-1, 64)  # (4240, 64)
ratios = {}
for name, patch in {"photo": patches, "digits": images.flatten(1)}.items():
    torch.manual_seed(0)
    rows, columns = (
        torch.randint(len(patch), patch.shape),
        torch.randint(64, patch.shape),
    )
    ratios[name] = (patch.mean(1).var() / patch[rows, columns].mean(1).var()).item()
    print(
        f"{name}: mean of 64 values of one patch: {ratios[name]:.1f} times its variance"
    )
assert ratios["photo"] > 25, f"values of one patch should tell little, {ratios}"
assert ratios["digits"] < 0.8, f"on the digits it should be the reverse, {ratios}"
out = nn.BatchNorm1d(1)(torch.tensor([[3.0], [8.0]])).flatten().tolist()
assert abs(out[0] + 1) < 1e-4 and abs(out[1] - 1) < 1e-4, f"should be -1, 1: {out}"
measured = {"ratio": ratios["photo"], "digits_ratio": ratios["digits"]}
measured |= {"in_eval": bn[:, 0].mean().item(), "wide_cost": small_cost.mean().item()}
measured |= {f"at_{size}": bn[:, i + 1].mean().item() for i, size in enumerate(sizes)}
measured |= {"group": group[:, 0].mean().item(), "group_2": group[:, 1].mean().item()}
measured |= {"lost": lost.mean().item(), "wide_lost": small_loss.mean().item()}
measured["wide_lost_se"] = small_loss.std().item() / len(small_loss) ** 0.5
