"""A convolution is a matrix product with a sparse matrix of repeated values: 9 numbers where an FC layer has 2,304."""
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

H, F = 8, 3
out = H - F + 1  # 6
w = torch.arange(1.0, 10).reshape(1, 1, F, F)  # nine different values, so that each can be found again
matrix = np.zeros((out * out, H * H))  # (36, 64)
for i in range(out):
    for j in range(out):
        for u in range(F):
            for v in range(F):
                matrix[i * out + j, (i + u) * H + j + v] = w[0, 0, u, v]

torch.manual_seed(0)
x = torch.randn(1, 1, H, H)
y = torch.nn.functional.conv2d(x, w).flatten()
gap = np.abs(matrix @ x.flatten().numpy() - y.numpy()).max()
assert gap < 1e-4, f"matrix product and convolution should agree, differ by {gap:.1e}"

values, counts = np.unique(matrix, return_counts=True)
zeros = counts[values == 0][0]
print(f"matrix {matrix.shape[0]}x{matrix.shape[1]} = {matrix.size} entries: {zeros} zeros, "
      f"{len(values) - 1} different values, each {counts[1]} times")
assert matrix.size == 2304 and zeros == 2304 - 9 * 36, f"all but 324 of 2,304 entries should be 0, {zeros} are"
assert values[1:].tolist() == list(range(1, 10)), f"the rest should be the nine weights, are {values[1:]}"
assert (counts[1:] == 36).all(), f"each weight should stand there once per output, counts {counts[1:]}"
row = matrix[:out]  # one block: constant along each diagonal is what makes a matrix Toeplitz
assert (row[1:, 1:] == row[:-1, :-1]).all(), "within a block each diagonal should hold one value"

side, maps = 32, 16  # three ways from 3 to 16 maps of 32x32, without biases
shared = nn.Conv2d(3, maps, 3, padding=1, bias=False).weight.numel()
local = side * side * shared  # locally connected: the same windows, but a filter of its own at each position
full = nn.Linear(3 * side * side, maps * side * side, bias=False, device="meta").weight.numel()
for name, count in (("convolution", shared), ("locally connected", local), ("fully connected", full)):
    print(f"{name:17s} {count:10,d} weights")
assert (shared, local, full) == (432, 442_368, 50_331_648), f"weights counted: {shared}, {local}, {full}"

plt.figure(figsize=(6.4, 3.8))
plt.imshow(np.ma.masked_equal(matrix, 0), cmap="Set1", vmin=0.5, vmax=9.5)
plt.xlabel("input pixel")
plt.ylabel("output pixel")
plt.colorbar(label="which of the nine weights", ticks=range(1, 10), shrink=0.8)
plt.show()
