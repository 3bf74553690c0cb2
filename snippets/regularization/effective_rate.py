"""Weight decay on kernels before batch normalization raises their effective learning rate lr/|w|²: they turn faster."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
lr, batch_size, num_steps = 0.2, 50, 150


def predict(conv, bn, head, x):
    return head(F.max_pool2d(bn(conv(x)).relu(), 2).flatten(1))  # (N, 16, 8, 8) -> (N, 256) -> (N, 10)


def train(weight_decay, seed):
    """Plain SGD with the decay on the kernels only; returns |w|² and the mean turn in degrees at each step."""
    torch.manual_seed(seed)
    conv = torch.nn.Conv2d(1, 16, 3, padding=1, bias=False)
    bn, head = torch.nn.BatchNorm2d(16), torch.nn.Linear(256, 10)
    rest = [*bn.parameters(), *head.parameters()]
    optimizer = torch.optim.SGD([{"params": conv.parameters(), "weight_decay": weight_decay}, {"params": rest}], lr=lr)
    norm2, turn, ratio = [], [], []
    for step in range(num_steps):
        batch = torch.randint(len(y), (batch_size,))
        old = conv.weight.detach().flatten(1).clone()  # (16, 9): one filter a row
        optimizer.zero_grad()
        F.cross_entropy(predict(conv, bn, head, x[batch]), y[batch]).backward()
        grad = conv.weight.grad.flatten(1).clone()
        optimizer.step()
        new = conv.weight.detach().flatten(1)
        norm2.append((new ** 2).sum(1).mean())
        half_chord = (F.normalize(new) - F.normalize(old)).norm(dim=1) / 2  # accurate for small angles, unlike acos
        turn.append(torch.rad2deg(2 * half_chord.asin()).mean())
        expected = (lr * grad.norm(dim=1) / (1 - lr * weight_decay) / old.norm(dim=1)).atan()  # a step at right angles
        ratio.append((2 * half_chord.asin()).sum() / expected.sum())
    return torch.stack(norm2), torch.stack(turn), torch.stack(ratio)


fig, axes = plt.subplots(1, 2, figsize=(6.8, 3.4))
effective, turns = {}, {}
for weight_decay, style in ((0.0, "-"), (0.02, "--")):
    norm2, turn, ratio = zip(*[train(weight_decay, seed) for seed in range(0, 300, 100)])
    norm2, turn = torch.stack(norm2), torch.stack(turn)  # (3, 150)
    effective[weight_decay], turns[weight_decay] = lr / norm2, turn[:, -50:].mean(1)
    rate = effective[weight_decay].mean(0)
    print(f"weight decay {weight_decay:4.2f}: lr/|w|² from {rate[0]:.1f} to {rate[-1]:.1f}, in the end a turn by "
          f"{turns[weight_decay].mean():.1f} ± {turns[weight_decay].std():.1f} degrees a step")
    for ax, curve in zip(axes, (lr / norm2, turn.unfold(1, 20, 10).mean(2))):
        steps = torch.linspace(1, num_steps, curve.shape[1])
        ax.plot(steps, curve.mean(0), style, label=f"weight decay {weight_decay:g}")
        ax.fill_between(steps, curve.amin(0), curve.amax(0), alpha=0.25)
    worst = (torch.stack(ratio) - 1).abs().max()
    assert worst < 0.02, f"a filter should turn by atan(lr |grad| / |w|), off by up to {100 * worst:.1f} %"
    if weight_decay == 0:
        assert (norm2.diff() > -1e-5).all(), "without decay a step across w should only lengthen it"
axes[0].set(xlabel="step", ylim=(0, None), ylabel="effective rate")
axes[1].set(xlabel="step", ylim=(0, None), ylabel="turn (degrees a step)")
axes[0].legend()
plt.show()

start = lr * 3  # a filter starts as 9 weights from U(-1/3, 1/3), so the mean |w|² is 1/3, ± 7 % for 144 draws
assert (effective[0.0][:, 0] / start - 1).abs().max() < 0.3, f"the rate should start near {start:.1f}"
assert (effective[0.0][:, -1] < effective[0.0][:, 0]).all(), "without decay the effective rate should fall"
assert (effective[0.02][:, -1] > 1.5 * effective[0.02][:, 0]).all(), "with decay the effective rate should rise"
assert (turns[0.02] > 1.5 * turns[0.0]).all(), "with decay the filters should turn faster, every seed"
