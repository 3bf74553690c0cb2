"""BN before a zero-padded convolution does not fold into it: right inside the image, wrong along the border."""
import copy

import torch

torch.manual_seed(0)
x = torch.randn(50, 4, 8, 8)  # (N, C, H, W)
bn, conv = torch.nn.BatchNorm2d(4).eval(), torch.nn.Conv2d(4, 6, 3, padding=1)
torch.nn.init.normal_(bn.bias)  # beta
torch.nn.init.normal_(bn.running_mean)
torch.nn.init.uniform_(bn.running_var, 0.5, 2)

with torch.no_grad():
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()  # (C,)
    shift = bn.bias - bn.running_mean * scale
    folded = copy.deepcopy(conv)
    folded.weight *= scale[:, None, None]  # now per INPUT channel
    folded.bias += (conv.weight * shift[:, None, None]).sum((1, 2, 3))
    off = (folded(x) - conv(bn(x))).abs().amax((0, 1))  # (8, 8), largest error at each position
    inner = off[1:-1, 1:-1].max().item()
    border = torch.cat([off[0], off[-1], off[:, 0], off[:, -1]]).min().item()
    # The padding must hold the value that BN turns into 0, -shift / scale; then the fold is exact everywhere.
    padded = (-shift / scale)[:, None, None].expand(50, 4, 10, 10).clone()
    padded[:, :, 1:-1, 1:-1] = x
    repaired = torch.nn.functional.conv2d(padded, folded.weight, folded.bias)
    left = (repaired - conv(bn(x))).abs().max().item()
print(f"BN folded into the convolution after it: off by {inner:.0e} inside, by {border:.2f} or more along the border")
print(f"the same with -shift/scale as padding:   off by {left:.0e}")

assert inner < 1e-5, f"away from the border the fold should be exact, off by {inner:.1e}"
assert border > 0.01, f"all along the border it should be wrong, off by {border:.3f}"
assert left < 1e-5, f"with the right padding it should be exact everywhere, off by {left:.1e}"
