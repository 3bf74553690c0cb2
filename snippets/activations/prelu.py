"""PReLU learns the slope of its negative side, here beyond 1, where max(ax, x) would be another function."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.3))
learned = []
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 64), nn.PReLU(), nn.Linear(64, 64), nn.PReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    slopes = [(model[1].weight.item(), model[3].weight.item())]
    for _ in range(6):
        for batch in torch.randperm(1797).split(100):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            slopes.append((model[1].weight.item(), model[3].weight.item()))
    learned.append(slopes[-1])
    print(f"seed {seed}: slopes of layers 1 and 2: {slopes[0]} became {slopes[-1][0]:.2f}, {slopes[-1][1]:.2f}")
    left.plot([first for first, _ in slopes], "C0-", alpha=0.8, label="layer 1" if seed == 0 else None)
    left.plot([second for _, second in slopes], "C1--", alpha=0.8, label="layer 2" if seed == 0 else None)
assert slopes[0] == (0.25, 0.25), f"nn.PReLU should start at 0.25, starts at {slopes[0]}"
assert min(min(pair) for pair in learned) > 1, f"on this task every slope should be learned to above 1: {learned}"

assert loss.item() < 0.6, f"with these slopes the network should fit the digits, loss {loss.item():.2f}"

z = torch.linspace(-2, 2, 401)
a, delta = torch.tensor([0.25], requires_grad=True), torch.randn(401)  # delta: the gradient that arrives at the output
by_autograd, = torch.autograd.grad((delta * nn.functional.prelu(z, a)).sum(), a)
by_hand = (delta * z.clamp(max=0)).sum()  # the slope's gradient: delta times min(0, x), summed
assert torch.allclose(by_autograd, by_hand, atol=1e-4), f"gradient of a: {by_autograd.item():.4f}, {by_hand.item():.4f}"
for a in (0.01, 0.25, 1.0, 2.0):
    prelu = nn.functional.prelu(z, torch.tensor([a]))
    as_max = torch.maximum(a * z, z)
    gap = (prelu - as_max).abs().max().item()
    print(f"a = {a:4.2f}: max(ax, x) differs from PReLU by up to {gap:.2f} on [-2, 2]")
    assert abs(gap - 2 * max(a - 1, 0)) < 1e-5, f"the difference on [-2, 2] should be 2 (a - 1), is {gap:.3f}"
    assert (gap < 1e-6) == (a <= 1), f"max(ax, x) should be PReLU for a <= 1 only, differs by {gap:.2f} at a = {a}"
assert torch.equal(as_max, torch.where(z > 0, 2 * z, z)), "for a = 2 the maximum should be steep on the wrong side"
right.plot(z, prelu, "C0-", label="PReLU, a = 2")
right.plot(z, as_max, "C1--", label="max(2x, x)")
left.axhline(1, color="gray", linestyle=":")
left.set(xlabel="step", ylabel="learned slope a")
right.set(xlabel="input x", ylabel="output")
left.legend()
right.legend()
plt.show()
