"""For linear regression the expected dropout loss is least squares plus an L2 term that each feature's size scales."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

torch.manual_seed(0)
diabetes = load_diabetes(scaled=False)  # age, blood pressure, ...: features of very different size
x = torch.tensor(diabetes.data, dtype=torch.float64)
x = x - x.mean(0)  # (N, 10)
y = torch.tensor(diabetes.target, dtype=torch.float64)
y = y - y.mean()  # (N,)
size = x.square().sum(0)  # (10,), the sum of squares of each feature
w = 20 * torch.randn(10, dtype=torch.float64).sign() / x.std(0)  # the identity holds for any weights
rates, draws = [0.1, 0.3, 0.5, 0.7, 0.9], 1000
print("  p    least squares   L2 term   their sum   mean of 1,000 losses   gap of coefficients")
paths = []
for p in rates:
    dropout = torch.nn.Dropout(p)
    fit = (y - x @ w).square().sum().item()
    penalty = (p / (1 - p) * size * w.square()).sum().item()
    losses, gram, moment = [], torch.zeros_like(x.T @ x), torch.zeros_like(w)
    for _ in range(draws):
        noisy = dropout(x)  # (N, 10)
        losses.append((y - noisy @ w).square().sum())
        gram += noisy.T @ noisy / draws
        moment += noisy.T @ y / draws
    average = torch.stack(losses).mean().item()
    trained = torch.linalg.solve(gram, moment) * x.std(0)  # the minimum of the averaged dropout loss
    formula = torch.linalg.solve(x.T @ x + p / (1 - p) * torch.diag(size), x.T @ y) * x.std(0)
    paths.append(torch.stack([trained, formula]))
    gap = ((trained - formula).abs().max() / formula.abs().max()).item()
    print(f"{p:.1f}   {fit / 1e6:9.2f} M   {penalty / 1e6:7.2f} M   {(fit + penalty) / 1e6:7.2f} M"
          f"   {average / 1e6:18.2f} M   {100 * gap:17.1f} %")
    assert abs(average / (fit + penalty) - 1) < 0.02, f"p = {p}: average {average:.4g} should be {fit + penalty:.4g}"
    assert gap < 0.1, f"p = {p}: dropout's minimum should be the formula's, coefficients differ by {gap:.3f}"
    # On standardized features every size is N, and the term is plain L2: ridge regression with N p / (1 - p).
    ridge = Ridge(alpha=len(y) * p / (1 - p), fit_intercept=False).fit(x / x.std(0, unbiased=False), y)
    on_unit_scale = torch.tensor(ridge.coef_) * (x.std(0) / x.std(0, unbiased=False))
    assert torch.allclose(on_unit_scale, formula, rtol=1e-6), f"p = {p}: should be ridge on standardized data"

norms = [coefficients.norm().item() for _, coefficients in paths]
assert norms == sorted(norms, reverse=True), f"more dropout should shrink the coefficients' norm, it went {norms}"
for column, marker in ((2, "o"), (3, "s"), (8, "^"), (9, "v")):
    trained, formula = torch.stack(paths)[:, :, column].T  # (rates,) each
    line, = plt.plot(rates, formula)
    plt.plot(rates, trained, marker, color=line.get_color(), label=diabetes.feature_names[column])
plt.xlabel("p of the dropout on the inputs")
plt.ylabel("coefficient per standard deviation")
plt.legend(title="line: formula, marker: dropout")
plt.show()

# The term does not care about units: metres or kilometres, with the weight to match, cost the same. Plain L2 cares.
kilo = torch.ones(10, dtype=torch.float64)
kilo[0] = 1000
rescaled = ((x / kilo).square().sum(0) * (w * kilo).square()).sum()
assert torch.isclose(rescaled, (size * w.square()).sum()), "dropout's term should not change with a feature's unit"
plain = ((w * kilo).square().sum() / w.square().sum()).item()
assert plain > 100, f"plain L2 should change with a feature's unit, it grew {plain:.0f} times"
