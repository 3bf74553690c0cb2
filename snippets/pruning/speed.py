"""A dense kernel takes as long with zeros as without; a convolution with half of the filters gone takes less time."""
import time
import warnings

import torch
from torch import nn

torch.set_num_threads(1)  # what is timed below is the CPU time of one thread

warnings.filterwarnings("ignore", message="Sparse")  # PyTorch calls its CSR support beta
torch.manual_seed(0)
x = torch.randn(4, 64, 28, 28)  # (N, C, H, W)
dense = nn.Conv2d(64, 64, 3, padding=1)
zeros, smaller = (nn.Conv2d(channels, channels, 3, padding=1) for channels in (64, 32))
columns = nn.functional.unfold(x, 3, padding=1)[0]  # (576, 784), the convolution of one image as a matrix product
sparse = {}
with torch.no_grad():
    zeros.weight.copy_(dense.weight * (torch.rand_like(dense.weight) > 0.9))  # nine of ten weights are 0
    # Filters removed for real: the 32 largest stay, and the layer before has lost half of its filters as well.
    largest = dense.weight.abs().sum((1, 2, 3)).argsort()[32:]
    smaller.weight.copy_(dense.weight[largest][:, :32])
    smaller.bias.copy_(dense.bias[largest])
    matrix = dense.weight.flatten(1)  # (64, 576)
    for sparsity in (0.5, 0.9, 0.99):
        sparse[sparsity] = (matrix * (torch.rand_like(matrix) > sparsity)).to_sparse_csr()


def fastest(calls):
    """CPU seconds of each call, the fastest of 200, taken by turns so that a busy machine hits all of them alike."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(200):
        for name, (function, *inputs) in calls.items():
            start = time.thread_time()
            function(*inputs)
            best[name] = min(best[name], time.thread_time() - start)
    return best


with torch.no_grad():
    conv = fastest({"dense": (dense, x), "zeros": (zeros, x), "half": (smaller, x[:, :32].contiguous())})
    product = fastest({"dense": (torch.mm, matrix, columns)} | {s: (torch.mm, w, columns) for s, w in sparse.items()})
    same = torch.allclose(torch.mm(sparse[0.9], columns), torch.mm(sparse[0.9].to_dense(), columns), atol=1e-4)

multiply_adds = smaller.weight.numel() / dense.weight.numel()
ratio = {name: seconds / conv["dense"] for name, seconds in conv.items()}
sparse_ratio = {s: product[s] / product["dense"] for s in sparse}
print("CPU time against the dense layer")
print(f"convolution, 90 % of the weights zero:   {ratio['zeros']:.1f}")
print(f"convolution, half of all filters gone:   {ratio['half']:.1f}, with {multiply_adds:.2f} of the multiply-adds")
for sparsity, value in sparse_ratio.items():
    print(f"sparse product (CSR), {100 * sparsity:2.0f} % zeros:         {value:.1f}")

share = (zeros.weight == 0).float().mean().item()
assert 0.88 < share < 0.92, f"nine of ten weights should be zero, {100 * share:.0f} % are"
assert 0.8 < ratio["zeros"] < 1.25, f"zeros should not change the time, ratio {ratio['zeros']:.2f}"
assert ratio["half"] < 0.6, f"half of the filters should save time, ratio {ratio['half']:.2f}"
assert dense(x).shape == x.shape and columns.shape == (576, 784), "the layer should keep its maps' size, 28 by 28"
assert multiply_adds == 0.25, f"half of inputs and outputs should leave a quarter of the work, {multiply_adds:.2f}"
assert same, "the sparse product should give the dense one's result"
assert sparse_ratio[0.5] > 0.8, f"half of the products should not take half of the time, ratio {sparse_ratio[0.5]:.2f}"
assert sparse_ratio[0.99] < 0.4, f"with 99 % zeros it should be faster, ratio {sparse_ratio[0.99]:.2f}"
