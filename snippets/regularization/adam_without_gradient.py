"""Without a gradient Adam turns any L2 term into steps of size lr; AdamW shrinks."""

import torch

weight_decay = 0.1  # try: 0.001, 1.0
lr, num_steps = 0.001, 100
curves = {}
for optimizer_class in (torch.optim.Adam, torch.optim.AdamW):
    torch.manual_seed(0)
    w = torch.randn(1000)
    start = w.abs().mean()
    optimizer = optimizer_class([w], lr=lr, weight_decay=weight_decay)
    sizes = []
    for step in range(num_steps):
        w.grad = torch.zeros(1000)  # the loss does not depend on these weights
        optimizer.step()
        sizes.append((w.abs().mean() / start).item())
    name = optimizer_class.__name__
    curves[name] = sizes
    print(f"{name:5s} leaves {sizes[-1]:.2%} after {num_steps} steps")
# region: the picture
import matplotlib.pyplot as plt

for (name, sizes), style in zip(curves.items(), ("-", "--"), strict=True):
    plt.plot(range(1, num_steps + 1), sizes, style, label=name)
plt.xlabel("step")
plt.ylabel("mean size, share of the start")
plt.ylim(0, 1.05)
plt.legend(title=f"weight_decay {weight_decay:g}", loc="lower left")
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
# endregion
share = (1 - lr * weight_decay) ** num_steps
off = abs(curves["AdamW"][-1] - share)
assert off < 1e-4, f"AdamW should leave (1 - lr · weight_decay)^steps, off by {off:.1e}"

# %% proof: weight decays from 0.001 to 1, and a gradient of changing sign
left = {}
for optimizer_class in (torch.optim.Adam, torch.optim.AdamW):
    for tried in (0.001, 0.1, 1.0):
        torch.manual_seed(0)
        w = torch.randn(1000, dtype=torch.float64)
        start = w.abs().mean()
        optimizer = optimizer_class([w], lr=lr, weight_decay=tried)
        for step in range(num_steps):
            w.grad = torch.zeros_like(w)
            optimizer.step()
        left[optimizer_class.__name__, tried] = (w.abs().mean() / start).item()
print({name: f"{share:.3f}" for name, share in left.items()})
measured = {"weak": left["Adam", 0.001], "strong": left["Adam", 0.1]}
spread = abs(left["Adam", 0.1] - left["Adam", 0.001])
pulled = 1 - left["Adam", 0.001]
assert pulled > 0.05, f"Adam should pull in the weights, by {pulled:.3f}"
assert spread < 0.03 * pulled, (
    f"a hundredfold weight decay should hardly matter, {spread}"
)
for tried in (0.001, 0.1, 1.0):
    off = abs(left["AdamW", tried] - (1 - lr * tried) ** num_steps)
    assert off < 1e-9, f"AdamW should leave the power at {tried}, off by {off:.1e}"
    ratio = (1 - left["Adam", tried]) / (1 - left["AdamW", tried])
    print(f"weight_decay {tried}: Adam pulls {ratio:.1f} times as much")
    if tried < 1:
        assert ratio > 5, f"Adam should pull in much more at {tried}, {ratio:.1f} times"
