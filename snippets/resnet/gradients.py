"""In an untrained 50-layer plain network gradients vanish without BN and explode with it; shortcuts tame them."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
kinds, num_blocks, seeds = ("plain, no BN", "plain, BN", "residual, BN"), 24, range(0, 500, 100)


def layer(inputs, bn, stride=1):
    conv = nn.Conv2d(inputs, 8, 3, stride, padding=1, bias=False)
    nn.init.kaiming_normal_(conv.weight)  # made to keep the variance through ReLU
    return nn.Sequential(conv, nn.BatchNorm2d(8)) if bn else conv


norms = torch.zeros(len(kinds), len(seeds), num_blocks + 1)
for k, kind in enumerate(kinds):
    for s, seed in enumerate(seeds):
        torch.manual_seed(seed)
        batch = torch.randperm(len(y))[:128]
        bn = kind != "plain, no BN"
        outputs = [torch.relu(layer(1, bn, stride=2)(images[batch]))]  # (N, 8, 4, 4)
        for _ in range(num_blocks):
            x = outputs[-1]
            f = nn.Sequential(layer(8, bn), nn.ReLU(), layer(8, bn))(x)
            outputs.append(torch.relu(f + x if kind == "residual, BN" else f))
        logits = nn.Linear(8, 10)(outputs[-1].mean((2, 3)))
        loss = nn.functional.cross_entropy(logits, y[batch])
        norms[k, s] = torch.stack([g.norm() for g in torch.autograd.grad(loss, outputs)])

layers = torch.arange(num_blocks + 1) * 2 + 1
growth = (norms[:, :, 0] / norms[:, :, -1]).log10()  # (kind, seed): how often tenfold, from last block to first layer
for kind, norm, g, style in zip(kinds, norms.log10(), growth, ("o-", "s--", "^-."), strict=True):
    print(f"{kind:12s} gradient at layer 1 / at layer 49: 10^{g.min():4.1f} to 10^{g.max():4.1f} in {len(seeds)} seeds")
    line, = plt.semilogy(layers, 10 ** norm.mean(0), style, markersize=4, label=kind)
    plt.fill_between(layers, 10 ** norm.amin(0), 10 ** norm.amax(0), alpha=0.2, color=line.get_color())
plt.xlabel("layer (1: next to the input)")
plt.ylabel("gradient norm at its output")
plt.legend()
plt.show()

assert images.max() == 1 and x.shape == (128, 8, 4, 4), f"8 maps of 4x4 expected: {x.shape}"
assert (growth[0] < -1.5).all(), f"without BN the gradient should vanish over 30-fold: {growth[0].tolist()}"
assert (growth[1] > 2).all(), f"with BN, without shortcuts, it should explode over 100-fold: {growth[1].tolist()}"
assert (growth[2] < growth[1] - 0.5).all(), f"with shortcuts it should grow far less: {growth[2].tolist()}"
upper, lower = (norms[1, :, 12] / norms[1, :, -1]).log10(), (norms[1, :, 0] / norms[1, :, 12]).log10()
assert min(upper.min(), lower.min()) > 0.7, f"it should grow in both halves: {upper.tolist()} {lower.tolist()}"
late = (norms[2, :, 12] / norms[2, :, -1]).log10()  # growth over the 12 blocks next to the loss
assert late.max() < 0.6, f"there shortcuts should keep it within a factor 4, grew by 10^{late.max():.2f}"
assert late.max() < growth[2].min() / 2, "not exponential: most of the growth should be next to the input"
