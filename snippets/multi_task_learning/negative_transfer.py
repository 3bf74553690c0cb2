"""A task that has nothing to teach lowers the accuracy of its partner in a narrow trunk; learned weights win much of it back."""
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
rates, seeds = (3e-3, 1e-2, 3e-2, 1e-1), range(0, 1200, 100)
results = {}
print(f"{len(seeds)} seeds          digits: test accuracy   minus alone   cosine of gradients   weight of digits")
for position, (name, row) in enumerate(rows.items()):
    runs = torch.tensor([[train(*row, lr, seed) for seed in seeds] for lr in rates])  # (rates, seeds, 5)
    best = runs[:, :, 0].mean(1).argmax().item()  # the learning rate is tuned for each row, on validation digits
    assert 0 < best < len(rates) - 1, f"{name}: the best rate should lie inside, {runs[:, :, 0].mean(1).tolist()}"
    _, accuracy, cosine, share, log_var = runs[best].unbind(1)  # (seeds,) each
    accuracy = 100 * accuracy
    results[name] = accuracy, cosine, share.mean(), log_var.mean().exp()
    cost = accuracy - results["alone"][0]  # seed by seed
    print(f"{name:15s} {accuracy.mean():18.1f} % {cost.mean():+12.1f} ± {cost.std() / len(seeds) ** 0.5:3.1f} "
          f"{cosine.mean():13.2f} ± {cosine.std() / len(seeds) ** 0.5:.2f} {share.mean():14.2f}")
    plt.plot(accuracy, [position] * len(accuracy), "o", color="C0", alpha=0.6)
    plt.plot(accuracy.mean(), position + 0.25, "^", color="C0", markersize=10)
plt.yticks(range(len(rows)), rows)
plt.ylim(3.6, -0.6)
plt.xlabel("test accuracy of the digits, %")
plt.show()

alone, small, large, learned = (accuracy for accuracy, *_ in results.values())  # (seeds,) each
for better, worse, said in ((alone, large, "noise in large units should cost the digits much"),
                            (small, large, "in units of sd 1 it should cost less"),
                            (learned, large, "learned weights should win much of it back")):
    lead = better - worse
    least = lead.mean() - 2 * lead.std() / len(seeds) ** 0.5
    assert lead.mean() > 12 and least > 5, f"{said}, by more than 12 points, not {lead.mean():.1f}, surely {least:.1f}"
little, much = (alone - small).mean().item(), (alone - large).mean().item()
assert little < much / 2, f"noise of sd 1 should cost less than half of that, it cost {little:.1f} of {much:.1f} points"
for name in list(rows)[1:]:
    cosine = results[name][1]
    most = cosine.mean() + 2 * cosine.std() / len(seeds) ** 0.5
    assert most < 0, f"{name}: the mean cosine of the two gradients should be negative, is {cosine.mean():.2f}"
assert results["sd 10, learned"][2] > 0.95, "the learned weights should go nearly all to the digits"
sigma2 = results["sd 10, learned"][3]
assert 20 < sigma2 < 100, f"sigma² should be on its way to the noise's 100, it is {sigma2:.0f}"
