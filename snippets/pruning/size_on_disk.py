"""Zeros take as many bytes as other weights until the file is compressed or sparse."""

import gzip
import io
import warnings

import matplotlib.pyplot as plt
import torch

warnings.filterwarnings("ignore", message="Sparse")  # PyTorch calls its CSR beta
torch.manual_seed(0)
weight = torch.randn(256, 256)  # 65,536 weights of 4 bytes
share = 0.9  # try: 0.25, 0.5, 0.8


def stored(thing):
    file = io.BytesIO()
    torch.save(thing, file)
    return file.getvalue()


pruned = torch.where(weight.abs() >= weight.abs().quantile(share), weight, 0.0)
coo = pruned.to_sparse()  # a value and two indices of 8 bytes each
csr = pruned.to_sparse_csr()  # a value and a column; where each row starts
starts, places = csr.crow_indices().int(), csr.col_indices().int()  # 4 bytes each
csr = torch.sparse_csr_tensor(starts, places, csr.values(), csr.shape)
files = {"dense": stored(pruned), "COO": stored(coo), "CSR": stored(csr)}
files["dense, gzipped"] = gzip.compress(files["dense"])
for name, file in files.items():
    print(f"{name:15s}{len(file) / 1024:6.0f} KiB")

# %% proof: nine shares of zeros, break-even by formula
assert torch.equal(csr.to_dense(), pruned), "CSR should lose nothing"
assert torch.equal(coo.to_dense(), pruned), "COO should lose nothing"
SHARES = (0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
size = {"dense": [], "COO": [], "CSR": [], "dense, gzipped": []}
whole = len(stored(weight))
for zeros in SHARES:
    pruned = torch.where(weight.abs() >= weight.abs().quantile(zeros), weight, 0.0)
    csr = pruned.to_sparse_csr()
    starts, places = csr.crow_indices().int(), csr.col_indices().int()
    csr = torch.sparse_csr_tensor(starts, places, csr.values(), csr.shape)
    files = [stored(pruned), stored(pruned.to_sparse()), stored(csr)]
    files.append(gzip.compress(files[0]))
    for values, file in zip(size.values(), files, strict=True):
        values.append(len(file) / whole)

# Bytes of all weights = bytes of those left with their indices + those of the rows.
n, rows = weight.numel(), len(weight)
even = {"COO": 1 - 4 / (4 + 8 + 8), "CSR": 1 - (4 - 4 * (rows + 1) / n) / (4 + 4)}
print("size / dense    " + "".join(f"{100 * s:5.0f} %" for s in SHARES))
ax = plt.figure(figsize=(6, 3.4)).gca()
for (name, values), style in zip(size.items(), ("o-", "s--", "^-.", "v:"), strict=True):
    print(f"{name:16s}" + "".join(f"{value:7.2f}" for value in values))
    ax.plot([100 * s for s in SHARES], values, style, label=name)
ax.set_xlabel("weights that are zero, %")
ax.set_ylabel("file size / dense file size")
ax.set_ylim(0, 2.6)
ax.legend()
plt.show()

dense, coo, csr, zipped = size.values()
half, most, nine = (SHARES.index(value) for value in (0.5, 0.8, 0.9))
measured = {"coo": coo[most], "csr": csr[half], "zipped": zipped[nine]}
measured |= {"coo_half": coo[half], "csr_nine": csr[nine], "coo_nine": coo[nine]}
assert max(abs(value - 1) for value in dense) < 0.01, f"zeros save no byte: {dense}"
assert abs(even["COO"] - 0.8) < 1e-9, f"COO's formula should give 80 %: {even['COO']}"
assert abs(coo[most] - 1) < 0.03, f"COO should break even at 80 %: {coo[most]:.2f}"
assert abs(even["CSR"] - 0.5) < 0.01, f"CSR's formula gives 50 %: {even['CSR']:.3f}"
assert abs(csr[half] - 1) < 0.03, f"CSR should break even at 50 %: {csr[half]:.2f}"
assert coo[0] > 2.6, f"COO should begin beyond the upper edge: {coo[0]:.1f}"
assert coo[half] > 2 and csr[0] > 1.9, f"below that larger: {coo[half]}, {csr[0]}"
assert csr[nine] < 0.25 < coo[nine] < 0.6, f"at 90 %: {csr[nine]:.2f}, {coo[nine]:.2f}"
worst = max(z / min(rest) for z, *rest in zip(zipped, dense, coo, csr, strict=True))
assert worst < 0.97, f"gzip should be the smallest at each share, worst: {worst:.2f}"
