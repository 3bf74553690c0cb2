"""Through ten layers a signal lives or dies by the size of the first weights."""

import torch

torch.manual_seed(0)
n = 100  # try: 25, 400
spread = {}
for size in (0.05, 0.14, 0.4):
    h = torch.randn(500, n)  # 500 inputs of n numbers
    spread[size] = []
    for layer in range(10):
        w = size * torch.randn(n, n)  # the weights that this layer begins with
        h = torch.relu(h @ w)  # (500, n)
        spread[size].append(h.std().item())
    first, last = spread[size][0], spread[size][-1]
    print(f"weights of {size:4.2f}: spread {first:.2f} in layer 1, {last:.2g} in 10")
# region: the picture
import matplotlib.pyplot as plt

styles = ("^:", "o-", "s--")
for (size, values), style in zip(spread.items(), styles, strict=True):
    plt.semilogy(range(1, 11), values, style, label=size)
plt.xlabel("layer")
plt.ylabel("standard deviation\nof the activations")
plt.xticks(range(1, 11))
place = {"bbox_to_anchor": (0.5, 1.02), "loc": "lower center", "ncols": 3}
plt.legend(title="size of the weights", fontsize=9, title_fontsize=9, **place)
plt.gcf().set_size_inches(4.6, 3.2)
plt.show()
# endregion

# %% proof: 12 seeds, three widths, the factor per layer beside size * sqrt(n / 2)
factors = {}
for units in (25, 100, 400):
    for size in (0.05, 0.14, 0.4):
        logs = []
        for seed in range(0, 1200, 100):
            torch.manual_seed(seed)
            h = torch.randn(200, units)
            spreads = []
            for layer in range(10):
                h = torch.relu(h @ (size * torch.randn(units, units)))
                spreads.append(h.double().square().mean().sqrt())
            logs.append((spreads[9] / spreads[0]).log().item() / 9)
        logs = torch.tensor(logs)
        factors[units, size] = logs.mean().exp().item()
        predicted = size * (units / 2) ** 0.5
        slack = 0.02 + 1 / units  # few units, more luck
        off = factors[units, size] / predicted - 1
        print(
            f"n = {units:3d}, {size:4.2f}: {factors[units, size]:.3f} a layer,", end=" "
        )
        print(f"predicted {predicted:.3f}")
        assert abs(off) < slack, f"n = {units}, {size}: off by {off:+.1%}"
shrinks, keeps, grows = (factors[100, size] for size in (0.05, 0.14, 0.4))
assert shrinks < 0.4 and 0.95 < keeps < 1.03 and grows > 2.7, f"at n = 100: {factors}"
small, right, large = ([s[k] for k in (0, 9)] for s in spread.values())
assert small[1] < small[0] / 1e3, f"the small weights should lose the signal, {small}"
assert 0.4 < right[1] / right[0] < 2.5, f"the middle should about keep it, {right}"
assert large[1] > 1e3 * large[0], f"the large ones should blow it up, {large}"
measured = {"shrinks": shrinks, "keeps": keeps, "grows": grows}
