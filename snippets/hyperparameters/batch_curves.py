"""The best rate grows with the batch, up to the largest stable rate, and no further."""

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


# region: several networks side by side
class Side(nn.Module):
    """One network for each seed, with one hidden layer; they share nothing."""

    def __init__(self, seeds, inputs=64, hidden=32):
        super().__init__()
        layers = []
        for seed in seeds:
            torch.manual_seed(seed)
            layers.append([nn.Linear(inputs, hidden), nn.Linear(hidden, 10)])
        for name, k in (("first", 0), ("last", 1)):
            weights = torch.stack([pair[k].weight.T for pair in layers]).detach()
            biases = torch.stack([pair[k].bias[None] for pair in layers]).detach()
            setattr(self, name, nn.Parameter(weights))  # (M, inputs, units)
            setattr(self, name + "_bias", nn.Parameter(biases))  # (M, 1, units)

    def forward(self, x):  # (M, N, inputs)
        h = torch.baddbmm(self.first_bias, x, self.first).relu()  # (M, N, hidden)
        return torch.baddbmm(self.last_bias, h, self.last)  # (M, N, 10)


def losses(logits, y):
    """The loss of each network, (M,)."""
    flat = logits.flatten(0, 1)
    flat = nn.functional.cross_entropy(flat, y.flatten(), reduction="none")
    return flat.view(y.shape).mean(1)


# endregion


# region: training on a number of images
def run(size, lr, seeds, kind="SGD", num_images=8192):
    """The test loss of each seed's network after so many images, (M,)."""
    model = Side(seeds)
    parts = [split(seed) for seed in seeds]  # the same for all batch sizes
    x, y, test_x, test_y = (torch.stack(part) for part in zip(*parts, strict=True))
    x, test_x = x.flatten(2), test_x.flatten(2)  # (M, N, 64)
    order = [torch.Generator().manual_seed(seed) for seed in seeds]
    shape = num_images // size, size
    draws = [torch.randint(1000, shape, generator=g) for g in order]
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=lr)
    each = torch.arange(len(seeds))[:, None]
    for batch in torch.stack(draws, 1):  # (M, size)
        optimizer.zero_grad()
        losses(model(x[each, batch]), y[each, batch]).sum().backward()
        optimizer.step()
    with torch.no_grad():
        return losses(model(test_x), test_y).nan_to_num(torch.inf)


# endregion
kind = "SGD"  # try: "Adam"
sizes = (8, 32, 128, 512)
first = {"SGD": 0.02, "Adam": 0.001}[kind]
rates = [first * 2**k for k in range(8)]
curves = {}
for size in sizes:
    found = [run(size, lr, (0, 100), kind, num_images=4096).mean() for lr in rates]
    curves[size] = torch.stack(found)
    best = curves[size].argmin()
    print(f"batches of {size:3d}: best rate {rates[best]:5.3f}", end=", ")
    print(f"test loss {curves[size][best]:.2f} after {4096 // size:3d} steps")
# region: the picture
import matplotlib.pyplot as plt

for (size, found), style in zip(
    curves.items(), ("o-", "s--", "^-.", "D:"), strict=True
):
    plt.semilogx(rates, found.clamp(max=2.6), style, label=f"batches of {size}")
plt.ylim(0, 2.7)
plt.xlabel("learning rate")
plt.ylabel("test loss after 4,096 images")
plt.legend(loc="upper center", bbox_to_anchor=(0.5, 1.32), ncols=2)
plt.gcf().set_size_inches(4.8, 3.4)
plt.show()
# endregion

# %% proof: rates chosen by 6 seeds; three rules judged by 12 seeds; SGD and Adam
choosing, judging = range(70000, 70600, 100), range(0, 1200, 100)
powers = {"same": 0, "sqrt": 0.5, "linear": 1}
chosen, tuned, ruled = {}, {}, {}
for kind, first in (("SGD", 0.02), ("Adam", 0.0005)):
    rates = [first * 2**k for k in range(9)]
    for size in sizes:
        found = [run(size, lr, choosing, kind).mean().item() for lr in rates]
        best = min(range(9), key=found.__getitem__)
        assert 0 < best < 8, f"{kind}, {size}: the best should lie inside, {found}"
        chosen[kind, size] = rates[best]
        tuned[kind, size] = run(size, rates[best], judging, kind).mean().item()
    for size in sizes:
        line = f"{kind}, batches of {size:3d}: tuned {chosen[kind, size]:.3f}"
        line += f", loss {tuned[kind, size]:.2f}"
        for rule, power in powers.items():
            lr = chosen[kind, 8] * (size / 8) ** power
            loss = run(size, lr, judging, kind).mean().item()
            ruled[kind, size, rule] = loss
            line += f"; {rule} {lr:.3f}, {loss:.2f}"
        print(line)
times = {key: value / tuned[key[:2]] for key, value in ruled.items()}
growth = {size: chosen["SGD", size] / chosen["SGD", 8] for size in sizes}
assert 1 <= growth[32] <= 8, f"a larger batch should allow as large a rate, {growth}"
slow = growth[512] / growth[32]  # a root would make it 4, in proportion 16
assert slow <= 2, f"then the rate should stop growing, {growth}"
line = [run(size, 0.02 * size / 8, judging).mean().item() for size in sizes]
print("SGD from 0.02, the linear rule:", *[f"{loss:.3f}" for loss in line])
drift = max(line[1] / line[0], line[2] / line[0], line[0] / line[1], line[0] / line[2])
assert drift < 1.25, f"at a low rate the rule should hold up to 128, {line}"
assert line[3] > 2 * line[0], f"and break where it reaches 1.28, {line}"
beyond = times["SGD", 512, "linear"]
assert beyond > 2, f"at 512 it should break, {beyond:.1f} times the tuned loss"
for kind in ("SGD", "Adam"):
    kept = times[kind, 512, "same"]
    assert kept > 1.2, f"{kind}: the same rate should be too low at 512, {kept:.1f}"
    slower = tuned[kind, 512] / tuned[kind, 8]
    assert slower > 1.3, f"{kind}: few steps should end higher, {slower:.1f} times"
root = max(times["Adam", size, "sqrt"] for size in sizes)
assert root < 1.35, f"for Adam the root should do at each size, {root:.2f}"
straight = times["Adam", 512, "linear"]
assert straight > 2, f"and the linear rule break at 512, {straight:.1f} times"
measured = {f"sgd{size}": chosen["SGD", size] for size in sizes}
measured |= {f"adam{size}": chosen["Adam", size] for size in sizes}
measured |= {f"loss{size}": tuned["SGD", size] for size in sizes}
measured |= {f"aloss{size}": tuned["Adam", size] for size in sizes}
measured |= {f"line{size}": loss for size, loss in zip(sizes, line, strict=True)}
measured |= {"sgd_same": ruled["SGD", 512, "same"]}
measured |= {"sgd_linear": ruled["SGD", 512, "linear"]}
measured |= {"adam_sqrt": ruled["Adam", 512, "sqrt"]}
measured |= {"adam_linear": ruled["Adam", 512, "linear"]}
worse = measured["sgd_linear"] / measured["sgd_same"]
assert worse > 1.2, f"at 512 the linear rate should be worse than none, {worse:.1f}"
