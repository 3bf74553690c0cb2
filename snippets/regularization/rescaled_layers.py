"""A ReLU network keeps its function while its weights grow; the path norm stays too."""

import torch
from torch import nn

a = 10.0  # try: 0.1, 100.0
torch.manual_seed(0)
x = torch.randn(1000, 64)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
first, last = model[0], model[2]


def norms():
    """Sum of squared weights, and path norm (over all paths, weights multiplied)."""
    squares, outer = first.weight.square(), last.weight.square()  # (32, 64), (10, 32)
    return (squares.sum() + outer.sum()).item(), (outer @ squares).sum().sqrt().item()


with torch.no_grad():
    logits, (squared, path) = model(x), norms()
    first.weight *= a  # relu(a z) = a relu(z) for a > 0 …
    first.bias *= a
    last.weight /= a  # … so the next layer can undo it
    change = (model(x) - logits).abs().max().item()
    squared_after, path_after = norms()
print(f"outputs change by {change:.0e}")
print(f"sum of squared weights {squared:7.2f} -> {squared_after:9.2f}")
print(f"path norm              {path:7.2f} -> {path_after:9.2f}")
# region: the checks
assert change < 1e-4, f"the function should stay, changed by {change:.1e}"
assert abs(path_after / path - 1) < 1e-4, f"the path norm too, {path}, {path_after}"
grown = squared_after / squared
assert max(grown, 1 / grown) > 5, f"but the squared weights change, {grown:.1f} times"
# endregion

# %% proof: a factor of its own for each unit, and a last layer 8 times as large
with torch.no_grad():
    factors = torch.rand(32) * 5 + 0.2
    first.weight *= factors[:, None]
    first.bias *= factors
    last.weight /= factors
    change = (model(x) - logits).abs().max().item()
    assert change < 1e-4, f"one factor a unit should keep it too, {change:.1e}"
    own = norms()[1]
    assert abs(own / path - 1) < 1e-4, f"and the path norm, {own}"
    last.weight *= 8
    last.bias *= 8
    same = (model(x).argmax(1) == logits.argmax(1)).all()
    assert same, "a last layer 8 times as large should move no decision"
    assert abs(norms()[1] / path - 8) < 1e-2, f"the path norm should see it, {norms()}"
measured = {"grown": grown}
assert grown > 40, f"the squared weights should grow, {grown:.1f} times"
assert a == 10.0, f"the written factor is 10, found {a}"
