"""For one image and one filter the FFT beats direct sums and GEMM from 15x15 on; a separable filter changes that."""
import time
import timeit

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

torch.set_num_threads(1)  # what is timed below is the CPU time of one thread

rng = np.random.default_rng(0)
n, sizes, counts, times = 128, [1, 2, 3, 5, 7, 11, 15, 21, 31], {}, {}
x = rng.normal(size=(n, n)).astype(np.float32)  # one image, one channel
for F in sizes:
    u, v = rng.normal(size=(2, F)).astype(np.float32)
    w, h = np.outer(u, v), n - F + 1  # a filter of rank 1, so that the separable method can take part
    tx, tw = torch.tensor(x)[None, None], torch.tensor(w)[None, None]  # (1, 1, n, n), (1, 1, F, F)

    def direct():
        return sum(w[i, j] * x[i:i + h, j:j + h] for i, j in np.ndindex(F, F))

    def gemm():
        return sliding_window_view(x, (F, F)).reshape(h * h, F * F) @ w.ravel()

    def fft():
        spectrum = np.fft.rfft2(x) * np.fft.rfft2(w[::-1, ::-1], (n, n))
        return np.fft.irfft2(spectrum, (n, n))[F - 1:, F - 1:]  # what wraps around the border is cut off

    def separable():
        rows = sum(u[i] * x[i:i + h] for i in range(F))
        return sum(v[j] * rows[:, j:j + h] for j in range(F))

    def conv2d():
        return torch.conv2d(tx, tw).numpy()

    # real multiplications an output: 4 a complex product; three transforms and a product, halved for real input
    per_output = {direct: F**2, gemm: F**2, fft: 2 * (3 * np.log2(n) + 1) * (n / h)**2, separable: F + F * n / h}
    expected = torch.conv2d(tx.double(), tw.double())[0, 0].numpy()
    for method in (*per_output, conv2d):
        gap = np.abs(method().reshape(h, h) - expected).max() / np.abs(expected).max()
        assert gap < 1e-5, f"{method.__name__} should give the convolution in float32, differs by {gap:.1e}"
        counts.setdefault(method.__name__, []).append(per_output.get(method, np.nan))  # torch does not tell
    methods, clock = (*per_output, conv2d), time.thread_time  # CPU time: other programs do not count
    rounds = [[timeit.timeit(method, number=1, timer=clock) for method in methods] for _ in range(9)]  # by turns
    for method, seconds in zip(methods, zip(*rounds), strict=True):  # the least disturbed round
        times.setdefault(method.__name__, []).append(min(seconds))

fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
ratio = {name: dict(zip(sizes, np.divide(t, times["fft"]))) for name, t in times.items()}
for name, style in zip(times, ("o-", "s--", "^-.", "D:", "v--"), strict=True):
    print(f"{name:9s} time over FFT's:", "  ".join(f"{F}x{F} {ratio[name][F]:5.1f}" for F in (2, 3, 7, 15, 31)))
    axes[0].loglog(sizes, counts[name], style)
    axes[1].loglog(sizes, ratio[name].values(), style, label=name)
for ax, label in zip(axes, ("multiplications for each output", "CPU time, relative to FFT"), strict=True):
    ax.set(xlabel="filter size F", ylabel=label, xticks=[1, 3, 7, 15, 31], xticklabels=[1, 3, 7, 15, 31])
    ax.minorticks_off()
axes[1].legend(fontsize="small")
plt.show()
few = [F for F, a, b in zip(sizes, counts["direct"], counts["fft"]) if a < b]
assert few == [1, 2, 3, 5], f"counted, the direct sum should need fewer products than the FFT up to 5x5, does for {few}"
assert ratio["direct"][2] < 0.5, f"direct should beat the FFT for 2x2, takes {ratio['direct'][2]:.1f} times as long"
for F in (15, 21, 31):
    beaten = min(ratio["direct"][F], ratio["gemm"][F])
    assert beaten > 2.5, f"the FFT should win for {F}x{F}, the better of the two takes {beaten:.1f} times as long"
    gain = ratio["direct"][F] / ratio["separable"][F]
    assert gain > 4, f"two vectors should clearly beat their product for {F}x{F}, gain {gain:.1f} times"
assert ratio["conv2d"][31] > 2, f"FFT should beat torch for 31x31, by {ratio['conv2d'][31]:.1f} times"
copy = ratio["gemm"][3] / ratio["direct"][3]
assert copy > 1.8, f"one channel, 3x3: shifted sums should beat the copy, which takes {copy:.1f} times as long"
assert ratio["separable"][5] < 0.6, f"two vectors of 5 should beat the FFT, take {ratio['separable'][5]:.1f}"
