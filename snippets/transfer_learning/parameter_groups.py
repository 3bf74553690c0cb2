"""PyTorch refuses a parameter in two groups of an optimizer and says nothing of one that is in none."""
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(8, 4), nn.Linear(4, 2)
model = nn.Sequential(body, nn.ReLU(), head)

optimizer = torch.optim.Adam([
    {"params": body.parameters(), "lr": 1e-4},
    {"params": head.parameters(), "lr": 1e-3},
])

def left_out(optimizer):
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [name for name, p in model.named_parameters() if id(p) not in held]

assert [group["lr"] for group in optimizer.param_groups] == [1e-4, 1e-3], "each group should keep its own rate"
assert left_out(optimizer) == [], f"every parameter should be in a group, missing: {left_out(optimizer)}"
assert left_out(torch.optim.Adam(head.parameters())) == ["0.weight", "0.bias"], "an optimizer should take what it gets"
try:
    torch.optim.Adam([{"params": model.parameters()}, {"params": head.parameters()}])
except ValueError as error:
    assert "more than one parameter group" in str(error), f"the error should name the groups, said {error}"
else:
    raise AssertionError("a parameter in two groups should be refused")
