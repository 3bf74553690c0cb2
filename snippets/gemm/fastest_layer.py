"""With 16 channels GEMM beats the FFT for 3x3, against the count of products, and loses to it for 13x13."""
import time
import timeit

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

torch.set_num_threads(1)  # what is timed below is the CPU time of one thread

rng = np.random.default_rng(0)
N, C, K, n = 8, 16, 16, 32  # images, channels, filters, pixels a side
sizes, times, fewer = [1, 2, 3, 5, 7, 9, 13], {}, []
for F in sizes:
    h = n - F + 1
    x = rng.normal(size=(N, C, n, n)).astype(np.float32)
    w = rng.normal(size=(K, C, F, F)).astype(np.float32)
    tx, tw = torch.tensor(x), torch.tensor(w)

    def transform(a):
        return np.fft.rfft2(a, (n, n)).transpose(2, 3, 0, 1)  # (n, n/2 + 1, ., .), a matrix for each frequency

    stored = transform(w[..., ::-1, ::-1]).copy()  # filters that do not change are transformed once

    def fft_stored(w_hat=stored):
        y_hat = transform(x) @ w_hat.swapaxes(2, 3)  # (n, n/2 + 1, N, K), summed over the channels
        return np.fft.irfft2(y_hat.transpose(2, 3, 0, 1), (n, n))[..., F - 1:, F - 1:]

    def fft_both():
        return fft_stored(transform(w[..., ::-1, ::-1]))

    def gemm():
        windows = sliding_window_view(x, (F, F), axis=(2, 3))  # (N, C, h, h, F, F)
        columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * F * F, h * h)
        return (w.reshape(K, -1) @ columns).reshape(N, K, h, h)

    def conv2d():
        return torch.conv2d(tx, tw).numpy()

    # real products an output: the transforms of inputs, filters and outputs, then C complex products a frequency
    count = (2 * np.log2(n) * (N * C + K * C + N * K) / (N * K) + 2 * C) * (n / h)**2
    fewer += [F] if count < C * F**2 else []
    for method in (fft_both, fft_stored, gemm, conv2d):
        gap = np.abs(method() - conv2d()).max() / np.abs(conv2d()).max()
        assert gap < 1e-5, f"{method.__name__} should equal conv2d in float32, differs by {gap:.1e}"
    methods, clock = (fft_both, fft_stored, gemm, conv2d), time.thread_time  # CPU time: other programs do not count
    rounds = [[timeit.timeit(method, number=1, timer=clock) for method in methods] for _ in range(15)]  # by turns
    for method, seconds in zip(methods, zip(*rounds), strict=True):  # the least disturbed round of each
        times.setdefault(method.__name__, {})[F] = min(seconds)

labels = {"fft_both": "FFT", "fft_stored": "FFT, filters stored", "gemm": "im2col + GEMM", "conv2d": "torch.conv2d"}
ratio = {name: {F: t[F] / times["fft_both"][F] for F in sizes} for name, t in times.items()}
for (name, r), style in zip(ratio.items(), ("o-", "s--", "^-.", "D:"), strict=True):
    print(f"{labels[name]:20s} time over FFT's:", "  ".join(f"{F}x{F} {r[F]:5.2f}" for F in (2, 3, 7, 13)))
    plt.loglog(sizes, r.values(), style, label=labels[name])
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.xlabel("filter size F")
plt.ylabel("CPU time, relative to FFT")
plt.legend(fontsize="small")
plt.show()
print("the FFT needs fewer multiplications for", ", ".join(f"{F}x{F}" for F in fewer))
assert fewer == [3, 5, 7, 9, 13], f"counted, the FFT should need fewer products from 3x3 on, does for {fewer}"
assert ratio["gemm"][3] < 0.85, f"GEMM should beat the FFT for 3x3, takes {ratio['gemm'][3]:.2f} of its time"
assert ratio["conv2d"][3] < 0.7, f"conv2d should beat the FFT for 3x3, takes {ratio['conv2d'][3]:.2f} of its time"
assert ratio["fft_stored"][13] < 0.8, f"stored transforms should save time, take {ratio['fft_stored'][13]:.2f} of it"
assert ratio["gemm"][13] > 1.7, f"the FFT should win for 13x13, GEMM takes {ratio['gemm'][13]:.1f} times as long"
