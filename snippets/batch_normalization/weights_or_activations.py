"""In a trained CNN, BN gives the activations mean 0 and standard deviation 1; to the weights it does nothing."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU(),
    torch.nn.Conv2d(16, 16, 3, stride=2, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU(),
    torch.nn.Flatten(), torch.nn.Linear(256, 10))
initial = model[3].weight.std().item()
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for epoch in range(2):
    for batch in torch.randperm(len(y)).split(50):
        loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

weight, bn = model[3].weight.detach(), model[4]
before = weight.clone()
with torch.no_grad():
    y_bn = model[:5](x)  # training mode, all images as one batch: (1797, 16, 4, 4)
    x_hat = (y_bn - bn.bias[:, None, None]) / bn.weight[:, None, None]  # gamma and beta taken off again
accuracy = (model(x).argmax(1) == y).float().mean().item()
mean, std = x_hat.mean((0, 2, 3)), x_hat.std((0, 2, 3))  # (16,)
print(f"second convolution's weights:  mean {weight.mean():+.3f}, std {weight.std():.3f} (at the start {initial:.3f})")
print(f"normalized activations:        |mean| below 1e-4, std {std.min():.3f} to {std.max():.3f} over the channels")
gamma = bn.weight.detach()
print(f"after gamma and beta:          std {y_bn.std((0, 2, 3)).min():.2f} to {y_bn.std((0, 2, 3)).max():.2f}")

fig, ax = plt.subplots(figsize=(6, 3.2))
for value, color, style, label in ((weight, "C1", "--", "weights"), (x_hat, "C0", "-", "activations after BN")):
    height, edges = torch.histogram(value, bins=80, range=(-4, 4), density=True)
    ax.step(edges[:-1], height, where="post", color=color, linestyle=style, label=label)
ax.set(xlabel="value", ylabel="density")
ax.legend()
plt.show()

assert accuracy > 0.9, f"the network should be trained, accuracy {accuracy:.2f}"
assert mean.abs().max() < 1e-4, f"activations should have mean 0 in each channel, largest {mean.abs().max():.1e}"
assert (std - 1).abs().max() < 0.01, f"activations should have std 1, off by {(std - 1).abs().max():.3f}"
assert weight.shape == (16, 16, 3, 3), f"these should be a convolution's weights, shape {tuple(weight.shape)}"
assert weight.std() < 2.5 * initial, f"their std should stay near its start, {initial:.3f}, is {weight.std():.3f}"
assert weight.std() < 0.3, f"and be nowhere near 1, is {weight.std():.2f}"
assert torch.equal(weight, before), "a pass through BN should not touch the weights"
assert torch.allclose(y_bn.std((0, 2, 3)), gamma.abs(), rtol=0.01), "what leaves BN should have std |gamma|, not 1"
