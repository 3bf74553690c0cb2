"""Four ways to write dropout that model.eval() does not reach, and how to find them."""

import torch
from torch import nn
from torch.nn import functional as F


class BuiltInForward(nn.Module):
    def forward(self, x):
        return nn.Dropout(0.5)(x)  # a new module each time, and new ones are in train()


class Functional(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.5)  # training=True unless told otherwise


class Registered(nn.Module):
    def __init__(self):
        super().__init__()
        self.dropout = nn.Dropout(0.5)  # a child: eval() reaches it

    def forward(self, x):
        return self.dropout(x)


torch.manual_seed(0)
for kind in (BuiltInForward, Functional, Registered):
    zeroed = (kind().eval()(torch.ones(10000)) == 0).float().mean()
    print(f"{kind.__name__:15s} zeroes {zeroed:4.0%} of its input in eval()")


# %% proof: the other functions, their remedies, and a search that names the culprit
class Told(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.5, training=self.training)


class Alpha(nn.Module):
    def forward(self, x):
        return F.alpha_dropout(x, 0.5)  # training=False unless told: never drops


class Attention(nn.Module):
    """What is attended to is a table of ones, so the output shows what was dropped."""

    def __init__(self, told):
        super().__init__()
        self.told = told

    def forward(self, x):
        rate = 0.5 if self.training or not self.told else 0.0
        return F.scaled_dot_product_attention(x, x, x, dropout_p=rate)


class Wrong(nn.Module):
    """A network with a Dropout that eval() reaches, and one that it does not."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5), BuiltInForward())
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.body(x))


def still_random(model, *inputs):
    """Names of the modules that answer the same input in two ways in eval().

    Of a module and its children only the children are named."""
    model.eval()
    seen, hooks = {}, []
    for name, module in model.named_modules():

        def keep(module, inputs, name=name):
            seen[name] = module, inputs

        hooks.append(module.register_forward_pre_hook(keep))
    with torch.no_grad():
        model(*inputs)
        for hook in hooks:
            hook.remove()
        found = []
        for name, (module, given) in seen.items():
            if not torch.equal(module(*given), module(*given)):
                found.append(name)
    inner = [name for name in found if not any(is_within(o, name) for o in found)]
    return inner


def is_within(inner, outer):
    """Whether one module's name says that it is part of another."""
    return inner != outer and (not outer or inner.startswith(outer + "."))


def changes(module, x):
    """Whether two passes over the same input differ."""
    return not torch.equal(module(x), module(x))


x = torch.ones(1, 4, 16, 8)
cases = {"built in forward": (BuiltInForward(), True, True)}  # in train(), in eval()
cases |= {"F.dropout": (Functional(), True, True), "told": (Told(), True, False)}
cases |= {"registered": (Registered(), True, False)}
cases |= {"F.alpha_dropout": (Alpha(), False, False)}
cases |= {"attention": (Attention(told=False), True, True)}
cases |= {"attention, told": (Attention(told=True), True, False)}
print("is random in          train()   eval()")
for name, (module, in_train, in_eval) in cases.items():
    found = changes(module.train(), x), changes(module.eval(), x)
    print(f"{name:20s}  {found[0]!s:7}   {found[1]!s}")
    assert found == (in_train, in_eval), f"{name}: {found}, not {(in_train, in_eval)}"

names = still_random(Wrong(), torch.randn(5, 8))
print("found in a network:", names)
assert names == ["body.2"], f"the search should name the culprit alone, {names}"
clean = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5), nn.Linear(8, 2))
assert not still_random(clean, torch.randn(5, 8)), "and nothing in a sound network"
listed = [m for m in Wrong().modules() if isinstance(m, nn.Dropout)]
assert len(listed) == 1, f"a list of modules shows one of the two, {len(listed)}"

# A child that is hidden in a plain list is not registered either.
hidden = nn.Linear(8, 8)
hidden.later = [nn.Dropout(0.5)]
hidden.eval()
assert hidden.later[0].training, "eval() should not reach into a plain list"
hidden.later = nn.ModuleList(hidden.later)
hidden.eval()
assert not hidden.later[0].training, "it should reach into a ModuleList"

# What it costs: one prediction that changes from pass to pass.
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), BuiltInForward(), nn.Linear(64, 10))
model.eval()
x = torch.randn(1000, 8)
changed = (model(x).argmax(1) != model(x).argmax(1)).float().mean().item()
zeroed = (BuiltInForward().eval()(torch.ones(100000)) == 0).float().mean().item()
measured = {"zeroed": zeroed}
assert abs(zeroed - 0.5) < 0.01, f"half should be dropped in eval(), {zeroed:.3f}"
assert changed > 0.2, f"many predictions should change, {changed:.2f}"
