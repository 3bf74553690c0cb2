"""One loop over the modules gives a network He's start: the variance of every layer's weights is 2 over its fan-in."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(16, 64, 3), nn.ReLU(), nn.Flatten(),
    nn.Linear(64 * 36, 128), nn.ReLU(), nn.Linear(128, 10, bias=False),
)

for module in model.modules():
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)

for name, weight in model.named_parameters():
    if weight.dim() > 1:
        ratio = weight.var().item() * weight[0].numel() / 2  # 1 where the variance is 2 over the fan-in
        assert abs(ratio - 1) < 0.2, f"{name} should have He's variance, found {ratio:.2f} of it"
    else:
        assert not weight.any(), f"{name} should be zero"
