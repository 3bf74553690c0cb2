"""A dense kernel takes as long with zeros as without; fewer filters take less time."""

import time
import warnings

import torch
from torch import nn

torch.set_num_threads(1)  # what is timed is the CPU time of one thread
torch.manual_seed(0)
x = torch.randn(4, 64, 28, 28)  # (N, C, H, W)
dense = nn.Conv2d(64, 64, 3, padding=1)
zeros = nn.Conv2d(64, 64, 3, padding=1)
smaller = nn.Conv2d(32, 32, 3, padding=1)

with torch.no_grad():
    # Nine of ten weights are zero.
    zeros.weight.copy_(dense.weight * (torch.rand_like(dense.weight) > 0.9))
    # Half of the filters are gone, and so are half of those of the layer before.
    largest = dense.weight.abs().sum((1, 2, 3)).argsort()[32:]
    smaller.weight.copy_(dense.weight[largest][:, :32])
    smaller.bias.copy_(dense.bias[largest])


# region: the fastest of 200 calls, taken by turns
@torch.no_grad()
def fastest(calls):
    """CPU seconds of each call; by turns, so that a busy machine hits all alike."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(200):
        for name, (function, *inputs) in calls.items():
            start = time.thread_time()
            function(*inputs)
            best[name] = min(best[name], time.thread_time() - start)
    return best


# endregion
half = x[:, :32].contiguous()
seconds = fastest({"dense": (dense, x), "zeros": (zeros, x), "half": (smaller, half)})
print("CPU time against the dense layer")
print(f"90 % of the weights zero:  {seconds['zeros'] / seconds['dense']:.1f}")
print(f"half of all filters gone:  {seconds['half'] / seconds['dense']:.1f}")

# %% proof: ratios, and a kernel that skips zeros
warnings.filterwarnings("ignore", message="Sparse")  # PyTorch calls its CSR beta
columns = nn.functional.unfold(x, 3, padding=1)[0]  # (576, 784), of one image
matrix = dense.weight.detach().flatten(1)  # (64, 576)
sparse = {
    share: (matrix * (torch.rand_like(matrix) > share)).to_sparse_csr()
    for share in (0.5, 0.9, 0.99)
}
calls = {"dense": (torch.mm, matrix, columns)}
product = fastest(calls | {s: (torch.mm, w, columns) for s, w in sparse.items()})
ratio = {share: product[share] / product["dense"] for share in sparse}
for share, value in ratio.items():
    print(f"product that skips zeros (CSR), {share:.0%} zeros: {value:.1f}")

work = smaller.weight.numel() / dense.weight.numel()
share = (zeros.weight == 0).float().mean().item()
assert 0.88 < share < 0.92, f"nine of ten weights should be zero, {share:.2f} are"
with_zeros = seconds["zeros"] / seconds["dense"]
assert 0.8 < with_zeros < 1.25, f"zeros should not change the time: {with_zeros:.2f}"
without = seconds["half"] / seconds["dense"]
assert without < 0.6, f"half of the filters should save time: {without:.2f}"
assert work == 0.25, f"a quarter of the work should be left: {work:.2f}"
wanted = sparse[0.9].to_dense() @ columns
assert torch.allclose(sparse[0.9] @ columns, wanted, atol=1e-4), "the same product"
assert ratio[0.5] > 0.8, f"half of the products, not half of the time: {ratio[0.5]:.2f}"
assert ratio[0.99] < 0.4, f"with 99 % zeros it should be faster: {ratio[0.99]:.2f}"
