"""With randn weights most tanh units saturate, yet the gradient grows backward; it vanishes in other saturated nets."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

seed, width, num_layers = 0, 256, 10
digits = load_digits()
x = torch.tensor(digits.data[:500], dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (500, 64)
y = torch.tensor(digits.target[:500])
starts = {  # with n inputs a weight is scale * n ** power * randn, a bias is shift * randn
    "randn": (1, 0, 0),
    "randn / sqrt(n)": (1, -0.5, 0),
    "and biases 16 randn": (1, -0.5, 16),
    "100 randn": (100, 0, 0),
}
saturated, blocked, typical, growth = {}, {}, {}, {}
print("                     layer 10: saturated, blocked; gradient there, in layer 2")

for (name, (scale, power, shift)), style in zip(starts.items(), ("o-", "s--", "^:", "v-.")):
    torch.manual_seed(seed)
    before, h = [], x
    for _ in range(num_layers):
        n = h.shape[1]
        z = h @ (scale * n ** power * torch.randn(n, width)) + shift * torch.randn(width)  # (500, 256)
        z.requires_grad_()  # asked for by hand, since there are no parameters here
        z.retain_grad()
        h = torch.tanh(z)
        before.append(z)
    logits = h @ (torch.randn(width, 10) / width ** 0.5)  # a calm last layer, so that only the hidden ones differ
    torch.nn.functional.cross_entropy(logits, y, reduction="sum").backward()
    norms = torch.stack([z.grad.norm(dim=1) for z in before])  # (10, 500), one for each layer and picture
    typical[name] = norms.median(1).values.tolist()
    growth[name] = (norms[1].square().mean() / norms[8].square().mean()).item() ** (1 / 14)  # a layer, over seven
    saturated[name] = (h.abs() > 0.99).float().mean().item()
    blocked[name] = (before[-1].grad == 0).float().mean().item()  # tanh is exactly 1 in float32, its slope 0
    print(f"{name:19s}  {saturated[name]:18.0%} {blocked[name]:9.0%} {typical[name][9]:14.0e} {typical[name][1]:9.0e}")
    plt.semilogy(range(1, 11), typical[name], style, label=name)
plt.xlabel("layer")
plt.ylabel("gradient of a typical picture")
plt.ylim(top=1e8)  # room for the legend
plt.legend(loc="upper right", ncols=2)
plt.show()

wide = 4 / 3 / (2 * torch.pi) ** 0.5 / 16  # mean square slope for sums that spread by sqrt(256) = 16
for name, factor in {"randn": (width * wide) ** 0.5, "and biases 16 randn": wide ** 0.5}.items():
    print(f"{name:19s}: factor per layer backward, predicted {factor:.2f}, measured {growth[name]:.2f}")
    assert abs(growth[name] / factor - 1) < 0.25, f"{name}: {growth[name]:.2f} a layer instead of {factor:.2f}"
    assert saturated[name] > 0.8, f"{name}: over 80 % should be beyond 0.99, {saturated[name]:.0%} are"
    assert 0.4 < blocked[name] < 0.75, f"{name}: about half should get exactly 0, {blocked[name]:.0%} do"
ratio = {name: size[1] / size[9] if size[9] else 0 for name, size in typical.items()}  # layer 2 over layer 10
assert saturated["randn / sqrt(n)"] < 0.01, "with the scaled weights next to no unit should be saturated"
assert 0.1 < ratio["randn / sqrt(n)"] < 10, f"and the gradient stay within tenfold, it does {ratio}"
assert ratio["randn"] > 100 and ratio["and biases 16 randn"] < 1e-4, f"randn should grow, biases vanish, {ratio}"
assert typical["randn"][9] < 0.5 * typical["randn / sqrt(n)"][9], "in layer 10 saturation should cost over half"
assert typical["100 randn"][1] == 0, f"100 randn should leave most pictures none, {typical['100 randn'][1]:.0e}"
