"""Weight decay makes the same network fit the same points with a calmer curve."""

import torch
from torch import nn


# region: the network and noisy points
def network():
    """Two hidden layers of 32 tanh units."""
    return nn.Sequential(
        *(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh()),
        *(nn.Linear(32, 1), nn.Flatten(0)),
    )


def noisy_points():
    """Twenty-five points of a sine, with noise."""
    x = torch.linspace(-1, 1, 25)
    return x[:, None], torch.sin(3 * x) + 0.3 * torch.randn(25)


# endregion
weight_decay = 0.003  # try: 0.0, 0.03
torch.manual_seed(0)
train_x, train_y = noisy_points()  # (25, 1), (25,)
model = network()
weights = [p for p in model.parameters() if p.ndim > 1]
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(1000):
    loss = nn.functional.mse_loss(model(train_x), train_y)
    norm2 = sum(w.square().sum() for w in weights)
    optimizer.zero_grad()
    (loss + 0.5 * weight_decay * norm2).backward()
    optimizer.step()
line = torch.linspace(-1, 1, 1001)
curve = model(line[:, None]).detach()  # (1001,)
steepest = curve.diff().abs().max() / 0.002
print(
    f"norm of the weights {norm2.sqrt():.1f}, steepest slope {steepest:.1f},", end=" "
)
print(f"ups and downs {curve.diff().abs().sum():.1f} in all")
# region: the picture
import matplotlib.pyplot as plt

plt.plot(line, torch.sin(3 * line), "--", color="gray", label="without noise")
plt.plot(line, curve, label="the network")
plt.plot(train_x[:, 0], train_y, "o", color="C1", ms=5, label="training points")
plt.ylim(-2.2, 2.2)
plt.xticks([-1, 0, 1])
plt.xlabel("input x")
plt.ylabel("output")
plt.legend(loc="upper left", fontsize=9)
plt.gcf().set_size_inches(4.6, 3)
plt.show()
# endregion

# %% proof: 36 data sets, four strengths
from torch.func import functional_call, stack_module_state, vmap

DECAYS = (0.0, 0.0003, 0.003, 0.03)
sets, models = [], []
for seed in range(0, 3600, 100):
    torch.manual_seed(seed)
    sets.append(noisy_points()[1])
    models.append(network())
params, _ = stack_module_state(models)
params = {k: torch.cat([v.detach()] * len(DECAYS)) for k, v in params.items()}
targets = torch.stack(sets).repeat(len(DECAYS), 1)
decay = torch.tensor(DECAYS).repeat_interleave(len(sets))


def predict(x):
    """The outputs of all networks, side by side, (networks, len(x))."""
    run = vmap(lambda own: functional_call(models[0], own, (x,)))
    return run(params)


for value in params.values():
    value.requires_grad_()
optimizer = torch.optim.Adam(params.values(), lr=0.01)
for step in range(1000):
    fit = (predict(train_x) - targets).square().mean(1)
    norm2 = sum(v.square().sum((1, 2)) for v in params.values() if v.dim() > 2)
    optimizer.zero_grad()
    (fit + 0.5 * decay * norm2).sum().backward()
    optimizer.step()
with torch.no_grad():
    moves = predict(line[:, None]).view(len(DECAYS), len(sets), -1).diff().abs()
    off = (
        (predict(line[:, None]) - torch.sin(3 * line))
        .square()
        .mean(1)
        .view(len(DECAYS), -1)
    )
found = {
    "norm": norm2.detach().sqrt().view(len(DECAYS), -1),
    "ups and downs": moves.sum(2),
    "steepest slope": moves.amax(2) / 0.002,
}


def fall(one, other):
    """By which factor it falls, data set by data set: mean of the logarithm, error."""
    logs = (one / other).log()
    return logs.mean().item(), (logs.std() / len(logs) ** 0.5).item()


measured = {}
for name, values in found.items():
    means = values.mean(1).tolist()
    print(f"{name:15s}", *(f"{mean:6.2f}" for mean in means))
    for k in range(len(DECAYS) - 1):
        log, error = fall(values[k], values[k + 1])
        surely = log - 2 * error
        assert surely > 0.1, f"{name} should fall from {DECAYS[k]}, log {log:.2f}"
    key = name.split()[0]
    log, error = fall(values[0], values[-1])
    measured |= {f"{key}_free": means[0], f"{key}_held": means[-1]}
    assert log - 2 * error > 1, f"{name} should fall to a third or so, log {log:.2f}"
    assert log < 3, f"but not to nothing, log {log:.2f}"
off = off.sqrt()  # (decays, data sets): from the curve without noise
nearer, error = fall(off[0], off[2])
farther, also = fall(off[3], off[2])
print("off the noiseless curve", *(f"{mean:6.2f}" for mean in off.mean(1).tolist()))
measured |= {"off_free": off[0].mean().item(), "off_some": off[2].mean().item()}
measured["off_most"] = off[3].mean().item()
assert nearer - 2 * error > 0.2, f"0.003 should come nearer, log {nearer:.2f}"
assert farther - 2 * also > 0.1, f"0.03 should be further off, log {farther:.2f}"
