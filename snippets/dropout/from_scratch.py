"""Six lines of `forward` give nn.Dropout's outputs and gradients, bit for bit, from the same generator state."""
import torch


class MyDropout(torch.nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p  # the probability of ZEROING, and all that is stored

    def forward(self, x):
        if not self.training or self.p == 0:
            return x  # eval(): the input itself
        if self.p == 1:
            return x * 0
        mask = torch.empty_like(x).bernoulli_(1 - self.p)  # 1 with probability 1 - p
        return x * (mask / (1 - self.p))  # autograd multiplies the gradient by the same scaled mask


seed = 0
for p in (0.0, 0.1, 0.5, 0.9, 1.0):
    results = []
    for dropout in (MyDropout(p), torch.nn.Dropout(p)):
        torch.manual_seed(seed)
        x = torch.randn(64, 3, 8, 8, requires_grad=True)  # (N, C, H, W)
        out = dropout(x)
        out.square().sum().backward()
        results.append((out, x.grad))
    (my_out, my_grad), (out, grad) = results
    unequal = (my_out != out).sum().item() + (my_grad != grad).sum().item()
    zeroed = (out == 0).float().mean().item()
    print(f"p = {p:.1f}: zeroed {100 * zeroed:5.1f} %, largest factor {(out / x).max().item():5.2f}, "
          f"{unequal} outputs and gradients differ")
    assert unequal == 0, f"p = {p}: outputs and gradients should be the same bit for bit, {unequal} differ"
    assert abs(zeroed - p) < 0.025, f"p = {p} should be the share of zeros, was {zeroed:.3f}"
    assert p == 1 or abs((out / x).max() - 1 / (1 - p)) < 1e-3, f"p = {p}: kept values should grow to 1 / (1 - p)"

x = torch.ones(10_000)
dropout = torch.nn.Dropout(0.5)
assert MyDropout().p == torch.nn.Dropout().p, "the default should be PyTorch's, 0.5"
assert dropout.training and not torch.equal(dropout(x), x), "a new module should be in training mode and drop"
assert dropout.eval()(x) is x, "after eval() the module should return its input"
assert torch.nn.functional.dropout(x).eq(0).any(), "F.dropout does not know about eval(): its default is training=True"
assert torch.nn.functional.dropout(x, 0.5, training=dropout.training) is x, "F.dropout needs to be told"

overwritten = torch.nn.Dropout(0.5, inplace=True)(x)
assert overwritten is x and x.eq(0).any(), "inplace=True should write the zeros into its input"
for layer, fails in ((torch.nn.Linear(4, 4), False), (torch.nn.ReLU(), True), (torch.nn.Sigmoid(), True)):
    out = torch.nn.Dropout(0.5, inplace=True)(layer(torch.randn(8, 4, requires_grad=True)))
    try:
        out.sum().backward()
        message = ""
    except RuntimeError as error:
        message = str(error)
    print(f"in-place dropout after {type(layer).__name__:8s} backward {'fails' if message else 'works'}")
    assert ("modified by an inplace operation" in message) == fails, f"{layer}: fails should be {fails}, said {message}"
