"""Adam's bias correction makes the first step exactly the learning rate; without it the first steps are too long."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy

digits = load_digits()
x = torch.tensor(digits.data) / 16  # (1797, 64), float64
y = torch.tensor(digits.target)
lr, num_steps = 0.01, 1000
torch.manual_seed(0)
start = 0.1 * torch.randn(64, 10, dtype=torch.float64)  # one linear layer
inked = x.std(0) > 0.05  # pixels that are always empty get no gradient


def adam(corrected, scale=1.0):
    w, m, v, lengths, first = start.clone(), 0.0, 0.0, [], None
    torch.manual_seed(1)
    for t in range(1, num_steps + 1):
        batch = torch.randint(len(y), (32,))
        w.requires_grad_()
        g, = torch.autograd.grad(scale * cross_entropy(x[batch] @ w, y[batch]), w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if corrected else (m, v)
        step = lr * m_hat / (v_hat.sqrt() + 1e-8)
        w = w.detach() - step
        lengths.append(step[inked].abs().mean().item() / lr)
        first = step if t == 1 else first
    return w, lengths, first


fig, (left, mid) = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
constant = {}  # the length of each step in units of the rate, when every gradient is 5
for name, style in (("Adagrad", "-"), ("RMSprop", ":"), ("Adam", "--")):
    w, constant[name] = torch.zeros(1, requires_grad=True), []
    optimizer = getattr(torch.optim, name)([w], lr=lr)
    for _ in range(num_steps):
        before, w.grad = w.item(), torch.tensor([5.0])
        optimizer.step()
        constant[name].append((before - w.item()) / lr)
    left.loglog(range(1, num_steps + 1), constant[name], style, label=name)

right_w, right, first = adam(corrected=True)
_, bare, first_bare = adam(corrected=False)
scaled_w, _, _ = adam(corrected=True, scale=1000)
for t in (1, 10, 100, 1000):
    print(f"step {t:4d}: mean step / learning rate {right[t - 1]:.2f} with the correction, {bare[t - 1]:.2f} without")
moved = (right_w - scaled_w).abs().max().item() / (right_w - start).abs().max().item()
print(f"loss times 1000: the weights end within {moved:.1%} of their way")
mid.loglog(range(1, num_steps + 1), right, "--", color="C2", label="Adam")
mid.loglog(range(1, num_steps + 1), bare, "-.", color="C5", label="not corrected")
left.set(title="constant gradient", xlabel="step", ylabel="length of the step / rate")
mid.set(title="digits", xlabel="step")
left.legend()
mid.legend()
plt.show()

for t in (1, 10, 1000):
    assert abs(constant["Adagrad"][t - 1] * t**0.5 - 1) < 0.01, "AdaGrad's step should fall as 1/sqrt(t)"
    assert abs(constant["Adam"][t - 1] - 1) < 0.01, "on a constant gradient each step of Adam should be the rate"
assert abs(constant["RMSprop"][0] - 10) < 0.1, "RMSprop's first step should be 10 times the rate"
alive = first.abs() > 0.9 * lr
assert alive[inked].double().mean() > 0.9, "Adam's first step should be the rate, whatever the gradient's size"
ratio = (first_bare / first)[alive].mean().item()
assert abs(ratio - 10**0.5) < 0.01, f"uncorrected, the first step should be 3.16 times as long, {ratio}"
assert bare[9] > 2 * right[9], "after ten steps the uncorrected steps should still be more than twice as long"
assert bare[-1] < 1.8 * right[-1], "after a thousand steps most of the difference should be gone"
assert moved < 0.02, f"scaling the loss should hardly move Adam's path, the weights moved {moved:.1%}"
