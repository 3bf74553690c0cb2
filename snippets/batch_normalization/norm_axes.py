"""BatchNorm, LayerNorm, InstanceNorm and GroupNorm are one computation over different axes."""

import torch

torch.manual_seed(0)
N, C, H, W, groups = 4, 6, 5, 5, 3
x = 2 + 3 * torch.randn(N, C, H, W)


def normalize(x, axes):
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, unbiased=False, keepdim=True)
    return (x - mean) / (var + 1e-5).sqrt()


grouped = x.view(N, groups, C // groups, H, W)
by_hand = {
    "BatchNorm2d": normalize(x, (0, 2, 3)),  # one mean per channel, over all images
    "LayerNorm": normalize(x, (1, 2, 3)),  # one per image
    "InstanceNorm2d": normalize(x, (2, 3)),  # one per image and channel
    "GroupNorm": normalize(grouped, (2, 3, 4)).view(
        N, C, H, W
    ),  # one per image and group of channels
}
modules = {
    "BatchNorm2d": torch.nn.BatchNorm2d(C),
    "LayerNorm": torch.nn.LayerNorm([C, H, W]),
    "InstanceNorm2d": torch.nn.InstanceNorm2d(C),
    "GroupNorm": torch.nn.GroupNorm(groups, C),
}
for name, module in modules.items():
    y = module(x).detach()
    alone = module(
        x[:1]
    )  # the first image without its batch mates, still in training mode
    mates = (alone - y[:1]).abs().max().item()
    print(
        f"{name:14s}: the first image's output changes by {mates:.2f} when its batch mates go"
    )
    assert torch.allclose(y, by_hand[name], atol=1e-5), (
        f"{name} should be this computation over its axes"
    )
    assert (mates > 0.01) == (name == "BatchNorm2d"), (
        f"only BN should depend on the other images, {name}: {mates:.4f}"
    )
    same_in_eval = torch.allclose(module.eval()(x), y, atol=1e-5)
    assert same_in_eval == (name != "BatchNorm2d"), (
        f"only BN should compute something else in eval(), not {name}"
    )

one_group, each_channel = torch.nn.GroupNorm(1, C)(x), torch.nn.GroupNorm(C, C)(x)
assert torch.allclose(one_group, by_hand["LayerNorm"], atol=1e-5), (
    "one group should be LayerNorm over C, H, W"
)
assert torch.allclose(each_channel, by_hand["InstanceNorm2d"], atol=1e-5), (
    "a group per channel should be InstanceNorm"
)
tokens = torch.nn.LayerNorm(C)(x.permute(0, 2, 3, 1)).permute(
    0, 3, 1, 2
)  # as in a transformer: the last axis alone
assert torch.allclose(tokens, normalize(x, (1,)), atol=1e-5), (
    "LayerNorm(C) should normalize each position on its own"
)
assert not torch.allclose(tokens, one_group, atol=0.1), (
    "which is another thing than GroupNorm(1, C)"
)
