"""The group lasso switches whole filters off, and the network without them computes the same outputs."""
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
lr, batch_size, num_epochs, num_filters = 0.3, 50, 10, 32


def train(penalty, seed):
    torch.manual_seed(seed)
    train, test = torch.randperm(len(y)).split([1000, 797])
    conv = torch.nn.Conv2d(1, num_filters, 3, padding=1)
    head = torch.nn.Linear(num_filters * 16, 10)
    optimizer = torch.optim.SGD([*conv.parameters(), *head.parameters()], lr=lr)
    for epoch in range(num_epochs):
        for batch in train[torch.randperm(1000)].split(batch_size):
            optimizer.zero_grad()
            F.cross_entropy(predict(conv, head, x[batch]), y[batch]).backward()
            optimizer.step()
            with torch.no_grad():  # a group: one filter with its bias, shortened as a whole by lr * penalty
                keep = (1 - lr * penalty / norms(conv).clamp(min=1e-12)).clamp(min=0)  # (32,)
                conv.weight *= keep[:, None, None, None]
                conv.bias *= keep
    return conv, head, x[test], y[test]


def predict(conv, head, x):
    return head(F.max_pool2d(conv(x).relu(), 2).flatten(1))  # (N, 32, 8, 8) -> (N, 32 * 16) -> (N, 10)


def norms(conv):
    return torch.cat([conv.weight.flatten(1), conv.bias[:, None]], 1).detach().norm(dim=1)  # (32,)


def without_the_rest(conv, head, keep, x):
    """The network built from the kept filters alone: fewer filters, and fewer columns in the next layer."""
    small = F.max_pool2d(F.conv2d(x, conv.weight[keep], conv.bias[keep], padding=1).relu(), 2)  # (N, kept, 4, 4)
    return F.linear(small.flatten(1), head.weight.view(10, num_filters, 16)[:, keep].flatten(1), head.bias)


left, accuracies = {0.0: [], 0.02: []}, {0.0: [], 0.02: []}
for penalty, style in ((0.0, "C0-"), (0.02, "C1--")):
    for seed in range(0, 300, 100):
        conv, head, test_x, test_y = train(penalty, seed)
        alive = norms(conv) > 0
        with torch.no_grad():
            logits = predict(conv, head, test_x)  # (797, 10)
            gap = (logits - without_the_rest(conv, head, alive, test_x)).abs().max().item()
            fewer = alive.clone()
            fewer[conv(test_x).relu().mean((0, 2, 3)).argmax()] = False  # the control: the busiest filter goes as well
            damage = (logits - without_the_rest(conv, head, fewer, test_x)).abs().max().item()
        left[penalty].append(int(alive.sum()))
        accuracies[penalty].append(100 * (logits.argmax(1) == test_y).float().mean().item())
        print(f"penalty {penalty:4.2f}, seed {seed}: {left[penalty][-1]} of {num_filters} filters left, accuracy "
              f"{accuracies[penalty][-1]:.1f} %, outputs differ by {gap:.0e} after removal")
        plt.plot(range(1, num_filters + 1), norms(conv).sort(descending=True).values, style,
                 label=f"penalty {penalty:g}" if seed == 0 else None)
        assert gap < 1e-4, f"removing switched-off filters should change no output, difference {gap:.0e}"
        assert damage > 0.01, f"removing a filter in use should change outputs, by {damage:.0e}"
plt.xlabel("filters, sorted by length")
plt.ylabel("length of a filter with its bias")
plt.legend()
plt.show()

assert min(left[0.0]) == num_filters, f"without penalty all {num_filters} filters should stay, left {left[0.0]}"
assert max(left[0.02]) <= 27, f"the penalty should switch off at least 5 of 32 filters, left {left[0.02]}"
drop = sum(accuracies[0.0]) / 3 - sum(accuracies[0.02]) / 3
assert drop < 4, f"the smaller networks should lose under 4 points of accuracy on average, lost {drop:.1f}"
