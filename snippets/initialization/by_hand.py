"""A loop gives all layers but the last He's start; the last starts small, and so does the first loss."""
import math

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(16, 64, 3), nn.ReLU(), nn.Flatten(),
    nn.Linear(64 * 36, 128), nn.ReLU(), nn.Linear(128, 10, bias=False),
)

*hidden, last = [module for module in model.modules() if isinstance(module, (nn.Linear, nn.Conv2d))]
for module in hidden:
    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    if module.bias is not None:
        nn.init.zeros_(module.bias)
nn.init.normal_(last.weight, std=0.01)  # no activation behind it, so He's factor has no place here

x, y = torch.randn(200, 16, 8, 8), torch.randint(0, 10, (200,))  # inputs of unit variance
first_loss = nn.functional.cross_entropy(model(x), y).item()
nn.init.kaiming_normal_(last.weight, nonlinearity="relu")
everywhere = nn.functional.cross_entropy(model(x), y).item()
print(f"first loss {first_loss:.2f}, with He's variance in the last layer too {everywhere:.2f}; ln 10 = {math.log(10):.2f}")

for module in hidden:
    ratio = module.weight.var().item() * module.weight[0].numel() / 2  # 1 where the variance is 2 over the fan-in
    assert abs(ratio - 1) < 0.2, f"a hidden layer should have He's variance, found {ratio:.2f} of it"
    assert not module.bias.any(), "its bias should be zero"
assert abs(first_loss - math.log(10)) < 0.05, f"the first loss should be near ln 10, it is {first_loss:.2f}"
assert everywhere > first_loss + 0.2, f"He's variance in the last layer should raise it, {everywhere:.2f}"
