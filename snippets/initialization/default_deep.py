"""Ten plain ReLU layers stay at chance under SGD from PyTorch's default start; He's start, or Adam, gets them going."""
import math

import torch
from sklearn.datasets import load_digits

num_seeds = 2
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (1797, 64)
y = torch.tensor(digits.target)
runs = [("default", 2, "SGD"), ("He", 2, "SGD"), ("default", 10, "SGD"), ("He", 10, "SGD"), ("default", 10, "Adam")]
rates = {"SGD": (0.01, 0.03, 0.1), "Adam": (0.001, 0.003, 0.01)}  # the best one counts
best = {}

for scheme, depth, method in runs:
    losses = []  # one for each learning rate, mean over the seeds
    for lr in rates[method]:
        total = 0
        for seed in range(0, 100 * num_seeds, 100):
            torch.manual_seed(seed)
            layers = [torch.nn.Linear(64, 64) for _ in range(depth)]
            if scheme == "He":
                for layer in layers:
                    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                    torch.nn.init.zeros_(layer.bias)
            hidden = [module for layer in layers for module in (layer, torch.nn.ReLU())]
            model = torch.nn.Sequential(*hidden, torch.nn.Linear(64, 10))
            optimizer = torch.optim.Adam(model.parameters(), lr=lr)
            if method == "SGD":
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
    best[scheme, depth, method] = min(losses)
    print(f"{scheme:8s} {depth:2d} hidden layers, {method:4s}: training loss {min(losses):.2f} after 60 steps")

chance = math.log(10)
print(f"chance: ln(10) = {chance:.2f}")
stuck, moving = best["default", 10, "SGD"], best["default", 10, "Adam"]
assert stuck > chance - 0.1, f"ten default layers should stay at chance with SGD, the loss is {stuck:.2f}"
assert best["He", 10, "SGD"] < 1, f"ten layers with He's start should get under 1, {best['He', 10, 'SGD']:.2f}"
assert moving < 1.7, f"with Adam ten default layers should leave chance behind, the loss is {moving:.2f}"
assert max(best["default", 2, "SGD"], best["He", 2, "SGD"]) < 0.5, f"two layers should learn from both, {best}"
