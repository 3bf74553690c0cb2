"""A frozen parameter shrinks by weight decay while it keeps a gradient of zeros."""

import torch
from torch import nn

weight_decay = 0.1  # try: 0.0


def moved(set_to_none):
    """How far frozen weights get from where they were frozen, in five steps."""
    torch.manual_seed(0)
    body, head = nn.Linear(8, 8), nn.Linear(8, 2)
    x = torch.randn(16, 8)
    params = [*body.parameters(), *head.parameters()]
    optimizer = torch.optim.SGD(params, lr=0.1, weight_decay=weight_decay)
    for step in range(10):
        if step == 5:
            body.requires_grad_(False)  # frozen from here on
            frozen = body.weight.clone()
        optimizer.zero_grad(set_to_none=set_to_none)
        head(body(x)).square().mean().backward()
        optimizer.step()
    return (body.weight - frozen).norm().item() / frozen.norm().item(), body.weight.grad


for set_to_none in (False, True):
    share, grad = moved(set_to_none)
    kind = "None" if grad is None else "zeros"
    print(f"set_to_none={set_to_none!s:5}: grad is {kind:5}, moved by {share:.1%}")
# region: the checks
assert moved(set_to_none=True)[0] == 0, "with grad None it should stay"
factor = (1 - 0.1 * weight_decay) ** 5
share, grad = moved(set_to_none=False)
assert abs(share - (1 - factor)) < 1e-5, f"zeros should shrink it, moved by {share:.4f}"
# endregion

# %% proof: other optimizers, and a gradient that is kept from the step before


def drift(optimizer_class, clear, **settings):
    """How far frozen weights get in three steps, by the way the gradient is cleared."""
    torch.manual_seed(0)
    body, head, x = nn.Linear(8, 8), nn.Linear(8, 2), torch.randn(16, 8)
    params = [*body.parameters(), *head.parameters()]
    optimizer = optimizer_class(params, lr=0.1, **settings)
    head(body(x)).square().mean().backward()
    optimizer.step()
    body.requires_grad_(False)
    frozen = body.weight.clone()
    for step in range(3):
        if clear == "None":
            optimizer.zero_grad()
        elif clear == "zeros":
            optimizer.zero_grad(set_to_none=False)
        else:  # only what is trained is cleared
            head.zero_grad()
        head(body(x)).square().mean().backward()
        optimizer.step()
    return (body.weight - frozen).abs().max().item()


SGD, AdamW = torch.optim.SGD, torch.optim.AdamW
cases = {"SGD": (SGD, {}), "SGD, decay": (SGD, {"weight_decay": 0.1})}
cases["SGD, momentum"] = SGD, {"momentum": 0.9}
cases |= {"Adam": (torch.optim.Adam, {}), "AdamW": (AdamW, {"weight_decay": 0.1})}
for name, (optimizer_class, settings) in cases.items():
    moves = {
        c: drift(optimizer_class, c, **settings) for c in ("None", "zeros", "kept")
    }
    print(f"{name:13s}", *(f"  {clear} {move:.4f}" for clear, move in moves.items()))
    assert moves["None"] == 0, f"{name}: without a grad it should stay, {moves}"
    assert moves["kept"] > 1e-4, f"{name}: a kept gradient should move it, {moves}"
    still = moves["zeros"] == 0
    assert still == (name == "SGD"), f"{name}: zeros move all but plain SGD, {moves}"
measured = {"shrunk": share}
assert share > 0.03, f"the written weight decay should show, moved by {share:.3f}"
