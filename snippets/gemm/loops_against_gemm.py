"""The same multiply-adds run many times faster as one matrix product than as loops, the more so the more channels."""
import time
import timeit

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

torch.set_num_threads(1)  # what is timed below is the CPU time of one thread

rng = np.random.default_rng(0)
H, F, h = 14, 3, 12  # input, filter and output size
channels, slower = [1, 2, 4, 8, 16, 32, 64], {}
for C in channels:
    x = rng.normal(size=(C, H, H)).astype(np.float32)
    w = rng.normal(size=(C, C, F, F)).astype(np.float32)  # as many filters as channels
    windows = sliding_window_view(x, (F, F), axis=(1, 2))  # (C, h, h, F, F), no copy

    def python_loops():
        y = np.zeros((C, h, h), np.float32)
        for k, i, j in np.ndindex(y.shape):
            y[k, i, j] = (x[:, i:i + F, j:j + F] * w[k]).sum()
        return y

    def columns():
        return windows.transpose(0, 3, 4, 1, 2).reshape(C * F * F, h * h)  # im2col is part of the time

    methods = {
        "Python loops": python_loops,
        "loops in C": lambda: np.einsum("cijuv,kcuv->kij", windows, w),  # einsum does not call BLAS by itself
        "im2col, product in C": lambda: np.einsum("fp,kf->kp", columns(), w.reshape(C, -1)),
        "im2col, product by BLAS": lambda: w.reshape(C, -1) @ columns(),
    }
    expected = torch.conv2d(torch.tensor(x)[None], torch.tensor(w))[0].numpy()
    times = {}
    for name, method in methods.items():
        gap = np.abs(method().reshape(C, h, h) - expected).max() / np.abs(expected).max()
        assert gap < 1e-5, f"{name} should equal conv2d, differs by {gap:.1e}"
        times[name] = []
    for turn in range(12):  # by turns; the Python loops, by far the slowest, take part in two of them
        for name, method in methods.items():
            if turn < 2 or method is not python_loops:
                times[name].append(timeit.timeit(method, number=1, timer=time.thread_time))
    for name in methods:
        fastest = min(times["im2col, product by BLAS"])  # of CPU time; other programs can only slow a run down
        slower.setdefault(name, []).append(min(times[name]) / fastest)

for (name, ratios), style in zip(slower.items(), ("o-", "s--", "^-.", "D:"), strict=True):
    print(f"{name:24s} {ratios[0]:6.1f} times as long for 1 channel, {ratios[-1]:6.1f} for 64")
    plt.loglog(channels, ratios, style, label=name)
plt.xticks(channels, channels)
plt.minorticks_off()
plt.xlabel("input channels = filters")
plt.ylabel("CPU time, relative to GEMM")
plt.ylim(top=3e4)  # room for the legend
plt.legend(fontsize="x-small", loc="upper left", ncol=2)
plt.show()

python, in_c, no_blas, _ = slower.values()
assert min(python) > 30, f"Python loops should take many times as long at every width, least {min(python):.0f}"
assert in_c[0] < 5, f"with 1 channel C loops should start close to GEMM, take {in_c[0]:.1f} times as long"
assert in_c[-1] > max(10, 4 * in_c[0]), f"C loops should fall behind: {in_c[0]:.1f} times, then {in_c[-1]:.1f}"
assert no_blas[-1] > 1.3, f"without BLAS 64 channels should take longer, take {no_blas[-1]:.1f} times"
assert no_blas[-1] < in_c[-1] / 4, f"unrolling should gain: {no_blas[-1]:.1f} against {in_c[-1]:.1f} times"
assert all(p > max(c, n) for p, c, n in zip(python, in_c, no_blas)), "Python loops should be slowest at every width"
