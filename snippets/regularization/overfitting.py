"""Weight decay keeps a network from learning wrong labels, and tests better."""

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


# region: the network, its loss, and wrong labels
def network():
    """Two hidden layers of 64 units."""
    return nn.Sequential(
        nn.Flatten(),  # (N, 64)
        *(nn.Linear(64, 64), nn.ReLU()),
        *(nn.Linear(64, 64), nn.ReLU()),
        nn.Linear(64, 10),
    )


@torch.no_grad()
def loss_on(model, x, y):
    """The mean loss on some images."""
    return nn.functional.cross_entropy(model(x), y).item()


def noisy(y, share):
    """The labels, of which a share is drawn anew."""
    drawn = torch.randint(10, y.shape)
    return torch.where(torch.rand(y.shape) < share, drawn, y)


# endregion
weight_decay = 0.01  # try: 0.001, 0.1
curves = {}
for decay in (0.0, weight_decay):
    torch.manual_seed(0)
    train_x, train_y, test_x, test_y = split(0, train_size=300)
    train_y = noisy(train_y, 0.2)  # a fifth of the labels is drawn at random
    model = network()
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, weight_decay=decay
    )
    losses = []
    for epoch in range(60):
        train_epoch(model, optimizer, train_x, train_y)
        fit = loss_on(model, train_x, train_y)
        losses.append([fit, loss_on(model, test_x, test_y)])
    curves[decay] = torch.tensor(losses).T  # (2, epochs)
    fit, test = curves[decay]
    print(f"weight_decay = {decay:5.3f}: training loss {fit[-1]:.2f} in the end,")
    print(f"    test loss {test[-1]:.2f}, at its best {test.min():.2f}")
# region: the picture
import matplotlib.pyplot as plt

for decay, style in ((0.0, "--"), (weight_decay, "-")):
    fit, test = curves[decay]
    plt.plot(range(1, 61), test, style, lw=2.4, label=f"test, {decay:g}")
    dots = {"marker": "o", "ms": 3.5, "markevery": 6}
    plt.plot(range(1, 61), fit, style, lw=0.9, label=f"training, {decay:g}", **dots)
plt.ylim(0, 2.4)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend(
    title="weight_decay", loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2
)
plt.gcf().set_size_inches(4.6, 3.8)
plt.show()
# endregion

# %% proof: 12 seeds, rates and strengths chosen on others, each at its best epoch
from torch.func import functional_call, stack_module_state, vmap


def curves_of(lr, decays, seeds, share, held_out, num_epochs=60):
    """Train a network for each weight decay and seed, all side by side.

    Returns training loss, loss and error in % on other digits after every second
    epoch, (decays, seeds, epochs / 2, 3). The others are the test digits, or, to
    choose by, training digits that were held out.
    """
    parts = []
    for seed in seeds:
        torch.manual_seed(seed)
        train_x, train_y, test_x, test_y = split(seed)
        if held_out:
            test_x, test_y = train_x[300:], train_y[300:]
        own = noisy(train_y[:300], share)
        parts.append((train_x[:300], own, test_x, test_y, network()))
    *sets, models = zip(*parts, strict=True)
    x, y, test_x, test_y = (torch.cat([torch.stack(s)] * len(decays)) for s in sets)
    start, _ = stack_module_state(models)
    params = {k: torch.cat([v.detach()] * len(decays)) for k, v in start.items()}
    decay = torch.tensor(decays).repeat_interleave(len(seeds))  # (networks,)

    def losses(x, y):
        """The loss and the error of each network on its own images."""
        logits = vmap(lambda own, x: functional_call(models[0], own, (x,)))(params, x)
        loss = nn.functional.cross_entropy(logits.mT, y, reduction="none").mean(1)
        return loss, 100 * (logits.argmax(2) != y).float().mean(1)

    for value in params.values():
        value.requires_grad_()
    optimizer = torch.optim.SGD(params.values(), lr=lr, momentum=0.9)
    rows = []
    for epoch in range(num_epochs):
        orders = torch.rand(len(seeds), 300).argsort(1).repeat(len(decays), 1)
        for batch in orders.split(50, dim=1):  # the same digits for each decay
            at = torch.arange(len(batch))[:, None], batch
            loss, _ = losses(x[at], y[at])
            squares = sum(v.square().flatten(1).sum(1) for v in params.values())
            optimizer.zero_grad()
            (loss + 0.5 * decay * squares).sum().backward()
            optimizer.step()
        if epoch % 2:
            with torch.no_grad():
                rows.append(torch.stack([losses(x, y)[0], *losses(test_x, test_y)], 1))
    return torch.stack(rows, 1).view(len(decays), len(seeds), -1, 3)


