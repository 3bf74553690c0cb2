"""A task that has nothing to teach lowers the accuracy of its partner in a narrow trunk; learned weights win much of it back."""
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)  # (1797, 64), (1797,)


def train(noise_size, learn_weights, lr, seed):
    """Digits beside predicting noise, on 400 images; return accuracy (validation, test), cosine, weight of digits."""
    torch.manual_seed(seed)
    train_set, validation, test = torch.randperm(len(y)).split([400, 400, 997])
    noise = noise_size * torch.randn(400, 1)  # the partner's target: nothing can be learned from it but by heart
    trunk = nn.Sequential(nn.Linear(64, 8), nn.ReLU())  # eight units: the tasks have to compete for them
    digit_head, noise_head = nn.Linear(8, 10), nn.Linear(8, 1)
    log_var = torch.zeros(2, requires_grad=True)  # s = log sigma², one for each task
    optimizer = torch.optim.Adam([*trunk.parameters(), *digit_head.parameters(), *noise_head.parameters()], lr=lr)
    if learn_weights:
        optimizer.add_param_group({"params": [log_var], "lr": 0.1})
    cosines = [torch.tensor(0.0)] if noise_size == 0 else []
    for step in range(120):
        features = trunk(x[train_set])  # (400, 8)
        digit_loss = nn.functional.cross_entropy(digit_head(features), y[train_set])
        noise_loss = (noise_head(features) - noise).square().mean() / 2 if noise_size else digit_loss.new_zeros(())
        if noise_size and step % 10 == 0:
            first, second = (torch.cat([g.flatten() for g in torch.autograd.grad(
                loss, trunk.parameters(), retain_graph=True)]) for loss in (digit_loss, noise_loss))
            cosines.append(torch.cosine_similarity(first, second, dim=0))
        losses = torch.stack([digit_loss, noise_loss])
        optimizer.zero_grad()
        (torch.exp(-log_var) * losses + log_var / 2).sum().backward()  # with s = 0 this is the plain sum
        optimizer.step()
    with torch.no_grad():
        right = digit_head(trunk(x)).argmax(1) == y
    share = torch.softmax(-log_var, 0)[0].item() if noise_size else 1.0  # the digits' part of all weight
    return right[validation].float().mean().item(), right[test].float().mean().item(), \
        torch.stack(cosines).mean().item(), share, log_var[1].item()


rows = {"alone": (0, False), "noise, sd 1": (1, False), "noise, sd 10": (10, False), "sd 10, learned": (10, True)}
results = {}
print("partner          digits: test accuracy   cosine of gradients   weight of digits (mean of 4 seeds)")
for position, (name, row) in enumerate(rows.items()):
    runs = {lr: torch.tensor([train(*row, lr, seed) for seed in range(0, 400, 100)]) for lr in (3e-3, 1e-2, 3e-2)}
    best = max(runs.values(), key=lambda run: run[:, 0].mean())  # the learning rate is tuned for each row
    accuracy = 100 * best[:, 1]
    _, _, cosine, share, log_var = best.mean(0).tolist()
    results[name] = accuracy.mean().item(), cosine, share
    print(f"{name:15s} {accuracy.mean():15.1f} ± {accuracy.std():3.1f} % {cosine:18.2f} {share:17.2f}")
    plt.plot(accuracy, [position] * len(accuracy), "o", color="C0", alpha=0.6)
    plt.plot(accuracy.mean(), position + 0.25, "^", color="C0", markersize=10)
plt.yticks(range(len(rows)), rows)
plt.ylim(3.6, -0.6)
plt.xlabel("test accuracy of the digits, %")
plt.show()

alone, small, large, learned = (results[name][0] for name in rows)
assert large < alone - 10, f"noise in large units should cost the digits much: alone {alone:.1f}, with it {large:.1f}"
assert small - large > 10, f"in units of sd 1 it should cost less: {small:.1f} against {large:.1f}"
assert learned - large > 10, f"learned weights should win much of it back: {large:.1f} to {learned:.1f}"
assert all(results[name][1] < 0 for name in list(rows)[1:]), "the mean cosine of the two gradients should be negative"
assert results["sd 10, learned"][2] > 0.95, "the learned weights should go nearly all to the digits"
assert 20 < math.exp(log_var) < 130, f"sigma² should be on its way to the noise's 100, it is {math.exp(log_var):.0f}"
