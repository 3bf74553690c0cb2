"""Only an untouched shortcut carries the gradient through 48 blocks: halved or projected in each block it explodes."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
kinds, num_blocks, seeds = ("projected", "halved", "identity", "identity, pre-activation"), 48, range(0, 300, 100)


def conv(inputs, size=3, stride=1):
    return nn.Conv2d(inputs, 8, size, stride, padding=size // 2, bias=False)


def block(x, kind):
    if kind == "identity, pre-activation":  # BN and ReLU before each convolution, nothing after the sum
        residual = [nn.BatchNorm2d(8), nn.ReLU(), conv(8), nn.BatchNorm2d(8), nn.ReLU(), conv(8)]
        return x + nn.Sequential(*residual)(x)
    shortcut = nn.Sequential(conv(8, size=1), nn.BatchNorm2d(8))(x) if kind == "projected" else x
    residual = [conv(8), nn.BatchNorm2d(8), nn.ReLU(), conv(8), nn.BatchNorm2d(8)]
    return torch.relu((0.5 if kind == "halved" else 1) * shortcut + nn.Sequential(*residual)(x))


growth = torch.zeros(len(kinds), len(seeds))
for k, (kind, style) in enumerate(zip(kinds, ("o-", "s--", "^-.", "D:"), strict=True)):
    norms = torch.zeros(len(seeds), num_blocks + 1)
    for s, seed in enumerate(seeds):
        torch.manual_seed(seed)
        batch = torch.randperm(len(y))[:128]
        outputs = [nn.Sequential(conv(1, stride=2), nn.BatchNorm2d(8), nn.ReLU())(images[batch])]  # (N, 8, 4, 4)
        for _ in range(num_blocks):
            outputs.append(block(outputs[-1], kind))
        loss = nn.functional.cross_entropy(nn.Linear(8, 10)(outputs[-1].mean((2, 3))), y[batch])
        norms[s] = torch.stack([g.norm() for g in torch.autograd.grad(loss, outputs)])
    growth[k] = (norms[:, 0] / norms[:, -1]).log10()
    print(f"{kind:24s} gradient grows towards the input 10^{growth[k].min():.1f} to 10^{growth[k].max():.1f}")
    norms = norms.log10()
    line, = plt.semilogy(10 ** norms.mean(0), style, markevery=4, markersize=5, label=kind)
    plt.fill_between(range(num_blocks + 1), 10 ** norms.amin(0), 10 ** norms.amax(0), alpha=0.2, color=line.get_color())
plt.xlabel("block (0: next to the input)")
plt.ylabel("gradient norm at its output")
plt.legend()
plt.show()

assert images.max() == 1 and outputs[0].shape == (128, 8, 4, 4), f"8 maps of 4x4 expected: {outputs[0].shape}"
assert growth[0].min() > 3.5, f"projected in each block it should explode over 3000-fold: {growth[0].tolist()}"
assert growth[1].min() > 2.5, f"halved in each block over 300-fold: {growth[1].tolist()}"
assert growth[2].max() < 2.2, f"with the identity it should grow far less: {growth[2].tolist()}"
assert growth[3].max() < 1.3, f"with pre-activation too: {growth[3].tolist()}"
assert growth[3].mean() < growth[2].mean(), f"and less still: {growth[2:].mean(1).tolist()}"
