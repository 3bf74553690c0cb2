"""The sigmoid's slope is at most 1/4, so the gradient shrinks from layer to layer, with or without saturation."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler
from torch import nn

x = torch.linspace(-20, 20, 400_001, dtype=torch.float64, requires_grad=True)  # steps of 1e-4, 0 included
slope, = torch.autograd.grad(torch.sigmoid(x).sum(), x)
x = x.detach()
edge = x[slope >= 1e-4].max().item()
print(f"largest slope {slope.max().item():.4f} at x = 0, below 1e-4 for |x| > {edge:.4f}")
assert abs(x[slope.argmax()].item()) < 1e-4, f"the slope should be largest at 0, is at {x[slope.argmax()].item():.4f}"
assert abs(slope.max().item() - 0.25) < 1e-9, f"the largest slope should be 1/4, is {slope.max().item():.6f}"
assert abs(edge - 9.2101) < 2e-4, f"the slope should fall below 1e-4 at 9.2101, falls at {edge:.4f}"
far = torch.tensor([-20.0, 20.0], requires_grad=True)  # float32
below, above = torch.autograd.grad(torch.sigmoid(far).sum(), far)[0].tolist()
print(f"float32: slope at -20 is {below:.0e}, at +20 it is {above:.0f}")
assert 0 < below < 1e-8 and above == 0, f"sigmoid(20) should round to 1, so slope 0: {below:.0e}, {above:.0e}"

digits = load_digits()
y = torch.tensor(digits.target)
inputs = torch.tensor(StandardScaler().fit_transform(digits.data), dtype=torch.float32)  # (1797, 64)
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.4), width_ratios=(2, 3))
left.semilogy(x, slope)
left.axhline(1e-4, color="gray", linestyle=":")
left.set(xlabel="input x", ylabel="slope of the sigmoid", xlim=(-15, 15), ylim=(1e-6, 1))
depth, kept = 10, {}
for name, activation, gain, style in (("sigmoid, gain 1", nn.Sigmoid, 1, "C0o-"),
                                      ("sigmoid, gain 4", nn.Sigmoid, 4, "C1s--"),
                                      ("ReLU, gain 1.41", nn.ReLU, 2 ** 0.5, "C5^-.")):
    norms = torch.zeros(5, depth)  # (seeds, layers)
    for n, seed in enumerate(range(0, 500, 100)):
        torch.manual_seed(seed)
        blocks = [nn.Sequential(nn.Linear(64, 64), activation()) for _ in range(depth)]
        model = nn.Sequential(*blocks, nn.Linear(64, 10))
        for block in blocks:
            nn.init.normal_(block[0].weight, std=gain / 64 ** 0.5)  # variance gain² / fan-in
            nn.init.zeros_(block[0].bias)
        nn.functional.cross_entropy(model(inputs), y).backward()
        norms[n] = torch.stack([block[0].weight.grad.norm() for block in blocks])
    kept[name] = (norms[:, 2] / norms[:, -1]) ** (1 / 7)  # per layer, from layer 10 down to layer 3
    print(f"{name}: {kept[name].min():.2f} to {kept[name].max():.2f} of the gradient left per layer, "
          f"{(norms[:, 0] / norms[:, -1]).mean():.0e} from layer 10 to layer 1")
    layers = range(1, depth + 1)
    right.semilogy(layers, norms.log().mean(0).exp(), style, label=name)
    right.fill_between(layers, norms.amin(0), norms.amax(0), color=style[:2], alpha=0.3)
right.set(xlabel="layer (1 is nearest the input)", ylabel="norm of the weight gradient", ylim=(1e-7, 30))
right.legend(loc="lower right")
plt.show()
assert nn.init.calculate_gain("sigmoid") == 1, "PyTorch's recommended gain for the sigmoid should be 1"
plain, large, relu = kept.values()
assert plain.min() > 0.2 and plain.max() < 0.27, f"gain 1 should keep about 1/4: {plain.min():.2f}-{plain.max():.2f}"
assert large.min() > 0.55 and large.max() < 0.8, f"gain 4 should keep under 4/4: {large.min():.2f}-{large.max():.2f}"
assert relu.min() > 0.8 and relu.max() < 1.2, f"ReLU should keep about all, kept {relu.min():.2f}-{relu.max():.2f}"
assert norms.min() > 0.05 and norms.max() < 2, f"ReLU's norms should stay near 1: {norms.min():.2f}-{norms.max():.2f}"
