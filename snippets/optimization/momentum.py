"""With momentum the steps grow with the square root of the condition number; by hand it equals torch.optim.SGD."""
import matplotlib.pyplot as plt
import torch

conditions = [10, 30, 100, 300, 1000]


def gradient(w, k):  # of the loss (a^2 + k b^2) / 2
    return w * torch.tensor([1.0, k], dtype=torch.float64)


def descend(k, lr, mu, nesterov, num_steps):  # by hand, in PyTorch's convention
    w, velocity, path = torch.ones(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64), []
    for _ in range(num_steps):
        g = gradient(w, k)
        velocity = mu * velocity + g  # the rate is not in the velocity
        w = w - lr * (g + mu * velocity if nesterov else velocity)
        path.append(w)
    return torch.stack(path)  # (steps, 2)


def with_torch(k, lr, mu, nesterov, num_steps):
    w, path = torch.ones(2, dtype=torch.float64, requires_grad=True), []
    optimizer = torch.optim.SGD([w], lr=lr, momentum=mu, nesterov=nesterov)
    for _ in range(num_steps):
        w.grad = gradient(w.detach(), k)
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path)


for nesterov in (False, True):
    gap = (descend(100, 0.009, 0.9, nesterov, 100) - with_torch(100, 0.009, 0.9, nesterov, 100)).abs().max().item()
    print(f"nesterov={nesterov!s:5}: largest difference from torch.optim.SGD in 100 steps {gap:.0e}")
    assert gap < 1e-6, f"the rule by hand should equal torch.optim.SGD, nesterov={nesterov}, it differs by {gap}"

# Sutskever's form of Nesterov: the velocity holds the rate, and the gradient is taken at the point ahead.
w, velocity, ahead = torch.ones(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64), []
for _ in range(100):
    velocity = 0.9 * velocity - 0.009 * gradient(w + 0.9 * velocity, 100)
    w = w + velocity
    ahead.append(w + 0.9 * velocity)
gap = (torch.stack(ahead) - with_torch(100, 0.009, 0.9, True, 100)).abs().max().item()
assert gap < 1e-6, f"PyTorch's w should be the point ahead in Sutskever's form, it differs by {gap}"

needed = {"plain": [], "momentum": [], "Nesterov": []}
for k in conditions:
    root = k**0.5
    ratio = (root - 1) / (root + 1)
    settings = {"plain": (2 / (1 + k), 0.0, False), "momentum": (4 / (1 + root) ** 2, ratio**2, False),
                "Nesterov": (1 / k, ratio, True)}  # the textbook setting for each
    for name, (lr, mu, nesterov) in settings.items():
        far = descend(k, lr, mu, nesterov, 12 * k).norm(dim=1) > 1e-3
        needed[name].append(far.nonzero()[-1].item() + 2)  # the first step that stays within 0.001
for (name, steps), style in zip(needed.items(), ["o-", "s--", "^:"]):
    slope = (torch.tensor(steps[-1] / steps[1]).log() / torch.tensor(conditions[-1] / conditions[1]).log()).item()
    print(f"{name:9s} steps " + "".join(f"{n:6d}" for n in steps) + f"   slope {slope:.2f}")
    plt.loglog(conditions, steps, style, label=f"{name}, slope {slope:.2f}")
    low, high = (0.9, 1.1) if name == "plain" else (0.4, 0.6)
    assert low < slope < high, f"{name}: the slope on log axes should lie in {low} to {high}, it is {slope:.2f}"
slower = max(needed["momentum"][-1], needed["Nesterov"][-1])
assert needed["plain"][-1] > 8 * slower, "at a condition number of 1000 the gain should be manifold"
plt.gca().set(xlabel="condition number", ylabel="steps until the error stays below 0.001")
plt.legend()
plt.show()
