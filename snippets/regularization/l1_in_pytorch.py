"""An L1 term in the loss leaves small weights that are not zero; the proximal step after SGD makes them exactly 0."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
lr, penalty, batch_size, num_epochs = 0.1, 3e-3, 32, 15


def train(method, seed):
    """Softmax regression on 1,000 digits; returns its 640 weights and the test accuracy in %."""
    torch.manual_seed(seed)
    order = torch.randperm(len(y))
    train_x, train_y, test_x, test_y = x[order[:1000]], y[order[:1000]], x[order[1000:]], y[order[1000:]]
    model = torch.nn.Linear(64, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=penalty if method == "L2" else 0)
    for epoch in range(num_epochs):
        for batch in torch.randperm(1000).split(batch_size):
            loss = F.cross_entropy(model(train_x[batch]), train_y[batch])
            if method == "L1 in the loss":
                loss = loss + penalty * model.weight.abs().sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if method == "L1 proximal":
                with torch.no_grad():  # soft-thresholding: towards zero by lr * penalty, and stop there
                    w = model.weight
                    w.copy_(w.sign() * (w.abs() - lr * penalty).clamp(min=0))
    accuracy = 100 * (model(test_x).argmax(1) == test_y).float().mean().item()
    return model.weight.detach().flatten(), accuracy


zeros, small, accuracies, shown = {}, {}, {}, {}
for method in ("L2", "L1 in the loss", "L1 proximal"):
    runs = [train(method, seed) for seed in range(0, 300, 100)]
    zeros[method] = [(w == 0).sum().item() for w, _ in runs]
    small[method] = [(w.abs() < 2 * lr * penalty).sum().item() for w, _ in runs]
    accuracies[method] = torch.tensor([accuracy for _, accuracy in runs])
    shown[method] = runs[0][0].abs().sort().values
    print(f"{method:14s}: exactly zero {zeros[method]}, below 2 lr·λ {small[method]} of 640 weights, "
          f"test accuracy {accuracies[method].mean():.1f} ± {accuracies[method].std():.1f} %")

for (method, sizes), style in zip(shown.items(), ("-", "--", "-.")):
    plt.semilogy(range(1, 641), sizes, style, label=method)  # a zero has no place on a log axis: the curve starts later
plt.axhline(lr * penalty, color="gray", linestyle=":", label="lr·λ, the length of one L1 step")
plt.xlabel("weights, sorted by size")
plt.ylabel("absolute value")
plt.legend()
plt.show()

assert max(zeros["L2"]) == 0, f"L2 should leave no exact zeros, left {zeros['L2']}"
assert max(zeros["L1 in the loss"]) == 0, f"L1 through autograd should leave none, left {zeros['L1 in the loss']}"
assert min(zeros["L1 proximal"]) > 150, f"the proximal step should zero over 150 weights, zeroed {zeros['L1 proximal']}"
assert min(small["L1 in the loss"]) > 150, "through autograd over 150 weights should hover within two steps of zero"
assert max(small["L2"]) < 50, f"L2 should leave few weights that small, left {small['L2']}"
drop = (accuracies["L1 in the loss"] - accuracies["L1 proximal"]).abs().mean()
assert drop < 2, f"both ways should reach the same accuracy within 2 points, difference {drop:.1f}"
