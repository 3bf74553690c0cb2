"""A small network on centered digits is not improved by dividing every pixel by its own standard deviation."""
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32), torch.tensor(digits.target)  # (1797, 64) in 0..16, (1797,)
rates, num_seeds = (0.01, 0.03, 0.1, 0.3), 2
errors = {"centered": [], "normalized": []}  # per learning rate the test errors of the seeds

for name in errors:
    for lr in rates:
        runs = []
        for seed in range(num_seeds):
            torch.manual_seed(seed)
            order = torch.randperm(len(y))
            train, test = order[:300], order[300:]
            mean, std = x[train].mean(0), x[train].std(0)  # (64,), from the training part alone
            scale = torch.where(std > 0, std, 1) if name == "normalized" else 1  # constant pixels stay as they are
            train_x, test_x = (x[train] - mean) / scale, (x[test] - mean) / scale
            model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
            optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
            for _ in range(40):
                loss = torch.nn.functional.cross_entropy(model(train_x), y[train])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            runs.append((model(test_x).argmax(1) != y[test]).float().mean().item() * 100)
        errors[name].append(sum(runs) / num_seeds)
    best = min(errors[name])
    lr = rates[errors[name].index(best)]
    print(f"{name:10s}: test error {best:4.1f} % (mean of {num_seeds} seeds, best rate {lr})")

centered, normalized = (min(errors[name]) for name in errors)
assert max(centered, normalized) < 12, f"both should err on under 12 %: {centered:.1f} and {normalized:.1f} %"
assert normalized > centered - 1, f"normalizing should gain under one point, {centered:.1f} to {normalized:.1f} %"
