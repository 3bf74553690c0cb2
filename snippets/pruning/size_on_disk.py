"""Zeros take as many bytes as other weights until the file is compressed or stored in a sparse format."""
import gzip
import io
import warnings

import matplotlib.pyplot as plt
import torch

warnings.filterwarnings("ignore", message="Sparse")  # PyTorch calls its CSR support beta
torch.manual_seed(0)
weight = torch.randn(256, 256)  # 65,536 weights of 4 bytes


def stored(thing):
    file = io.BytesIO()
    torch.save(thing, file)
    return file.getvalue()


sparsities = [0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
size = {"dense": [], "sparse, COO": [], "sparse, CSR": [], "dense, gzipped": []}
for sparsity in sparsities:
    pruned = torch.where(weight.abs() >= weight.abs().quantile(sparsity), weight, 0.0)
    coo = pruned.to_sparse()  # for each weight left: its value and two indices of 8 bytes
    csr = pruned.to_sparse_csr()  # for each weight left: its value and a column; for each row: where it starts
    csr = torch.sparse_csr_tensor(csr.crow_indices().int(), csr.col_indices().int(), csr.values(), csr.shape)
    files = [stored(pruned), stored(coo), stored(csr), gzip.compress(stored(pruned))]
    for values, file in zip(size.values(), files, strict=True):
        values.append(len(file) / len(stored(weight)))
    assert torch.equal(csr.to_dense(), pruned) and torch.equal(coo.to_dense(), pruned), "formats should lose nothing"

# Break-even: 4 bytes for every weight = bytes for those left (value and indices) + overhead of the rows.
n, rows = weight.numel(), len(weight)
even = {"COO": 1 - 4 / (4 + 8 + 8), "CSR": 1 - (4 - 4 * (rows + 1) / n) / (4 + 4)}
print("sparsity          " + "".join(f"{100 * s:5.0f} %" for s in sparsities))
for (name, values), style in zip(size.items(), ("o-", "s--", "^-.", "v:"), strict=True):
    print(f"{name:18s}" + "".join(f"{value:7.2f}" for value in values))
    plt.plot([100 * s for s in sparsities], values, style, label=name)
print(f"computed break-even: COO {100 * even['COO']:.0f} %, CSR with 4-byte indices {100 * even['CSR']:.0f} %")
print(f"a bit for each weight instead of indices would break even at {100 / 32:.0f} %")
plt.xlabel("weights that are zero, %")
plt.ylabel("file size / dense file size")
plt.ylim(0, 2.6)
plt.legend()
plt.show()

dense, coo, csr, zipped = size.values()
half, most, nine = sparsities.index(0.5), sparsities.index(0.8), sparsities.index(0.9)
assert max(abs(value - 1) for value in dense) < 0.01, f"zeros alone should save no byte, sizes {dense}"
assert abs(even["COO"] - 0.8) < 1e-9 and abs(coo[most] - 1) < 0.03, f"COO should break even at 80 %: {coo[most]:.2f}"
assert abs(even["CSR"] - 0.5) < 0.01 and abs(csr[half] - 1) < 0.03, f"CSR should break even at 50 %: {csr[half]:.2f}"
assert coo[half] > 2 and csr[0] > 1.9, "below break-even a sparse file should be larger than the dense one"
assert csr[nine] < coo[nine] < 0.6, f"at 90 % both sparse files should be smaller: {coo[nine]:.2f}, {csr[nine]:.2f}"
worst = max(z / min(others) for z, *others in zip(zipped, dense, coo, csr, strict=True))
assert worst < 0.97, f"the gzipped file should be the smallest at every sparsity, its worst ratio is {worst:.2f}"
