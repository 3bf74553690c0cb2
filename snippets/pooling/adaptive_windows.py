"""Output i of adaptive pooling reads pixels floor(i n/m) to ceil((i+1) n/m) - 1."""

import torch
from torch import nn

n = 7  # pixels along one side of the input
m = 5  # try: 1, 3, 7, 10
starts = [i * n // m for i in range(m)]  # rounded down
ends = [-((i + 1) * -n // m) for i in range(m)]  # rounded up; the end is not read

# n images of one bright pixel each: what an output makes of them are its weights
x = torch.eye(n)[:, None]  # (N, C, W) = (n, 1, n)
weights = nn.AdaptiveAvgPool1d(m)(x)[:, 0].T  # (m, n)
for i in range(m):
    read = weights[i].nonzero().flatten().tolist()
    print(f"output {i}: rule {starts[i]} to {ends[i] - 1}, torch reads pixels {read}")
    assert read == list(range(starts[i], ends[i])), f"output {i} should follow the rule"

# region: the picture
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(4.6, 0.4 + 0.34 * m))
for i in range(m):
    axes.text(-0.3, -i, f"output {i}", ha="right", va="center")
    for k in range(n):
        used = weights[i, k] > 0
        box = plt.Rectangle((k, -i - 0.4), 0.9, 0.8, fill=False, edgecolor="C0")
        axes.add_patch(box)
        if used:
            box = plt.Rectangle((k, -i - 0.4), 0.9, 0.8, color="C0", alpha=0.35)
            axes.add_patch(box)
            share = f"1/{round(1 / weights[i, k].item())}"
            axes.text(k + 0.45, -i, share, ha="center", va="center")
            inside = box.get_bbox().contains(k + 0.45, -i)
            assert inside, f"{share} should stand in its box, column {k}, row {i}"
for k in range(n):
    axes.text(k + 0.45, 0.6, str(k), ha="center")
axes.text(-0.3, 0.6, "input pixel", ha="right")
axes.set(xlim=(-2.2, n), ylim=(0.5 - m, 1.1))
axes.axis("off")
filled = sum(patch.get_fill() for patch in axes.patches)
assert filled == sum(ends) - sum(starts), f"each pixel read is filled, {filled} are"
assert len(axes.patches) == m * n + filled, "each pixel should have a frame"
plt.show()
# endregion

# %% proof: each pair of sizes up to 24, the rule of a forum, and the export to ONNX
import io
import itertools
import warnings
from unittest import mock

from torch.onnx.errors import OnnxExporterError, SymbolicValueError

torch.manual_seed(0)


def rule(n, m):
    """The start and the end of each of the m windows over n pixels."""
    return [(i * n // m, ((i + 1) * n + m - 1) // m) for i in range(m)]


def forum(n, m):
    """One length for all windows, with starts at equal distances, rounded."""
    size = (n + m - 1) // m
    starts = [round(i * (n - size) / max(m - 1, 1)) for i in range(m)]
    return [(start, start + size) for start in starts]


def matrix(n, m):
    """The mean over each window as a matrix (m, n)."""
    rows = torch.zeros(m, n)
    for row, (start, end) in zip(rows, rule(n, m), strict=True):
        row[start:end] = 1 / (end - start)
    return rows


exact, pairs, shrinking, ordinary, forum_fails = 0, 0, 0, [], []
for n, m in itertools.product(range(1, 25), range(1, 25)):
    x = torch.randn(2, 3, n)  # (N, C, W)
    mean = torch.stack([x[..., a:b].mean(-1) for a, b in rule(n, m)], -1)
    most = torch.stack([x[..., a:b].amax(-1) for a, b in rule(n, m)], -1)
    same_mean = torch.allclose(nn.AdaptiveAvgPool1d(m)(x), mean, atol=1e-6)
    same_most = torch.equal(nn.AdaptiveMaxPool1d(m)(x), most)
    exact += same_mean and same_most
    pairs += 1
    if m <= n:
        shrinking += 1
        shared = [a < b for (_, b), (a, _) in itertools.pairwise(rule(n, m))]
        assert any(shared) == (n % m > 0), (
            f"{n} to {m}: should overlap with a remainder"
        )
        pool = nn.AvgPool1d(n - (m - 1) * (n // m), n // m)
        y = pool(x)
        assert y.shape == mean.shape, f"{n} to {m} should keep its size, {y.shape}"
        if torch.allclose(y, mean, atol=1e-6):
            ordinary.append((n, m))
        if forum(n, m) != rule(n, m):
            forum_fails.append((n, m))

x = torch.randn(2, 3, 10, 13)  # (N, C, H, W)
by_matrices = matrix(10, 7) @ x @ matrix(13, 6).T  # (2, 3, 7, 6)
gap = (by_matrices - nn.AdaptiveAvgPool2d((7, 6))(x)).abs().max().item()


class ByMatrices(nn.Module):
    """Adaptive average pooling of maps of n x n pixels to m x m."""

    def __init__(self, n, m):
        super().__init__()
        self.register_buffer("matrix", matrix(n, m))

    def forward(self, x):
        return self.matrix @ x @ self.matrix.T


def refusal(layer, n):
    """What the exporter to ONNX says against a layer, and nothing where it takes it."""
    silent = mock.patch.object(torch._C, "_jit_onnx_log")  # it would print the graph
    with warnings.catch_warnings(), silent:
        warnings.simplefilter("ignore")
        try:
            x = (torch.zeros(1, 1, n, n),)
            torch.onnx.export(layer, x, io.BytesIO(), dynamo=False)
        except SymbolicValueError as error:
            return str(error)
        except OnnxExporterError as error:  # raised when all layers are translated
            assert "onnx is not installed" in str(error), f"should need onnx: {error}"
    return ""


said = {n: refusal(nn.AdaptiveAvgPool2d(7), n) for n in (7, 14, 8, 12)}
remedies = {8: nn.AvgPool2d(2, stride=1), 12: ByMatrices(12, 7)}
mended = {n: refusal(layer, n) for n, layer in remedies.items()}
message = "output size that are not factor of input size"
print(f"rule equal to torch, mean and maximum: {exact} of {pairs} pairs of sizes")
print(f"an ordinary pooling does the same: {len(ordinary)} of {shrinking} with m <= n")
print(f"the rule of the forum differs: {len(forum_fails)} of {shrinking}")
for n, text in said.items():
    print(f"export of {n} to 7: " + (text.split(". ")[0] or "taken"))
for n, text in mended.items():
    print(f"export of the remedy for {n} to 7: " + (text.split(". ")[0] or "taken"))
measured = {"pairs": pairs, "ordinary": len(ordinary), "forum": len(forum_fails)}
measured |= {"shrinking": shrinking}
assert shrinking == 300, f"300 of the pairs should have m <= n, were {shrinking}"
expected = [(n, m) for n in range(1, 25) for m in range(1, n + 1) if n % m <= 1]
assert exact == pairs == 576, f"the rule should hold for all, held for {exact}"
assert ordinary == expected, "ordinary should be the pairs with a remainder of 0 or 1"
assert (7, 5) in forum_fails, f"7 to 5 should differ, those that do: {forum_fails}"
assert gap < 1e-6, f"two matrices should do the same in two dimensions, gap {gap:.1e}"
for n in (7, 14):
    assert not said[n], f"{n} to 7 should be exported, said {said[n]}"
for n in (8, 12):
    assert message in said[n], f"{n} to 7 should be refused, said {said[n]!r}"
    assert not mended[n], f"the remedy for {n} should be exported, said {mended[n]}"
x = torch.randn(1, 1, 8, 8)  # (N, C, H, W)
pooled, adaptive = remedies[8](x), nn.AdaptiveAvgPool2d(7)(x)
assert torch.allclose(pooled, adaptive, atol=1e-6), "8 to 7 should be a 2x2 mean"
x = torch.randn(1, 1, 12, 12)
pooled, adaptive = remedies[12](x), nn.AdaptiveAvgPool2d(7)(x)
assert torch.allclose(pooled, adaptive, atol=1e-6), "12 to 7 should be two matrices"
