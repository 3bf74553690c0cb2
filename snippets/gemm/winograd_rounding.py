"""Winograd's transforms cost accuracy, F(4x4) far more than F(2x2); one long rounded sum can cost more than F(2x2)."""
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

algorithms = {  # B, G, A for the input, the filter and the output
    "direct": [np.eye(3), np.eye(3), np.ones((1, 3))],  # F(1x1, 3x3): sums over the channels, then over the 9 taps
    "F(2x2)": [[[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
               [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
               [[1, 1, 1, 0], [0, 1, -1, -1]]],
    "F(4x4)": [[[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]],
               [[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
                [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]],
               [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]],
    "one long sum": [np.eye(1)] * 3,  # the 9·C taps as channels of a 1x1 filter, added one by one
}


def convolve(x, w, name, store, total):
    B, G, A = (np.array(m, float) for m in algorithms[name])
    m, t = A.shape  # m x m outputs from a tile of t x t inputs
    tiles = sliding_window_view(x, (t, t), axis=(1, 2))[:, ::m, ::m]
    u = (G @ w.astype(float) @ G.T).astype(store).astype(total)  # transformed in advance, so rounded only once
    v = (B.astype(store) @ tiles @ B.T.astype(store)).astype(total)
    y = np.zeros((len(w), *v.shape[1:]), total)
    for c in range(len(x)):
        y += u[:, c, None, None] * v[c]
    y = A.astype(total) @ y @ A.T.astype(total)
    return y.astype(store).swapaxes(2, 3).reshape(len(w), 24, 24)


channels = [1, 4, 16, 64]
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2), sharey=True)
print("error in units of eps, 64 channels")
for store, total, ax in (("f2", "f2", axes[0]), ("f2", "f4", axes[1]), ("f4", "f4", None), ("f4", "f8", None)):
    error = {(name, C): [] for name in algorithms for C in channels}
    for C, seed in ((C, seed) for C in channels for seed in range(0, 300, 100)):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(C, 26, 26)).astype(store)
        w = (rng.normal(size=(4, C, 3, 3)) / np.sqrt(9 * C)).astype(store)
        exact = convolve(x, w, "direct", "f8", "f8")
        taps = sliding_window_view(x, (3, 3), axis=(1, 2)).transpose(0, 3, 4, 1, 2).reshape(9 * C, 24, 24)
        for name in algorithms:
            data = (taps, w.reshape(4, -1, 1, 1)) if name == "one long sum" else (x, w)
            gap = np.abs(convolve(*data, name, "f8", "f8") - exact).max()
            assert gap < 1e-12, f"in float64 {name} should be the convolution to rounding, is off by {gap:.1e}"
            difference = convolve(*data, name, store, total).astype(float) - exact
            error[name, C].append(np.sqrt((difference**2).mean()) / exact.std() / np.finfo(store).eps)
    mean = {key: np.mean(runs) for key, runs in error.items()}
    title = f"float{8 * int(store[1])}, sums in float{8 * int(total[1])}"
    print(f"{title}: ", "  ".join(f"{name} {mean[name, 64]:4.1f}" for name in algorithms))
    price, first = mean["F(2x2)", 64] / mean["direct", 64], mean["F(2x2)", 1] / mean["direct", 1]
    assert 1.4 < price < 4.5 and 1.4 < first < 4.5, f"F(2x2) should cost a factor of 2 to 3: {first:.1f}, {price:.1f}"
    assert mean["F(4x4)", 64] > 3 * mean["F(2x2)", 64], f"F(4x4) should cost more, error {mean['F(4x4)', 64]:.1f} eps"
    longest = mean["one long sum", 64] / mean["F(2x2)", 64]
    assert longest > 1.2 if store == total else longest < 0.6, f"only a rounded long sum should lose, is {longest:.2f}"
    for name, style in zip(algorithms if ax else (), ("o-", "s--", "^-.", "D:")):
        ax.loglog(channels, [mean[name, C] for C in channels], style, label=name)
        ax.set(xlabel="channels", xticks=channels, xticklabels=channels, title=title)
        ax.minorticks_off()
axes[0].set_ylabel("error, in units of eps")
axes[1].legend(fontsize="x-small")
plt.show()
