"""A small network on columns with mixed units trains in few steps once they are normalized, with SGD and with Adam."""
import torch
from sklearn.datasets import load_wine

wine = load_wine()
x = torch.tensor(wine.data, dtype=torch.float32)  # (178, 13): alcohol in %, magnesium in mg, proline in mg, ...
y = torch.tensor(wine.target)  # (178,), three growers
inputs = {"raw": x, "centered": x - x.mean(0), "normalized": (x - x.mean(0)) / x.std(0)}
limit, num_seeds = 80, 2  # steps
steps = {}

for optimizer_class in (torch.optim.SGD, torch.optim.Adam):
    for name, data in inputs.items():
        best = limit
        for lr in (0.003, 0.03, 0.3):  # tuned for each side: the best of the three counts
            counts = []
            for seed in range(0, 100 * num_seeds, 100):
                torch.manual_seed(seed)
                model = torch.nn.Sequential(torch.nn.Linear(13, 16), torch.nn.Tanh(), torch.nn.Linear(16, 3))
                optimizer = optimizer_class(model.parameters(), lr=lr)
                loss, count = torch.tensor(9.0), 0
                while loss > 0.1 and count < limit:
                    optimizer.zero_grad()
                    loss = torch.nn.functional.cross_entropy(model(data), y)
                    loss.backward()
                    optimizer.step()
                    count += 1
                counts.append(count)
            best = min(best, sum(counts) / num_seeds)
        steps[optimizer_class.__name__, name] = best
        shown = f"{best:.0f}" if best < limit else f"over {limit}"
        print(f"{optimizer_class.__name__:4s}, {name:10s}: {shown:>8s} steps to a loss of 0.1 (mean of {num_seeds} seeds)")

assert steps["SGD", "normalized"] < 40, f"SGD should need under 40 steps, it needed {steps['SGD', 'normalized']:.0f}"
assert steps["Adam", "normalized"] < 20, f"Adam should need under 20 steps, it needed {steps['Adam', 'normalized']:.0f}"
assert steps["SGD", "raw"] == steps["SGD", "centered"] == limit, f"SGD should fail without normalizing, {steps}"
assert steps["Adam", "raw"] == limit, f"Adam should not get there on raw data, it took {steps['Adam', 'raw']:.0f}"
centered, ratio = steps["Adam", "centered"], steps["Adam", "centered"] / steps["Adam", "normalized"]
assert centered < limit and ratio > 5, f"Adam should get there centered, in over 5 times the steps, {centered:.0f}"
