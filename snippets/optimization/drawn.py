"""Drawn: gradient descent walks down the loss, and the rate sets its stride."""

import torch

x = torch.tensor([1.0, 2.0, 3.0])  # (3,), three inputs
y = torch.tensor([2.0, 4.0, 6.0])  # (3,), what the neuron w * x should put out
w = torch.tensor(0.5, requires_grad=True)  # its weight; 2 would be right
lr = 0.05  # try: 0.005, 0.15, 0.25
optimizer = torch.optim.SGD([w], lr=lr)
path = []
for step in range(8):
    optimizer.zero_grad()  # forget the slope of the step before
    loss = ((w * x - y) ** 2).mean()
    loss.backward()  # puts the slope of the loss into w.grad
    path.append((w.item(), loss.item(), w.grad.item()))
    optimizer.step()  # w = w - lr * w.grad
for step in (0, 1, 2, 7):
    at, height, slope = path[step]
    print(f"step {step}: weight {at:6.2f}, loss {height:7.3f}, slope {slope:7.2f}")
assert all(abs(s - 28 / 3 * (at - 2)) < 1e-3 for at, _, s in path), f"slopes {path}"
# region: the picture
import matplotlib.pyplot as plt

line = torch.linspace(-1.2, 5.2, 200)
plt.plot(line, ((line[:, None] * x - y) ** 2).mean(1), color="C0", lw=1.5)
for (at, height, _), (to, below, _) in zip(path, path[1:], strict=False):
    plt.annotate(
        "",
        (to, below),
        (at, height),
        arrowprops={"arrowstyle": "->", "color": "C1", "lw": 1.5},
        annotation_clip=True,
    )
plt.plot([at for at, _, _ in path], [height for _, height, _ in path], "o", color="C1")
plt.plot(2, 0, "*", color="C2", ms=14, zorder=3)
plt.gca().set(xlim=(-1.2, 5.2), ylim=(-2, 42), xlabel="weight", ylabel="loss")
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
# endregion

# %% proof: what the four rates do


def walk(lr):
    """The distance from the best weight, 2, after each of 8 steps."""
    w, distances = 0.5, []
    for _ in range(8):
        w -= lr * 28 / 3 * (w - 2)
        distances.append(w - 2)
    return distances


small, good, wide, over = (walk(lr) for lr in (0.005, 0.05, 0.15, 0.25))
at, _, _ = path[-1]
assert abs(at - 2 - good[-2]) < 1e-4, f"the written rate should lead to {good}, {at}"
assert abs(small[-1]) > 0.5 * 1.5, f"at 0.005 over half the way is left, {small}"
assert abs(good[-1]) < 0.01 * 1.5, f"at 0.05 under a hundredth is left, {good}"
assert all(d < 0 for d in good), f"and w = 2 is not passed, {good}"
crossed = [a * b < 0 for a, b in zip(wide, wide[1:], strict=False)]
assert all(crossed) and abs(wide[-1]) < 0.01, f"0.15 jumps over, and comes down, {wide}"
assert abs(over[0]) > 1.5 and abs(over[-1]) > 10, f"0.25 climbs out, {over}"
