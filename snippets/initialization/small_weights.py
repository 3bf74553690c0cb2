"""With weights of 0.01 * randn, activations and gradients of a ten-layer tanh network shrink by one factor a layer."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

seed, width, num_layers = 0, 256, 10
torch.manual_seed(seed)
digits = load_digits()
x = torch.tensor(digits.data[:500], dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (500, 64)
y = torch.tensor(digits.target[:500])

weights, before, after = [], [], []  # before and after tanh, one entry a layer
h = x
for _ in range(num_layers):
    w = (0.01 * torch.randn(h.shape[1], width)).requires_grad_()
    z = h @ w  # (500, 256)
    z.retain_grad()
    h = torch.tanh(z)
    weights.append(w)
    before.append(z)
    after.append(h)
logits = h @ (0.01 * torch.randn(width, 10))  # (500, 10)
loss = torch.nn.functional.cross_entropy(logits, y)
loss.backward()

print("layer   activations   gradient of z   gradient of W   (standard deviations)")
for layer in (0, 4, 9):
    z, w, h = before[layer], weights[layer], after[layer]
    print(f"{layer + 1:5d} {h.std().item():13.0e} {z.grad.std().item():15.0e} {w.grad.std().item():15.0e}")

predicted = 0.01 * width ** 0.5  # a layer's factor while tanh is linear
forward = (after[9].std() / after[1].std()).item() ** (1 / 8)  # measured, mean over eight layers
backward = (before[1].grad.std() / before[9].grad.std()).item() ** (1 / 8)
print(f"factor per layer: predicted {predicted:.3f}, forward {forward:.3f}, backward {backward:.3f}")

fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
for layer, style, color in zip((0, 3, 6, 9), ("-", "--", ":", "-."), ("C0", "C1", "C2", "C5")):
    for ax, values in zip(axes, (after[layer], before[layer].grad)):
        logs = values.detach().abs().clamp(min=1e-30).log10().flatten().numpy()
        ax.hist(
            logs, bins=60, range=(-14, 0), histtype="step", linestyle=style, color=color, label=f"layer {layer + 1}"
        )
axes[0].set_xlabel("log10 of |activation|")
axes[1].set_xlabel("log10 of |gradient of the loss|")
axes[0].set_ylabel("number of units x examples")
axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

assert abs(forward / predicted - 1) < 0.1, f"activations should shrink to {predicted:.3f}, they did to {forward:.3f}"
assert abs(backward / predicted - 1) < 0.1, f"gradients should shrink to {predicted:.3f}, they did to {backward:.3f}"
assert after[9].std() < 1e-7, f"after ten layers the spread should be under 1e-7, it is {after[9].std().item():.0e}"
grads = [w.grad.std().item() for w in weights]
assert max(grads) < 1e-8, f"every weight matrix should get gradients under 1e-8, the largest is {max(grads):.0e}"
assert max(grads) < 5 * min(grads), f"they should be alike in all layers, {min(grads):.0e} to {max(grads):.0e}"
assert abs(loss.item() - 2.3026) < 0.001, f"the loss should be ln(10), as without a network, it is {loss.item():.4f}"
