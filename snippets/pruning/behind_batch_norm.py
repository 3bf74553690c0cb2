"""Behind a batch norm a zeroed filter still puts out a constant."""

import copy

import torch
from torch import nn
from torch.nn.utils import prune

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
# region: one epoch
def train_epoch(model, optimizer, x, y, batch_size=50):
    """One pass over the images in a random order."""
    model.train()
    for batch in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    """The share of images that the model puts into the right class."""
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


# endregion
# region: a network with batch norm, trained for 5 epochs
def trained_network(seed):
    """Two convolutions, each with a batch norm and ReLU behind it."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    x, y, _, _ = split(seed)
    for _ in range(5):
        train_epoch(model, optimizer, x, y)
    return model


# endregion
# region: statistics measured again
@torch.no_grad()
def measure_again(model, x):
    """Estimate means and variances anew on the training images; no weight moves."""
    for norm in (model[1], model[5]):
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over the batches
    model.train()
    for batch in x.split(100):
        model(batch)
    model[1].momentum = model[5].momentum = 0.1  # as before


# endregion
zero_bias = True  # try: False
model = trained_network(seed=0)
x, _, test_x, test_y = split(seed=0)
print(f"whole network: {accuracy(model, test_x, test_y):.1%}")

conv, norm = model[0], model[1]
prune.ln_structured(conv, "weight", amount=0.5, n=1, dim=0)  # half of the filters
prune.remove(conv, "weight")
dead = conv.weight.abs().sum((1, 2, 3)) == 0  # (16,)
with torch.no_grad():
    if zero_bias:
        conv.bias[dead] = 0
    out = norm(conv(test_x))[:, dead]  # (N, 8, H, W)
print(f"zeroed filters, behind the norm: {out.amin():+.2f} to {out.amax():+.2f}")
print(f"accuracy: {accuracy(model, test_x, test_y):.1%}")

with torch.no_grad():  # silence the norm as well
    norm.weight[dead] = 0
    norm.bias[dead] = 0
print(f"with gamma = beta = 0: {accuracy(model, test_x, test_y):.1%}")
measure_again(model, x)
print(f"statistics measured again: {accuracy(model, test_x, test_y):.1%}")

# %% proof: the constants by formula, 12 seeds, removal with equal outputs
assert zero_bias, "what is written is about filters whose bias is zero too"
assert out.std((0, 2, 3)).max() < 1e-5, "behind the norm there should be constants"
furthest = out.abs().max().item()
assert furthest > 0.3, f"they should be away from 0, the furthest is {furthest:.2f}"
silenced = copy.deepcopy(model)


def without(conv, norm, following, alive):
    """The three layers without the channels that are not alive."""
    kept = torch.where(alive)[0]
    narrow = nn.Conv2d(
        conv.in_channels, len(kept), conv.kernel_size, conv.stride, conv.padding
    )
    slim = nn.BatchNorm2d(len(kept))
    after = nn.Conv2d(
        len(kept),
        following.out_channels,
        following.kernel_size,
        following.stride,
        following.padding,
    )
    narrow.load_state_dict({k: v[kept] for k, v in conv.state_dict().items()})
    state = norm.state_dict()
    steps = state.pop("num_batches_tracked")
    slim.load_state_dict({k: v[kept] for k, v in state.items()})
    slim.num_batches_tracked.copy_(steps)
    weight = following.weight.detach()[:, kept]  # the columns of the next layer
    after.load_state_dict({"weight": weight, "bias": following.bias.detach()})
    return narrow, slim, after


smaller = copy.deepcopy(model)
smaller[0], smaller[1], smaller[4] = without(model[0], model[1], model[4], ~dead)
smaller.eval()
gap = (smaller(test_x) - silenced.eval()(test_x)).abs().max().item()
parameters = [sum(p.numel() for p in m.parameters()) for m in (silenced, smaller)]
print(f"removed for real: outputs differ by {gap:.0e}, parameters {parameters}")
assert gap < 1e-4, f"removed and silenced should agree, gap {gap:.1e}"
assert parameters[1] < 0.65 * parameters[0], f"it should be smaller: {parameters}"
for padding, stride in ((0, 1), (1, 2), (2, 1)):
    a, b, c = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 5, 3, stride, padding)
    nn.init.uniform_(b.running_mean)
    nn.init.uniform_(b.weight), nn.init.uniform_(b.bias)
    alive = torch.arange(8) % 3 > 0
    with torch.no_grad():
        b.weight[~alive] = 0
        b.bias[~alive] = 0
    whole = nn.Sequential(a, b, nn.ReLU(), c).eval()
    first, second, last = without(a, b, c, alive)
    rest = nn.Sequential(first, second, nn.ReLU(), last).eval()
    z = torch.randn(2, 3, 11, 9)
    apart = (whole(z) - rest(z)).abs().max().item()
    assert apart < 1e-5, f"padding {padding}, stride {stride}: {apart:.1e} apart"


def cut(model):
    """Zero half of the first filters and their biases, with the mask left on."""
    conv = model[0]
    prune.ln_structured(conv, "weight", amount=0.5, n=1, dim=0)
    dead = conv.weight.detach().abs().sum((1, 2, 3)) == 0
    with torch.no_grad():
        conv.bias[dead] = 0
    return dead


@torch.no_grad()
def silence(norm, dead):
    """Make a batch norm put out 0 in these channels."""
    norm.weight[dead] = 0
    norm.bias[dead] = 0


old, anew, deleted, deleted_anew = [], [], [], []
late = {"bias trains": [], "bias masked": []}  # pairs: as trained, channels deleted
off = {"bias trains": [], "bias masked": []}  # from beta, the largest of the channels
for seed in range(0, 1200, 100):
    dense = trained_network(seed)
    x, y, test_x, test_y = split(seed)

    model = copy.deepcopy(dense)
    norm, dead = model[1], cut(model)
    old.append(100 * accuracy(model, test_x, test_y))
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    wanted = (norm.bias - scale * norm.running_mean)[dead]
    constant = norm(model[0](x[:50]))[:, dead].mean((0, 2, 3))
    assert torch.allclose(constant, wanted, atol=1e-5), "beta - gamma mean / sigma"
    measure_again(model, x)
    anew.append(100 * accuracy(model, test_x, test_y))
    first = norm.train()(model[0](x[:50]))[:, dead].mean((0, 2, 3))
    assert torch.allclose(first, norm.bias[dead]), "in training it puts out beta"
    model.train()
    nn.functional.cross_entropy(model(x[:50]), y[:50]).backward()
    moves = norm.bias.grad[dead] != 0
    on = norm.bias[dead] > 0
    assert torch.equal(moves, on), f"behind ReLU a beta above 0 trains: {moves}, {on}"

    model = copy.deepcopy(dense)
    silence(model[1], cut(model))
    deleted.append(100 * accuracy(model, test_x, test_y))
    measure_again(model, x)
    deleted_anew.append(100 * accuracy(model, test_x, test_y))

    for name, pairs in late.items():
        model = copy.deepcopy(dense)
        dead = cut(model)
        if name == "bias masked":
            prune.custom_from_mask(model[0], "bias", (~dead).float())
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(6):
            train_epoch(model, optimizer, x, y)
        norm = model[1].eval()
        assert norm.running_var[dead].max() < 1e-4, "the variance should be near 0"
        with torch.no_grad():
            kept_on = norm(model[0](x[:1]))[:, dead].mean((0, 2, 3)) - norm.bias[dead]
        off[name].append(kept_on.abs().max().item())
        before = 100 * accuracy(model, test_x, test_y)
        silence(model[1], dead)  # the same as deleting the channels, see above
        pairs.append((before, 100 * accuracy(model, test_x, test_y)))


def mean_and_error(values):
    values = torch.tensor(values)
    return values.mean().item(), values.std().item() / 12**0.5


print("test accuracy, mean of 12 seeds     old statistics   measured again")
for name, (a, b) in {"zeroed": (old, anew), "deleted": (deleted, deleted_anew)}.items():
    print(f"half of the filters {name:10s}", end="")
    print(f"{mean_and_error(a)[0]:16.1f} % {mean_and_error(b)[0]:14.1f} %")
gain, gain_se = mean_and_error([b - a for a, b in zip(old, anew, strict=True)])
print(f"measuring again: {gain:+.1f} ± {gain_se:.1f} points for those zeroed")
cost = {}
print("zeroed, then six epochs of Adam     as trained   channels deleted then")
for name, pairs in late.items():
    before, after = (sum(column) / 12 for column in zip(*pairs, strict=True))
    cost[name] = mean_and_error([b - a for a, b in pairs])
    print(f"the filter's {name:16s}{before:15.1f} % {after:12.1f} %", end="")
    print("   {:+.1f} ± {:.1f}".format(*cost[name]))
measured = {"old": mean_and_error(old)[0], "anew": mean_and_error(anew)[0]}
measured |= {"gain": gain, "gain_se": gain_se, "gone_old": mean_and_error(deleted)[0]}
measured |= {"gone_anew": mean_and_error(deleted_anew)[0]}
measured |= {"late": cost["bias trains"][0], "late_se": cost["bias trains"][1]}
assert gain - 2 * gain_se > 8, (
    f"new statistics should gain much: {gain:.1f} ± {gain_se:.1f}"
)
regained = measured["gone_anew"] - measured["gone_old"]
assert regained > 15, f"and where the channels are gone, too: {regained:.1f}"
away = {name: sum(values) / 12 for name, values in off.items()}
regains = sorted(after - before for before, after in late["bias trains"])
worst, usual = regains[-1], regains[5]
harm = max(abs(after - before) for before, after in late["bias masked"])
print(
    "largest of the channels, from beta: trains {:.2f}, masked {:.3f}".format(
        *away.values()
    )
)
measured |= {"away": away["bias trains"], "away_masked": away["bias masked"]}
measured |= {"worst": worst, "harm": harm}
assert away["bias trains"] > 0.3, f"a bias that trains should shift it: {away}"
assert away["bias masked"] < 0.1 * away["bias trains"], f"masked it should not: {away}"
assert abs(usual) < 1, f"most networks should lose little: {regains}"
assert harm < 1 < worst, f"one network should lose, masked none: {worst}, {harm}"

narrow, norm = nn.Conv2d(1, 8, 3), nn.BatchNorm2d(16)
try:
    norm(narrow(test_x))
except RuntimeError as error:
    message = str(error)
print(message)
expected = "running_mean should contain 8 elements not 16"
assert message == expected, f"a norm of the old width should say so: {message}"
