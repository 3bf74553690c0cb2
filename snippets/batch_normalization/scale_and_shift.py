"""Normalizing alone holds a sigmoid in its linear part; gamma and beta can give back the original inputs."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
x = torch.tensor(load_digits().data, dtype=torch.float32) / 16  # (1797, 64)
z = x @ torch.randn(64, 16) - 1  # (1797, 16), inputs of 16 sigmoid units
bn = torch.nn.BatchNorm1d(16)  # starts with gamma = 1, beta = 0

normalized = bn(z).detach()
mean, var = z.mean(0), z.var(0, unbiased=False)  # (16,)
with torch.no_grad():
    bn.weight.copy_((var + bn.eps).sqrt())  # gamma
    bn.bias.copy_(mean)  # beta
restored = bn(z).detach()

# The slope is 1/4 at 0, half of that at |z| = ln(3 + 2 sqrt(2)) = 1.76: between the two is the "linear part".
edge = torch.log(torch.tensor(3 + 2 * 2**0.5))
at_edge = torch.sigmoid(edge) * (1 - torch.sigmoid(edge))
share, straight = {}, {}
for name, value in (("before BN", z), ("normalized only", normalized), ("gamma, beta set", restored)):
    share[name] = (value.abs() < edge).float().mean().item()
    pair = torch.stack([value.flatten(), torch.sigmoid(value).flatten()])  # input and output
    straight[name] = torch.corrcoef(pair)[0, 1].item() ** 2  # 1 would be a straight line
    print(f"{name:15s}: {share[name]:4.0%} of the inputs in the linear part,"
          f" a straight line explains {straight[name]:.1%} of the output")

# Before a ReLU a positive gamma only rescales the output, as the next layer's weights could do; beta is needed.
gamma, beta = 0.5 + torch.rand(16), torch.randn(16)
scaled = torch.relu(gamma * normalized + beta)
moved_out = gamma * torch.relu(normalized + beta / gamma)

grid = torch.linspace(-10, 10, 201)
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.axvspan(-edge.item(), edge.item(), color="gray", alpha=0.2)
ax.plot(grid, torch.sigmoid(grid), color="gray", label="sigmoid")
for value, color, style, label in ((normalized, "C0", "-", "normalized only"), (restored, "C1", "--", "γ, β set")):
    height, edges = torch.histogram(value, bins=60, range=(-10, 10), density=True)
    ax.step(edges[:-1], height, where="post", color=color, linestyle=style, label=label)
ax.set_xlabel("input z of the sigmoid")
ax.set_ylabel("sigmoid(z), density of z")
ax.legend(loc="upper left")
plt.show()

assert torch.allclose(restored, z, atol=1e-4), "gamma = sqrt(var + eps), beta = mean should undo the normalization"
assert abs(at_edge.item() - 1 / 8) < 1e-6, f"at the edge the slope should be 1/8, was {at_edge.item():.4f}"
raw, held, out = (share[name] for name in ("before BN", "normalized only", "gamma, beta set"))
assert held > 0.85, f"BN alone should keep most inputs in the linear part, share {held:.2f}"
assert raw < 0.6, f"these inputs should spread beyond it before BN, share {raw:.2f}"
assert abs(out - raw) < 0.01, f"gamma and beta should let as many out again, share {out:.2f}"
assert straight["normalized only"] > 0.98, f"the sigmoid should be nearly a line, was {straight['normalized only']:.3f}"
assert straight["gamma, beta set"] < 0.95, f"and bend with the spread restored, was {straight['gamma, beta set']:.3f}"
assert torch.allclose(scaled, moved_out, atol=1e-5), "relu(gamma x + beta) should equal gamma relu(x + beta / gamma)"
