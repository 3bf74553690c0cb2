"""Six lines of forward give what nn.Dropout gives, bit for bit, gradients included."""

import torch
from torch import nn


class MyDropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p  # the probability of zeroing, and all that is stored

    def forward(self, x):
        if not self.training or self.p == 0:
            return x  # eval(): the input itself
        if self.p == 1:
            return x * 0  # 1 / (1 - p) would be infinite
        mask = torch.empty_like(x).bernoulli_(1 - self.p)  # 1 with probability 1 - p
        return x * (mask / (1 - self.p))


p = 0.5  # try: 0.0, 0.9, 1.0
torch.manual_seed(0)
x = torch.randn(64, 3, 8, 8)  # (N, C, H, W)
torch.manual_seed(1)
mine = MyDropout(p)(x)
torch.manual_seed(1)  # the same random numbers again
theirs = nn.Dropout(p)(x)
print(f"zeroed {(theirs == 0).float().mean():.0%}, p = {p}")
print(f"outputs that differ from nn.Dropout's: {(mine != theirs).sum()} of {x.numel()}")
assert torch.equal(mine, theirs), "the two should agree bit for bit"

# %% proof: five p with gradients, the modes, and where in-place dropout fails
for p in (0.0, 0.1, 0.5, 0.9, 1.0):
    results = []
    for dropout in (MyDropout(p), nn.Dropout(p)):
        torch.manual_seed(1)
        x = torch.randn(64, 3, 8, 8, requires_grad=True)
        out = dropout(x)
        out.square().sum().backward()
        results.append((out, x.grad))
    (my_out, my_grad), (out, grad) = results
    assert torch.equal(my_out, out), f"p = {p}: the outputs should be equal"
    assert torch.equal(my_grad, grad), f"p = {p}: the gradients should be equal"
    zeroed = (out == 0).float().mean().item()
    assert abs(zeroed - p) < 0.025, (
        f"p = {p} should be the share of zeros: {zeroed:.3f}"
    )
    if p < 1:
        largest = (out / x).max().item()
        off = abs(largest * (1 - p) - 1)
        assert off < 1e-3, f"p = {p}: what stays should grow to 1 / (1 - p), {largest}"

x = torch.ones(10000)
dropout = nn.Dropout(0.5)
assert MyDropout().p == nn.Dropout().p, "the default should be PyTorch's"
assert dropout.training, "a new module should be in training mode"
assert dropout.eval()(x) is x, "in eval() it should hand back its input"

# In place: the zeros go into the tensor that came in.
overwritten = nn.Dropout(0.5, inplace=True)(x)
assert overwritten is x and x.eq(0).any(), "inplace=True should write into its input"
layers = {"Linear": (nn.Linear(4, 4), False), "ReLU": (nn.ReLU(), True)}
layers |= {"Sigmoid": (nn.Sigmoid(), True), "GELU": (nn.GELU(), False)}
for name, (layer, should_fail) in layers.items():
    x = torch.randn(8, 4, requires_grad=True)
    message = ""
    try:
        nn.Dropout(0.5, inplace=True)(layer(x)).sum().backward()
    except RuntimeError as error:
        message = str(error)
    print(f"Dropout(inplace=True) behind {name:8s} {message[:64] or 'works'}")
    failed = "modified by an inplace operation" in message
    assert failed == should_fail, f"{name}: should fail: {should_fail}, said {message}"
    nn.Dropout(0.5)(layer(x)).sum().backward()  # the remedy: not in place
