"""At a learning rate where the plain network fails for every seed, the same network with batch normalization trains."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
rates, num_steps, batch_size = [0.02, 0.1, 0.6], 70, 64


def train(batch_norm, lr, seed):
    torch.manual_seed(seed)  # the same first weights and the same batches with and without BN
    layers = []
    for i in range(8):
        conv = torch.nn.Conv2d(16 if i else 1, 16, 3, stride=2 if i == 2 else 1, padding=1)
        torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        layers += [conv, torch.nn.BatchNorm2d(16), torch.nn.ReLU()] if batch_norm else [conv, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(16 * 4 * 4, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr)
    losses = []
    for _ in range(num_steps):
        batch = torch.randint(len(y), (batch_size,))
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses[-10:]).mean().nan_to_num(2.3).clamp(max=2.3)  # 2.3 = ln 10 is the loss of guessing


figure, axis = plt.subplots(figsize=(5, 3.2))
results = {}
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    results[batch_norm] = torch.tensor([[train(batch_norm, lr, seed) for lr in rates] for seed in range(0, 300, 100)])  # (3, 3)
    low, mean, high = (f(results[batch_norm], 0) for f in (torch.amin, torch.mean, torch.amax))
    axis.loglog(rates, mean, style, label=label)
    axis.fill_between(rates, low, high, color=style[:2], alpha=0.25)
    for lr, a, b, c in zip(rates, low, mean, high):
        print(f"{label:>10}, learning rate {lr:4.2f}: training loss {b:.2f} (seeds {a:.2f} to {c:.2f})")
axis.set_xticks(rates, rates)
axis.set_xticks([], minor=True)
axis.set_xlabel("learning rate")
axis.set_ylabel("training loss after 70 steps (nats)")
axis.legend()
plt.show()

plain, normed = results[False], results[True]
assert plain[:, 2].min() > 1.8, f"at rate 0.6 the plain network should fail, its best seed has {plain[:, 2].min():.2f}"
assert normed[:, 2].max() < 1, f"at rate 0.6 BN should train, its worst seed has {normed[:, 2].max():.2f}"
assert normed.mean(0).min() < plain.mean(0).min() / 2, "each at its best rate, BN should be at less than half the loss"
