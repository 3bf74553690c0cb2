"""With noise after BN the layers' inputs drift more than without BN, and yet the network trains faster than without."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
lr, num_steps, batch_size, depth, num_seeds = 0.2, 64, 64, 6, 3  # a rate that suits the plain network


class Noise(torch.nn.Module):
    def forward(self, h):  # (N, C, H, W); another scale and shift per channel in each step, and noise on top
        mean = torch.empty(1, h.shape[1], 1, 1).uniform_(-0.6, 0.6)
        scale = torch.empty(1, h.shape[1], 1, 1).uniform_(1, 1.25)
        return scale * h + mean + 0.1 * torch.randn_like(h)


def block(i, kind):
    conv = torch.nn.Conv2d(8 if i else 1, 8, 3, stride=2 if i == 2 else 1, padding=1)
    torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    after = {"without BN": [], "BN": [torch.nn.BatchNorm2d(8)], "BN, then noise": [torch.nn.BatchNorm2d(8), Noise()]}
    return torch.nn.Sequential(conv, *after[kind], torch.nn.ReLU())


@torch.no_grad()
def input_statistics(model, images):
    statistics = []
    for layer in model[: depth - 1]:
        images = layer(images)
        statistics.append((images.mean((0, 2, 3)), images.std((0, 2, 3))))  # (C,) each
    return statistics


def train(kind, seed):
    torch.manual_seed(seed)
    model = torch.nn.Sequential(*[block(i, kind) for i in range(depth)],
                                torch.nn.Flatten(), torch.nn.Linear(8 * 4 * 4, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr)
    fixed = x[torch.randperm(len(y))[:256]]  # the drift is measured on these images
    losses, drifts = [], []
    for step in range(num_steps):
        batch = torch.randint(len(y), (batch_size,))
        old = input_statistics(model, fixed) if step % 4 == 0 else []
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        new = input_statistics(model, fixed) if old else []
        drifts += [((m1 - m0).abs().mean() / s0.mean()).item() for (m1, _), (m0, s0) in zip(new, old)]
        losses.append(loss.item())
    return torch.tensor(losses), torch.tensor(drifts).mean()


figure, axis = plt.subplots(figsize=(6, 3.4))
average, drift = {}, {}
for kind, style in (("without BN", "C1--"), ("BN, then noise", "C5-."), ("BN", "C0-")):
    losses, drifts = [torch.stack(values) for values in zip(*[train(kind, seed) for seed in range(0, 100 * num_seeds, 100)])]
    curves = losses.unfold(1, 8, 8).mean(2)  # (seeds, 8), means over 8 steps
    average[kind], drift[kind] = losses.mean().item(), drifts.mean().item()
    steps = range(4, num_steps, 8)
    axis.semilogy(steps, curves.mean(0), style, label=f"{kind}: drift {drift[kind]:.3f} std a step")
    axis.fill_between(steps, curves.amin(0), curves.amax(0), color=style[:2], alpha=0.25)
    print(f"{kind:<15} drift {drift[kind]:.3f} std a step, training loss averaged over the run {average[kind]:.2f}")
axis.set_xlabel("training step")
axis.set_ylabel("training loss (nats)")
axis.set_ylim(0.06, 2.6)
axis.legend(loc="lower left")
plt.show()

plain, noisy, clean = "without BN", "BN, then noise", "BN"
ratio = drift[noisy] / drift[plain]
assert ratio > 1.2, f"the noise should make the inputs drift more than without BN, the ratio is {ratio:.2f}"
assert drift[noisy] > 15 * drift[clean], f"and far more than with BN: {drift[noisy]:.3f} against {drift[clean]:.3f}"
ratio = average[noisy] / average[plain]
assert ratio < 0.75, f"and still it should train faster than without BN, the ratio of the losses is {ratio:.2f}"
assert average[clean] < average[noisy], f"BN without noise: {average[clean]:.2f}, with noise: {average[noisy]:.2f}"
