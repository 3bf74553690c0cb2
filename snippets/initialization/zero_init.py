"""Hidden units that start equal get equal gradients, unless dropout parts them; from zeros only a bias learns."""
import torch
from sklearn.datasets import load_digits

seed, width = 0, 32
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float64)
x = (x - x.mean(0)) / x.std()  # (1797, 64)
y = torch.tensor(digits.target)
torch.manual_seed(seed)
order = torch.randperm(len(y))
train_x, train_y, test_x, test_y = x[order[:600]], y[order[:600]], x[order[600:]], y[order[600:]]
errors, losses, row_gap, gradient_gap, models = {}, {}, {}, {}, {}

for name in ("all zero", "equal units", "with dropout", "random", "linear, zero"):
    torch.manual_seed(seed)
    hidden, output = torch.nn.Linear(64, width), torch.nn.Linear(width, 10)
    model = torch.nn.Sequential(hidden, torch.nn.Tanh(), output).double()
    if name == "with dropout":
        model = torch.nn.Sequential(hidden, torch.nn.Tanh(), torch.nn.Dropout(0.5), output).double()
    if name == "linear, zero":
        model = torch.nn.Sequential(torch.nn.Linear(64, 10)).double()
    if name.endswith("zero"):
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
    if name in ("equal units", "with dropout"):  # every hidden unit is a copy of the first, in its inputs and in its outputs
        with torch.no_grad():
            hidden.weight[1:], hidden.bias[1:] = hidden.weight[0], hidden.bias[0]
            output.weight[:, 1:] = output.weight[:, :1]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(model(train_x), train_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    first = model[0].weight  # (32, 64), one row a unit
    row_gap[name] = (first - first[0]).abs().max().item()
    gradient_gap[name] = (first.grad - first.grad[0]).abs().max().item()
    errors[name] = (model(test_x).argmax(1) != test_y).double().mean().item() * 100
    losses[name], models[name] = loss.item(), model
    print(f"{name:12s}: test error {errors[name]:4.1f} %, largest difference between units {row_gap[name]:.0e}")

dead = models["all zero"]
untouched = all((dead[i].weight == 0).all() for i in (0, 2)) and (dead[0].bias == 0).all()
frequency = torch.bincount(train_y) / len(train_y)
entropy = -(frequency * frequency.log()).sum().item()  # the loss of a constant guess
print(f"all zero: loss {losses['all zero']:.3f}, entropy of the class frequencies {entropy:.3f}")

assert untouched and (dead[2].bias != 0).all(), "from zero only the output bias should have moved"
assert abs(losses["all zero"] - entropy) < 0.01, f"the loss should be {entropy:.3f}, it is {losses['all zero']:.3f}"
assert row_gap["equal units"] < 1e-6, f"equal units should stay equal, they differ by {row_gap['equal units']:.0e}"
assert gradient_gap["equal units"] < 1e-6, f"their gradients should be equal, off by {gradient_gap['equal units']:.0e}"
assert row_gap["random"] > 0.1, f"random units should differ by over 0.1, they differ by {row_gap['random']:.2f}"
assert errors["equal units"] > 40, f"32 copies of one unit should err on over 40 %, {errors['equal units']:.1f} %"
assert max(errors["random"], errors["linear, zero"]) < 12, "random units and a linear model from zero should both learn"
assert row_gap["with dropout"] > 0.1, f"dropout should part them, they differ by {row_gap['with dropout']:.0e}"
assert errors["with dropout"] < 20, f"parted units should learn, they err on {errors['with dropout']:.1f} %"
