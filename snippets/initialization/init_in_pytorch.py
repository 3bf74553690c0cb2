"""One function, applied to all layers; the last starts small, for a loss of ln K."""

import torch
from torch import nn

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


def init_weights(module):
    """He's start for layers with a ReLU behind them, and biases of zero."""
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


torch.manual_seed(0)
model = nn.Sequential(
    *(nn.Conv2d(1, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
    *(nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU()),
    *(nn.Flatten(), nn.Linear(64 * 16, 128), nn.ReLU(), nn.Linear(128, 10)),
)
model.apply(init_weights)  # each module in turn, the last layer too
last_std = 0.01  # try: 0.125, 1.0
nn.init.normal_(model[-1].weight, std=last_std)  # no ReLU behind it

# region: the size behind each layer
h = images[:500]  # (500, 1, 8, 8)
for module in model:
    h = module(h)
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        print(f"{type(module).__name__:6s} puts out values of size {h.std():.2f}")
# endregion
loss = nn.functional.cross_entropy(h, labels[:500])
print(f"first loss {loss:.2f}; ln 10 is {torch.tensor(10.0).log():.2f}")

# %% proof: 12 seeds of three last layers, transposed layers, and six traps
measured = {}


def first_loss(last, seed):
    """The first loss, with a last layer of one kind."""
    torch.manual_seed(seed)
    for layer in model:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()  # back to PyTorch's default
    default = model[-1].weight.detach().clone()
    model.apply(init_weights)
    with torch.no_grad():
        if last == "default":
            model[-1].weight.copy_(default)
        if last == "small":
            model[-1].weight.normal_(std=0.01)
        return nn.functional.cross_entropy(model(images), labels).item()


LN10 = torch.tensor(10.0).log().item()
for last in ("small", "default", "He"):
    losses = torch.tensor([first_loss(last, seed) for seed in range(0, 1200, 100)])
    measured[last.lower()] = losses.mean().item()
    print(f"last layer {last:7s}: first loss {losses.mean():.3f}", end=" ")
    print(f"({losses.min():.2f} to {losses.max():.2f})")
measured["he_most"] = losses.max().item()  # of the last, He's
assert abs(measured["small"] - LN10) < 0.01, f"small should give ln 10, {measured}"
assert abs(measured["default"] - LN10) < 0.15, f"the default nearly, {measured}"
assert measured["he"] > LN10 + 0.3, f"He's start in the last layer not, {measured}"
for module in model:
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        share = module.weight.var().item() * module.weight[0].numel() / 2
        assert abs(share - 1) < 0.25, f"should be He's variance, is {share:.2f} of it"
    if getattr(module, "bias", None) is not None:
        assert not module.bias.any(), f"the bias of {module} should be zero"
assert (model[1].weight == 1).all(), "batch normalization should keep its own start"


# A transposed convolution: inputs times kernel over stride squared is what counts
def behind(mode, factor):
    """The mean square behind a transposed layer, over that in front of its ReLU."""
    found = []
    for seed in range(0, 1200, 100):
        torch.manual_seed(seed)
        z = torch.randn(4, 64, 12, 12)
        up = nn.ConvTranspose2d(64, 3, 4, stride=2, bias=False)
        nn.init.kaiming_normal_(up.weight, mode=mode, nonlinearity="relu")
        with torch.no_grad():
            up.weight.mul_(factor)
            out = up(torch.relu(z))[..., 4:-4, 4:-4]  # without the border
        found.append(out.square().mean().item())
    return sum(found) / len(found)


modes = {"fan_in": ("fan_in", 1), "fan_out": ("fan_out", 1), "by hand": ("fan_out", 2)}
kept = {name: behind(*mode) for name, mode in modes.items()}
print("mean square behind a transposed convolution:", end=" ")
print(", ".join(f"{name} {value:.2f}" for name, value in kept.items()))
assert 4.2 < kept["fan_in"] < 6.5, f"fan_in counts the outputs, 16/3 times, {kept}"
assert 0.2 < kept["fan_out"] < 0.31, f"fan_out forgets the stride, a quarter, {kept}"
assert 0.8 < kept["by hand"] < 1.24, f"times the stride it should be kept, {kept}"
measured["transposed"] = kept["fan_in"]

# Six traps


def complaint(call):
    """What an error says."""
    try:
        call()
    except (RuntimeError, ValueError) as error:
        return str(error)
    return ""


said = complaint(lambda: nn.init.kaiming_normal_(model[1].weight))
flat = "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
assert said == flat, f"a vector has no fan-in: {said}"
said = complaint(lambda: model[-1].weight.fill_(0.1))
assert "leaf Variable that requires grad" in said, f"needs no_grad: {said}"
lazy = nn.LazyLinear(4)
said = complaint(lambda: nn.init.kaiming_normal_(lazy.weight))
assert said, "a lazy layer has no shape yet and should complain"
seen = []
model.apply(lambda module: seen.append(type(module).__name__))
assert seen[-1] == "Sequential" and len(seen) == len(model) + 1, (
    f"children first: {seen}"
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
held = [id(p) for group in optimizer.param_groups for p in group["params"]]
nn.init.normal_(model[-1].weight)
assert id(model[-1].weight) in held, "init in place should keep the parameter"
model[-1].weight = nn.Parameter(torch.randn(10, 128))
assert id(model[-1].weight) not in held, "a new parameter is unknown to the optimizer"
loaded = {name: value.clone() for name, value in model.state_dict().items()}
model.apply(init_weights)
same = torch.equal(model[0].weight, loaded["0.weight"])
assert not same, "apply() behind load_state_dict() should overwrite what was loaded"
