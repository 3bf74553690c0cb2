"""Evaluation mode for every batch normalization and no gradients: a training step then leaves the body as it was."""
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.2), nn.Flatten(), nn.Linear(144, 16))
head = nn.Linear(16, 5)
model = nn.Sequential(body, head)

model.train()
for module in body.modules():
    if isinstance(module, nn.BatchNorm2d):
        module.eval()
body.requires_grad_(False)

before = {name: value.clone() for name, value in model.state_dict().items()}
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
nn.functional.cross_entropy(model(torch.randn(8, 1, 8, 8)), torch.arange(8) % 5).backward()
optimizer.step()
moved = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
assert moved == {"1.weight", "1.bias"}, f"the head alone should move, found {sorted(moved)}"
assert body[3].training, "dropout in the body should stay in train mode"
