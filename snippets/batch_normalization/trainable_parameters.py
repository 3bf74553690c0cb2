"""BN trains gamma and beta; the rest is buffers, and a bias in front of it is idle."""

import torch
from torch import nn

torch.manual_seed(0)
affine = True  # try: False
bn = nn.BatchNorm2d(16, affine=affine)
for name, p in bn.named_parameters():
    print(f"parameter  {name:20} {tuple(p.shape)}")
for name, b in bn.named_buffers():
    print(f"buffer     {name:20} {tuple(b.shape)}")


# region: which of the five have changed
def snapshot():
    return {name: value.clone() for name, value in bn.state_dict().items()}


def changed(before):
    return [name for name, v in bn.state_dict().items() if not v.equal(before[name])]


# endregion
conv = nn.Conv2d(3, 16, 3)  # with a bias, which is the default
head = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(16 * 6 * 6, 10))
model = nn.Sequential(conv, bn, head)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 3, 8, 8), torch.randint(10, (32,))

before = snapshot()
loss = nn.functional.cross_entropy(model(x), y)  # a forward pass in train()
print("forward pass changes:", *changed(before))
before = snapshot()
loss.backward()
optimizer.step()
print("optimizer changes:   ", *changed(before))

# %% proof: what is where, four ways to hold a layer, and the idle bias over six shapes
buffers = ["running_mean", "running_var", "num_batches_tracked"]
assert [name for name, _ in bn.named_buffers()] == buffers, "three buffers expected"
assert [name for name, _ in bn.named_parameters()] == ["weight", "bias"], "two expected"
assert changed(before) == ["weight", "bias"], (
    "a step should change gamma and beta alone"
)
kept = snapshot()
model(x)
assert changed(kept) == buffers, "a forward pass in train() should change the buffers"
fresh = nn.BatchNorm2d(16)
assert (fresh.weight == 1).all() and not fresh.bias.any(), "should start at 1 and 0"
grads = [b.requires_grad for b in bn.buffers()]
assert grads == [False] * 3, "no gradient should reach a buffer"
assert all(p.requires_grad for p in bn.parameters()), "gamma and beta should be trained"
for channels in (1, 3, 64):
    count = sum(p.numel() for p in nn.BatchNorm2d(channels).parameters())
    assert count == 2 * channels, f"{channels} channels should have 2 each: {count}"

# Ways to hold a layer: what a forward pass and a step still change
held = {}
for way in ("nothing", "no_grad", "requires_grad=False", "eval()", "both"):
    torch.manual_seed(0)
    bn = nn.BatchNorm2d(16)
    model = nn.Sequential(nn.Conv2d(3, 16, 3), bn, head)
    bn.requires_grad_(way not in ("requires_grad=False", "both"))
    bn.train(way not in ("eval()", "both"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = snapshot()
    if way == "no_grad":
        with torch.no_grad():
            model(x)
    else:
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    held[way] = changed(before)
    print(f"{way:20} still changes: {', '.join(held[way]) or 'nothing'}")
assert held["nothing"] == ["weight", "bias", *buffers], f"all five: {held['nothing']}"
assert held["no_grad"] == buffers, f"no_grad should not stop them: {held['no_grad']}"
frozen = held["requires_grad=False"]
assert frozen == buffers, f"requires_grad=False should not stop the buffers: {frozen}"
assert held["eval()"] == ["weight", "bias"], (
    f"eval() should stop them: {held['eval()']}"
)
assert not held["both"], f"both together should stop all: {held['both']}"

# The bias in front
worst_gradient = worst_change = worst_together = 0.0
in_eval = torch.inf
for shape in ((32, 3, 8, 8), (2, 3, 3, 4), (8, 3, 3, 3), (5, 3, 9, 4), (3, 3, 5, 5)):
    conv, bn = nn.Conv2d(3, 16, 3).double(), nn.BatchNorm2d(16).double()
    x = torch.randn(shape, dtype=torch.float64)
    out = bn(conv(x))
    (out * torch.randn_like(out)).sum().backward()
    ratio = (conv.bias.grad.abs().max() / conv.weight.grad.abs().max()).item()
    worst_gradient = max(worst_gradient, ratio)
    same_mode = bn.eval()(conv(x)).detach()
    with torch.no_grad():
        moved = 100 * torch.randn(16)
        conv.bias += moved
        alone = (bn(conv(x)) - same_mode).abs().max().item()
        in_eval = min(in_eval, alone)
        bn.running_mean += moved  # bias and running mean together
        worst_together = max(
            worst_together, (bn(conv(x)) - same_mode).abs().max().item()
        )
        worst_change = max(worst_change, (bn.train()(conv(x)) - out).abs().max().item())
print(f"the bias gets a gradient of at most {worst_gradient:.0e} of the weights'")
assert worst_gradient < 1e-9, f"its gradient should be zero: {worst_gradient:.1e}"
assert worst_change < 1e-9, f"it should change nothing in train(): {worst_change:.1e}"
assert in_eval > 1, f"in eval() it should count, {in_eval:.2f}"
both = f"with the running mean moved along it should not: {worst_together:.1e}"
assert worst_together < 1e-9, both

# behind a ReLU it is not idle
conv, bn = nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16)
x = torch.randn(8, 3, 6, 6)
out = bn(torch.relu(conv(x)))
(out * torch.randn_like(out)).sum().backward()
ratio = (conv.bias.grad.abs().max() / conv.weight.grad.abs().max()).item()
assert ratio > 0.05, f"with a ReLU between, the bias should get a gradient: {ratio:.2f}"

# other settings
bare = nn.BatchNorm2d(16, affine=False)
assert not list(bare.parameters()), "affine=False should have no parameters"
stateless = nn.BatchNorm2d(16, track_running_stats=False)
assert not list(stateless.buffers()), "track_running_stats=False should have no buffers"

# a ResNet-50's share, from its widths: one BN behind each convolution
widths, weights, before = [64], 3 * 64 * 7**2, 64
for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
    widths += [width, width, 4 * width] * blocks + [4 * width]  # with the projection
    weights += before * 4 * width  # the projection
    for _ in range(blocks):
        weights += before * width + 9 * width**2 + 4 * width**2
        before = 4 * width
count = 2 * sum(widths)
total = weights + count + 1000 * before + 1000  # and the last layer, 1,000 classes
assert total == 25_557_032, f"should be torchvision's ResNet-50, has {total:,}"
assert len(widths) == 53, f"ResNet-50 should have 53 BN layers, has {len(widths)}"
measured = {"resnet": count, "layers": len(widths), "share": count / total}
