"""Ten plain ReLU layers stay at chance under SGD from PyTorch's default start and learn from He's."""
import math

import torch
from sklearn.datasets import load_digits

rates, num_seeds = (0.01, 0.03, 0.1), 2
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (1797, 64)
y = torch.tensor(digits.target)
best = {}

for scheme in ("default", "He"):
    for depth in (2, 10):
        losses = []  # one for each learning rate, mean over the seeds
        for lr in rates:
            total = 0
            for seed in range(num_seeds):
                torch.manual_seed(seed)
                sizes = [64] + [64] * depth
                layers = [torch.nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
                if scheme == "He":
                    for layer in layers:
                        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                        torch.nn.init.zeros_(layer.bias)
                hidden = [module for layer in layers for module in (layer, torch.nn.ReLU())]
                model = torch.nn.Sequential(*hidden, torch.nn.Linear(64, 10))
                optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
                for _ in range(60):
                    batch = torch.randint(0, len(y), (100,))
                    loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                with torch.no_grad():
                    total += torch.nn.functional.cross_entropy(model(x), y).item() / num_seeds
            losses.append(total)
        best[scheme, depth] = min(losses)
        print(f"{scheme:8s} {depth:2d} hidden layers: training loss {best[scheme, depth]:.2f} after 60 steps")

chance = math.log(10)
print(f"chance: ln(10) = {chance:.2f}")
assert best["default", 10] > chance - 0.1, f"ten default layers should stay at chance, {best['default', 10]:.2f}"
assert best["He", 10] < 1, f"ten layers with He's start should get under 1, {best['He', 10]:.2f}"
assert max(best["default", 2], best["He", 2]) < 0.5, f"two layers should learn from both starts, {best}"
