"""A maxout unit is the largest of k learned lines: it contains ReLU, fits convex curves, costs k-fold weights."""
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
x = torch.linspace(-2, 2, 201)[:, None]  # (N, 1)


def maxout(w, b):  # one slope and one offset per piece: (k,)
    return (x * w + b).amax(1, keepdim=True)  # (N, k) -> (N, 1)


leaky = torch.nn.functional.leaky_relu(x, 0.01)
assert torch.equal(maxout(torch.tensor([1.0, 0.0]), torch.zeros(2)), torch.relu(x)), "slopes 1 and 0 should be ReLU"
assert torch.equal(maxout(torch.tensor([1.0, 0.01]), torch.zeros(2)), leaky), "slopes 1 and 0.01 should be Leaky ReLU"

torch.manual_seed(0)
plain, two_pieces = torch.nn.Linear(64, 128), torch.nn.Linear(64, 2 * 128)
h = two_pieces(torch.randn(5, 64)).unflatten(1, (128, 2)).amax(2)  # (N, units * pieces) -> (N, units)
count = [sum(p.numel() for p in layer.parameters()) for layer in (plain, two_pieces)]
assert h.shape == (5, 128) and count == [8320, 16640], f"two pieces should double the parameters, counted {count}"
print(f"128 units on 64 inputs: {count[0]} parameters with ReLU, {count[1]} with maxout of two pieces")


def fit(target, k):
    torch.manual_seed(0)
    w, b = torch.randn(k, requires_grad=True), torch.zeros(k, requires_grad=True)
    optimizer = torch.optim.Adam([w, b], lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        loss = (maxout(w, b) - target).square().mean()
        loss.backward()
        optimizer.step()
    pieces = (x * w + b).detach()  # (N, k)
    idle = [j for j in range(k) if j not in pieces.argmax(1)]  # never the largest
    return pieces, loss.item() ** 0.5, idle, b.grad


fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
for k, axis in ((2, axes[0]), (3, axes[1])):
    pieces, error, idle, grad = fit(x ** 2, k)
    best = 16 / (6 * 5 ** 0.5 * k ** 2)  # least squares with k equal cells, see below
    print(f"x squared, {k} pieces: RMS error {error:.3f}, the best possible is {best:.3f}")
    assert abs(error / best - 1) < 0.1, f"{k} learned pieces should fit x squared to {best:.3f}, error is {error:.3f}"
    axis.plot(x, x ** 2, color="gray", linestyle="--", label="target")
    axis.plot(x, pieces.amax(1), color="C0", label="maxout")
    axis.set(title=f"{k} pieces", xlabel="input x", ylim=(-1.2, 4.2))
axes[0].set_ylabel("output")
axes[0].legend()
plt.show()

line, concave = fit(-x ** 2, 1)[1], fit(-x ** 2, 3)[1]
pieces, error, idle, grad = fit(x ** 2, 8)
print(f"minus x squared: RMS error {line:.2f} with 1 piece, {concave:.2f} with 3 pieces")
print(f"x squared, 8 pieces: {len(idle)} are never the largest, their gradient is {grad[idle].abs().max().item():.0f}")
assert abs(concave / line - 1) < 0.01, f"a concave target should get no better than a line: {concave:.3f}, {line:.3f}"
assert idle and grad[idle].eq(0).all(), f"some of 8 pieces should be idle with zero gradient, idle are {idle}"
