"""One inf ruins a BN's buffers for good, while the loss recovers at once."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 32, 4)  # 200 batches of 32 examples with 4 features
y = (x.sum(-1) > 0).long()
bad = 1e39  # try: 1e30, 1000.0
x[100, 0, 0] = torch.tensor(bad)  # one of 25,600; float32 ends at 3.4e38

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")  # skips a step whose gradients are not finite
bn = model[1]
for step in range(200):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[step]), y[step])
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    if step in (99, 100, 101, 199):
        mean, var = bn.running_mean.abs().max(), bn.running_var.max()
        print(f"step {step:3}: loss {loss:5.2f}, running mean {mean:5.1g}", end=", ")
        print(f"variance {var:5.1g}")

with torch.no_grad():
    for mode in (True, False):
        right = (model.train(mode)(x[0]).argmax(1) == y[0]).float().mean().item()
        print("train()" if mode else "eval() ", f"accuracy {right:.0%}")

# %% proof: where it hides, what the scaler does not undo, and two remedies
from torch.optim.swa_utils import update_bn

ruined = (~x.isfinite()).nonzero().tolist()
assert ruined == [[100, 0, 0]], f"one value should be bad, found {ruined}"
share = y.float().mean().item()
assert abs(share - 0.5) < 0.05, f"both classes should be as frequent, {share:.2f}"
bad = [name for name, b in model.named_buffers() if not b.isfinite().all()]
assert bad == ["1.running_mean", "1.running_var"], f"these should be ruined: {bad}"
assert bn.running_mean.isinf().all(), "the mean should be inf: 0.9 inf + 0.1 m is inf"
assert bn.running_var.isnan().all(), "the variance should be NaN: inf - inf is NaN"
healthy = all(p.isfinite().all() for p in model.parameters())
assert healthy, "the scaler should have kept the weights from harm"
scale = scaler.get_scale()
assert scale == 2**15, f"it should have halved its scale once, from 65,536, is {scale}"
assert not model.eval()(x[0]).isfinite().any(), "no output should be left in eval()"
in_train = (model.train()(x[0]).argmax(1) == y[0]).float().mean().item()
assert in_train > 0.75, f"in train() nothing should show, accuracy {in_train:.2f}"


def train(scaled, guarded):
    """The same training; guarded: a batch that is not finite is left out."""
    torch.manual_seed(0)
    model = nn.Sequential(
        *(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", enabled=scaled)
    for batch, classes in zip(x, y, strict=True):
        if guarded and not batch.isfinite().all():
            continue
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(batch), classes)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    return model


plain = train(scaled=False, guarded=False)
dead = not any(p.isfinite().all() for p in plain.parameters())
assert dead, "without the scaler every parameter should be NaN"

guarded = train(scaled=True, guarded=True).eval()
kept = (guarded(x[0]).argmax(1) == y[0]).float().mean().item()
assert kept > 0.75, f"with the batch left out eval() should work: {kept:.2f}"

good = [batch for batch in x if batch.isfinite().all()]
update_bn(good, model)  # resets the buffers, then measures them on good batches
repaired = (model.eval()(x[0]).argmax(1) == y[0]).float().mean().item()
assert repaired > 0.75, f"measured again, eval() should work: {repaired:.2f}"

# What no number of good batches brings back, also with the plain average
kinds = {"inf": torch.inf, "nan": torch.nan, "none": 0.0}
found = {}
for kind, value in kinds.items():
    for momentum in (0.1, None):
        layer = nn.BatchNorm1d(4, momentum=momentum)
        layer(x[0] + torch.tensor([value, 0, 0, 0]))
        for batch in good * 5:
            layer(batch)
        found[kind, momentum] = (
            layer.running_mean[0].item(),
            layer.running_var[0].item(),
        )
for momentum in (0.1, None):
    mean, var = torch.tensor(found["inf", momentum])
    assert mean.isinf() and var.isnan(), f"inf should give inf, NaN: {mean}, {var}"
    mean, var = torch.tensor(found["nan", momentum])
    assert mean.isnan() and var.isnan(), f"NaN should give NaN, NaN: {mean}, {var}"
    mean, var = torch.tensor(found["none", momentum])
    assert mean.abs() < 0.5 and abs(var - 1) < 0.5, f"good ones: {mean}, {var}"

# Where an inf comes from in mixed precision: float16 ends at 65,504.
half = torch.finfo(torch.float16).max
assert half == 65504, f"the largest float16 should be 65,504, is {half}"
assert torch.tensor(70_000.0).half().isinf(), "70,000 should be inf in float16"
assert torch.tensor(70_000.0).bfloat16().isfinite(), "and finite in bfloat16"

# A hook names the first layer that puts out what is not finite.
first = []


def watch(name):
    def hook(module, inputs, output):
        if not output.isfinite().all():
            first.append(name)

    return hook


hooks = [m.register_forward_hook(watch(n)) for n, m in model.named_modules() if n]
model.train()(x[100])
for handle in hooks:
    handle.remove()
assert first[:2] == ["0", "1"], f"the first bad output should be layer 0's: {first}"
measured = {"in_train": 100 * in_train, "repaired": 100 * repaired}
