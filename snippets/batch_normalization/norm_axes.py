"""BatchNorm, LayerNorm, InstanceNorm, GroupNorm: one computation over other axes."""

import torch
from torch import nn

torch.manual_seed(0)
N, C, H, W, groups = 4, 6, 5, 5, 3
x = 2 + 3 * torch.randn(N, C, H, W)


def normalize(x, axes):
    """Subtract the mean over these axes and divide by the standard deviation."""
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, unbiased=False, keepdim=True)
    return (x - mean) / (var + 1e-5).sqrt()


grouped = x.view(N, groups, C // groups, H, W)
by_hand = {
    nn.BatchNorm2d(C): normalize(x, (0, 2, 3)),
    nn.LayerNorm([C, H, W]): normalize(x, (1, 2, 3)),
    nn.InstanceNorm2d(C): normalize(x, (2, 3)),
    nn.GroupNorm(groups, C): normalize(grouped, (2, 3, 4)).view(N, C, H, W),
}
for module, y in by_hand.items():
    gap = (module(x) - y).abs().max().item()
    # The first image without its batch mates, still in training mode.
    change = (module(x[:1]) - y[:1]).abs().max().item()
    name = type(module).__name__
    print(f"{name:14s} by hand: gap {gap:.0e}; alone the image changes by {change:.2f}")

# %% proof: each is its module, only BN mixes images or differs in eval(), 12 draws
for seed in range(0, 1200, 100):
    torch.manual_seed(seed)
    x = 2 + 3 * torch.randn(N, C, H, W)
    grouped = x.view(N, groups, C // groups, H, W)
    by_hand = {
        nn.BatchNorm2d(C): normalize(x, (0, 2, 3)),
        nn.LayerNorm([C, H, W]): normalize(x, (1, 2, 3)),
        nn.InstanceNorm2d(C): normalize(x, (2, 3)),
        nn.GroupNorm(groups, C): normalize(grouped, (2, 3, 4)).view(N, C, H, W),
    }
    for module, y in by_hand.items():
        is_bn = isinstance(module, nn.BatchNorm2d)
        gap = (module(x) - y).abs().max().item()
        assert gap < 1e-4, f"{module} should be this computation, gap {gap:.1e}"
        alone = (module(x[:1]) - y[:1]).abs().max().item()
        assert (alone > 0.1) == is_bn, f"only BN should mix images, {module}: {alone}"
        later = (module.eval()(x) - y).abs().max().item()
        assert (later > 0.1) == is_bn, f"only BN should change in eval(), {later:.1e}"
    one_group = nn.GroupNorm(1, C)(x)
    gap = (one_group - normalize(x, (1, 2, 3))).abs().max().item()
    assert gap < 1e-4, f"one group should be LayerNorm over C, H, W, gap {gap:.1e}"
    gap = (nn.GroupNorm(C, C)(x) - normalize(x, (2, 3))).abs().max().item()
    assert gap < 1e-4, f"a group per channel should be InstanceNorm, gap {gap:.1e}"
    # As in a transformer: the last axis alone.
    tokens = nn.LayerNorm(C)(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    gap = (tokens - normalize(x, (1,))).abs().max().item()
    assert gap < 1e-4, f"LayerNorm(C) should take each position alone, gap {gap:.1e}"
    gap = (tokens - one_group).abs().max().item()
    assert gap > 0.5, f"which is another thing than GroupNorm(1, C), gap {gap:.2f}"
print("12 draws: each is its module; LayerNorm(C) is not GroupNorm(1, C)")
