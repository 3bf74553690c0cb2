"""A small network on centered digits is not improved by dividing every pixel by its own standard deviation."""
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x, y = torch.tensor(digits.data, dtype=torch.float32), torch.tensor(digits.target)  # (1797, 64) in 0..16, (1797,)
rates, num_seeds = (0.01, 0.03, 0.1, 0.3, 1.0), 12
errors = {}

for name in ("centered", "normalized"):
    runs = torch.zeros(len(rates), num_seeds, 2)  # error in percent, validation and test
    for i, lr in enumerate(rates):
        for n, seed in enumerate(range(0, 100 * num_seeds, 100)):
            torch.manual_seed(seed)
            order = torch.randperm(len(y))
            train, validation, test = order[:300], order[300:800], order[800:]
            mean, std = x[train].mean(0), x[train].std(0)  # (64,), from the training part alone
            scale = torch.where(std > 0, std, 1) if name == "normalized" else 1  # constant pixels stay as they are
            inputs = (x - mean) / scale
            model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
            optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
            for _ in range(30):
                loss = torch.nn.functional.cross_entropy(model(inputs[train]), y[train])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            wrong = (model(inputs).argmax(1) != y).float() * 100
            runs[i, n] = torch.stack([wrong[validation].mean(), wrong[test].mean()])
    best = runs[:, :, 0].mean(1).argmin().item()  # the rate is chosen on the validation part
    assert 0 < best < len(rates) - 1, f"{name}: the best rate should lie inside the range, it is {rates[best]}"
    errors[name] = runs[best, :, 1]  # (seeds,)
    low, high = errors[name].min(), errors[name].max()
    print(f"{name:10s}: rate {rates[best]}, test error {errors[name].mean():.1f} % "
          f"({num_seeds} seeds: {low:.1f} to {high:.1f} %)")

gain = errors["centered"] - errors["normalized"]  # seed by seed
uncertain = gain.std() / num_seeds ** 0.5
print(f"normalizing gains {gain.mean():+.1f} ± {uncertain:.1f} points (mean and standard error)")
assert max(e.mean() for e in errors.values()) < 45, "both should be far better than guessing, 90 %"
assert gain.mean() < 1.5, f"normalizing should gain little, if anything: {gain.mean():.1f} points"
