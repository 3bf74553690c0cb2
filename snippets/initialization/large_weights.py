"""With randn weights most tanh units saturate and pass no gradient, yet through ten layers the gradient grows."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

seed, width, num_layers = 0, 256, 10
digits = load_digits()
x = torch.tensor(digits.data[:500], dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (500, 64)
y = torch.tensor(digits.target[:500])
saturated, blocked, slopes, sizes, last = {}, {}, {}, {}, {}

for name in ("randn", "randn / sqrt(fan_in)"):
    torch.manual_seed(seed)
    before, h = [], x
    for _ in range(num_layers):
        w = torch.randn(h.shape[1], width)
        z = h @ (w if name == "randn" else w / h.shape[1] ** 0.5)  # (500, 256)
        z.requires_grad_() if not before else z.retain_grad()
        h = torch.tanh(z)
        before.append(z)
    logits = h @ (torch.randn(width, 10) / width ** 0.5)  # a calm last layer, so that only the hidden ones differ
    torch.nn.functional.cross_entropy(logits, y).backward()
    last[name] = h.detach().flatten()
    saturated[name] = (last[name].abs() > 0.99).float().mean().item()
    blocked[name] = (before[-1].grad == 0).float().mean().item()  # tanh is exactly 1 in float32, its slope 0
    slopes[name] = (1 - torch.tanh(before[-1].detach().double()) ** 2).median().item()
    sizes[name] = [z.grad.std().item() for z in before]
    print(f"{name:20s}: saturated {saturated[name]:4.0%}, gradient exactly 0 {blocked[name]:4.0%}, "
          f"median slope {slopes[name]:.0e}, size of gradient at layer 10 {sizes[name][9]:.0e}, 1 {sizes[name][0]:.0e}")

fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
left.set_xlabel("activation in layer 10")
left.set_ylabel("density")
for (name, size), marker in zip(sizes.items(), ("o-", "s--")):
    left.hist(last[name].numpy(), bins=40, density=True, histtype="step", linestyle=marker[1:], linewidth=1.5)
    right.semilogy(range(1, 11), size, marker, label=name)
right.set_xlabel("layer")
right.set_ylabel("size of its gradient")
right.legend()
plt.show()

assert saturated["randn"] > 0.8, f"over 80 % should be beyond 0.99, {saturated['randn']:.0%} are"
assert saturated["randn / sqrt(fan_in)"] < 0.01, "with the scaled weights next to no unit should be saturated"
assert 0.4 < blocked["randn"] < 0.7, f"about half should pass exactly no gradient, {blocked['randn']:.0%} do"
assert slopes["randn"] < 1e-6 < slopes["randn / sqrt(fan_in)"], "the median slope should vanish with randn only"
growth = sizes["randn"][1] / sizes["randn"][9]
assert growth > 100, f"from layer 10 back to layer 2 the gradient should grow over 100-fold, it grew {growth:.0f}-fold"
per_layer = (sizes["randn"][1] / sizes["randn"][8]) ** (1 / 7)
predicted = (4 / 3 * (width / (2 * torch.pi)) ** 0.5) ** 0.5  # wide-layer estimate
print(f"growth per layer backward with randn: predicted {predicted:.2f}, measured {per_layer:.2f}")
assert abs(per_layer / predicted - 1) < 0.1, f"it should grow {predicted:.2f}-fold, it grew {per_layer:.2f}-fold"
steady = sizes["randn / sqrt(fan_in)"][1] / sizes["randn / sqrt(fan_in)"][9]
assert 0.1 < steady < 10, f"with the scaled weights it should stay within tenfold, the factor is {steady:.2f}"
first = sizes["randn"][9] / sizes["randn / sqrt(fan_in)"][9]
assert 0.02 < first < 0.5, f"at layer 10 itself saturation should cost over half of the gradient, {first:.2f} is left"
