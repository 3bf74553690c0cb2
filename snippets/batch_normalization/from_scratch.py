"""Batch normalization from scratch equals nn.BatchNorm2d in train() and in eval()."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(channels))  # gamma, learned
        self.bias = nn.Parameter(torch.zeros(channels))  # beta, learned
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):  # (N, C, H, W)
        mean, var = self.running_mean, self.running_var  # (C,) each, for eval()
        if self.training:
            mean = x.mean((0, 2, 3))
            var = x.var((0, 2, 3), unbiased=False)
            unbiased = x.detach().var((0, 2, 3))  # divided by N·H·W - 1
            self.running_mean.lerp_(mean.detach(), self.momentum)
            self.running_var.lerp_(unbiased, self.momentum)
        x_hat = (x - mean[:, None, None]) / (var[:, None, None] + self.eps).sqrt()
        return self.weight[:, None, None] * x_hat + self.bias[:, None, None]


# region: one batch, held against the library's layer
torch.manual_seed(0)
ours, library = BatchNorm(3), nn.BatchNorm2d(3)
x = torch.randn(4, 3, 2, 2)  # (N, C, H, W)
for mode in (True, False):
    gap = (ours.train(mode)(x) - library.train(mode)(x)).abs().max().item()
    name = "train()" if mode else "eval()"
    print(f"{name:7}  equal to nn.BatchNorm2d to 1e-5: {gap < 1e-5}")
    assert gap < 1e-5, f"in {name} they should be equal, largest gap {gap:.1e}"
# endregion

# %% proof: some thirty shapes, three batches each, gradients, and two slips
drawn = torch.randint(1, 9, (30, 4)).tolist()  # (N, C, H, W)
shapes = [(2, 1, 1, 1), (1, 3, 1, 2)]  # the smallest that train() takes
shapes += [(n, c, h, w) for n, c, h, w in drawn if n * h * w > 1]
fewest = min(n * h * w for n, _, h, w in shapes)
assert fewest == 2, f"the smallest should have two values per channel, has {fewest}"
assert len(shapes) > 25, f"some thirty shapes should be tried, are {len(shapes)}"


def batch(shape):
    return 5 + 2 * torch.randn(shape, dtype=torch.float64)


worst = {"output": 0.0, "gradient": 0.0, "buffer": 0.0}


def worse(kind, a, b):
    """Remember the largest difference, relative to the largest value."""
    gap = ((a - b).abs().max() / b.abs().max().clamp(min=1)).item()
    worst[kind] = max(worst[kind], gap)


def pair(x, ours, library):
    """The outputs and the gradients of both layers for one batch."""
    found = []
    for layer in (ours, library):
        leaf = x.clone().requires_grad_()
        layer.zero_grad()
        y = layer(leaf)
        (
            y * torch.linspace(-1, 2, y.numel(), dtype=y.dtype).view_as(y)
        ).sum().backward()
        found.append((y, [leaf.grad, layer.weight.grad, layer.bias.grad]))
    return found


for shape in shapes:
    ours, library = BatchNorm(shape[1]).double(), nn.BatchNorm2d(shape[1]).double()
    with torch.no_grad():
        library.weight.uniform_(0.5, 1.5)
        library.bias.normal_()
        ours.weight.copy_(library.weight)
        ours.bias.copy_(library.bias)
    for step in range(4):
        ours.train(step < 3)
        library.train(step < 3)  # the fourth pass is in eval()
        x = batch(shape)
        (y, grads), (y_lib, grads_lib) = pair(x, ours, library)
        worse("output", y, y_lib)
        for grad, grad_lib in zip(grads, grads_lib, strict=True):
            worse("gradient", grad, grad_lib)
        worse("buffer", ours.running_mean, library.running_mean)
        worse("buffer", ours.running_var, library.running_var)
print("largest relative differences, float64:")
for kind, gap in worst.items():
    print(f"  {kind:8}  {max(gap, 1e-16):.0e}")
for kind, gap in worst.items():
    assert gap < 1e-10, f"the {kind} should be the library's, relative gap {gap:.1e}"


class Biased(BatchNorm):
    def forward(self, x):
        """Keep the variance that the batch was normalized with: a frequent slip."""
        kept = self.running_var.clone()
        y = super().forward(x)
        if self.training:
            var = x.var((0, 2, 3), unbiased=False).detach()
            self.running_var.copy_(kept + self.momentum * (var - kept))
        return y


slip, library = Biased(3).double(), nn.BatchNorm2d(3).double()
x = batch((2, 3, 1, 1))  # two values each
for _ in range(100):  # until the buffers have arrived
    in_train = (slip(x) - library(x)).abs().max().item()
ratio = (slip.running_var / library.running_var).mean().item()
in_eval = (slip.eval()(x) / library.eval()(x)).mean().item()
assert in_train < 1e-10, f"the slip should not show in train(), gap {in_train:.1e}"
assert abs(ratio - 0.5) < 0.01, (
    f"the variance kept should be half, is {ratio:.3f} times"
)
assert abs(in_eval - 2**0.5) < 0.02, f"and eval() be 1.41 times too wide, {in_eval:.2f}"

far = 10_000 + torch.randn(1024, 1, 1, 1)  # float32 has seven digits
two_pass = far.var(unbiased=False).item()


def short(values):
    """The variance as a difference of two means: right on paper."""
    return ((values**2).mean() - values.mean() ** 2).item()


in_double, short_cut = short(far.double()), short(far)
assert abs(in_double - two_pass) < 1e-3, f"float64 should have room: {in_double:.4f}"
off, right = abs(short_cut - 1), abs(two_pass - 1)
assert right < 0.2 < 0.5 < off, f"the short cut should lose it: {short_cut:.2f}"

fresh = (BatchNorm(3).double().eval()(x) / x - 1).abs().max().item()
assert 4e-6 < fresh < 6e-6, f"half of eps should be all it changes, was {fresh:.1e}"

measured = {"biased_ratio": ratio, "eval_wider": in_eval, "two_pass": two_pass}
measured |= {"fresh": fresh, "shapes": len(shapes)}
