"""Small weights collapse the activations, large ones saturate them, Xavier and He keep a spread over ten layers."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

seed, width, layers = 0, 256, (1, 3, 5, 7, 10)
torch.manual_seed(seed)
digits = load_digits()
x = torch.tensor(digits.data[:300], dtype=torch.float32)
x = (x - x.mean(0)) / x.std()  # (300, 64)
schemes = {  # a weight's standard deviation is scale * fan_in ** power
    "0.01 randn": (0.01, 0, torch.tanh),
    "randn": (1, 0, torch.tanh),
    "Xavier": (1, -0.5, torch.tanh),
    "He": (2 ** 0.5, -0.5, torch.relu),
    "PyTorch": (None, None, torch.relu),  # what nn.Linear does by itself, random biases included
}
spread, square = {}, {}
fig, axes = plt.subplots(5, 5, figsize=(7, 4), sharex="row")

for row, (name, (scale, power, activation)) in zip(axes, schemes.items()):
    h = x
    for layer in range(1, 11):
        linear = torch.nn.Linear(h.shape[1], width)
        if scale is not None:
            torch.nn.init.normal_(linear.weight, std=scale * h.shape[1] ** power)
            torch.nn.init.zeros_(linear.bias)
        h = activation(linear(h)).detach()  # (300, 256)
        spread[name, layer] = h.std(0).mean().item()  # over the pictures: what tells one from another
        square[name, layer] = h.square().mean().item()
        if layer in layers:
            ax = row[layers.index(layer)]
            shown = h[h != 0].numpy()  # without ReLU's exact zeros, about half of its outputs
            ax.hist(shown, bins=40, range=(-1, 1) if activation is torch.tanh else (0, 2), histtype="stepfilled")
            ax.set_yticks([])
            ax.tick_params(labelsize=7)
            ax.spines["left"].set_visible(False)
    row[0].set_ylabel(f"{name}\n{activation.__name__}", rotation=0, ha="right", va="center", fontsize=9)
    print(f"{name:10s}: spread over the pictures, layer 1 {spread[name, 1]:.2f}, layer 10 {spread[name, 10]:.0e}")
for ax, layer in zip(axes[0], layers):
    ax.set_title(f"layer {layer}")
plt.show()

shrink = spread["0.01 randn", 6] / spread["0.01 randn", 5]
assert abs(shrink / (0.01 * width ** 0.5) - 1) < 0.1, f"small weights should shrink it to 0.16 a layer, {shrink:.3f}"
kept = square["He", 10] / square["He", 1]
assert 0.4 < kept < 2.5, f"He should keep the mean square, it changed by the factor {kept:.2f}"
floor = square["PyTorch", 10] * 5 * width  # the random biases alone should leave a mean square of 1 / (5 width)
assert 0.6 < floor < 1.6, f"the default's biases should set a floor, the mean square is {floor:.2f} times that"
end = {name: spread[name, 10] for name in schemes}
assert end["0.01 randn"] < 1e-7, f"small weights should leave under 1e-7, left {end['0.01 randn']:.0e}"
assert end["randn"] > 0.9, f"large weights should push nearly all to -1 and 1, spread {end['randn']:.2f}"
assert 0.1 < end["Xavier"] < 0.5, f"Xavier should keep a medium spread, it is {end['Xavier']:.2f}"
assert 0.1 < end["He"] < 1, f"He should keep the spread of ReLU within tenfold, it is {end['He']:.2f}"
assert end["PyTorch"] < 0.01, f"the default should leave under 0.01, it left {end['PyTorch']:.4f}"