def mean_and_error(values):
    """Their mean, and its standard error."""
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


DECAYS = (0.0, 0.001, 0.003, 0.01, 0.03)
RATES = {"noisy": (0.0125, 0.025, 0.05, 0.1), "clean": (0.00625, 0.0125, 0.025, 0.05)}
RATES["clean"] += (0.1, 0.2, 0.4)
measured = {}
gains = {}
for kind, share in (("noisy", 0.2), ("clean", 0.0)):
    lowest = torch.stack(
        [
            curves_of(lr, DECAYS, range(7000, 7400, 100), share, held_out=True)
            .mean(1)[:, :, 1]
            .amin(1)
            for lr in RATES[kind]
        ]
    )  # (rates, decays): the loss at the best epoch
    chosen = {}
    for name, losses in (("without", lowest[:, :1]), ("with", lowest[:, 1:])):
        row, column = divmod(losses.argmin().item(), losses.shape[1])
        decay = 0.0 if name == "without" else DECAYS[1 + column]
        chosen[name] = RATES[kind][row], decay
    ends, late = {}, {}
    for name, (lr, decay) in chosen.items():
        runs = curves_of(lr, (decay,), range(0, 1200, 100), share, held_out=False)[0]
        best = runs.mean(0)[:, 1].argmin().item()
        ends[name], late[name] = runs[:, best], runs[:, -1]
        fit, loss, wrong = ends[name].mean(0).tolist()
        print(
            f"{kind} labels, {name} decay: rate {lr}, {decay}, {2 * best + 2} epochs,"
        )
        print(f"    training {fit:.3f}, test {loss:.3f}, error {wrong:.1f} %;", end=" ")
        print(f"after 60 epochs test {late[name].mean(0)[1]:.3f}")
        measured[f"{kind}_{name}"] = loss
        if kind == "noisy":
            measured[f"noisy_{name}_late"] = late[name].mean(0)[1].item()
            measured[f"{name}_fit"] = late[name].mean(0)[0].item()
        else:
            measured[f"{name}_rate"] = f"{lr}"
    for key, at in (("gain", ends), ("late_gain", late)):
        gain, error = mean_and_error(at["without"][:, 1] - at["with"][:, 1])
        gains[kind, key] = gain, error
    fewer, error = mean_and_error(ends["without"][:, 2] - ends["with"][:, 2])
    if kind == "clean":
        measured |= {"clean_fewer": fewer, "clean_fewer_se": error}
    (at_best, _), (at_end, _) = gains[kind, "gain"], gains[kind, "late_gain"]
    print(f"{kind}: decay gains {at_best:+.3f} at the best epochs,", end=" ")
    print(f"{at_end:+.3f} after 60; {fewer:+.2f} points")
for kind, late in (("noisy", 0.08), ("clean", 0.01)):
    gain, error = gains[kind, "late_gain"]
    assert gain - 2 * error > late, (
        f"{kind}: after 60 epochs it should help, {gain:.3f}"
    )
gain, error = gains["noisy", "gain"]
measured |= {"noisy_gain": gain, "noisy_gain_se": error}
assert abs(gain) + 2 * error < 0.08, (
    f"stopped early it should matter little, {gain:.3f}"
)
late, error = gains["noisy", "late_gain"]
measured |= {"late_gain": late, "late_gain_se": error}
assert gain < 0.4 * late, f"most is early stopping's, {gain:.3f} of {late:.3f}"
gain, error = gains["clean", "gain"]
measured |= {"clean_gain": gain, "clean_gain_se": error}
assert gain - 2 * error > 0.01, f"with right labels it should help, {gain:.3f}"
fewer, error = measured["clean_fewer"], measured["clean_fewer_se"]
assert fewer - 2 * error > 0, f"and with fewer errors, {fewer:.2f}"
ratio = measured["with_fit"] / measured["without_fit"]
assert ratio > 1.2, f"wrong labels should be fitted less, {ratio:.2f} times the loss"
