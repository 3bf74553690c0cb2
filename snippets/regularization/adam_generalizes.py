"""Adam with an L2 term and AdamW need other values of weight_decay for their best."""

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
print("weight decay     Adam    AdamW    (lowest test loss)")
for weight_decay in (0.0, 0.003, 0.03, 0.3):
    lowest = []
    for optimizer_class in (torch.optim.Adam, torch.optim.AdamW):
        torch.manual_seed(0)
        train_x, train_y, test_x, test_y = split(0, train_size=300)
        model = network()
        optimizer = optimizer_class(
            model.parameters(), lr=0.008, weight_decay=weight_decay
        )
        losses = []
        for epoch in range(40):
            train_epoch(model, optimizer, train_x, train_y)
            losses.append(loss_on(model, test_x, test_y))
        lowest.append(min(losses))
    print(f"{weight_decay:12.3f}", *(f"{loss:8.3f}" for loss in lowest))

# %% proof: 24 seeds, rates and strengths chosen on 6 others, each at its best epoch
from torch.func import functional_call, stack_module_state, vmap


def curves_of(decoupled, lr, decays, seeds, share, held_out, num_epochs=60):
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
    optimizer = torch.optim.Adam(params.values(), lr=lr)
    rows = []
    for epoch in range(num_epochs):
        orders = torch.rand(len(seeds), 300).argsort(1).repeat(len(decays), 1)
        for batch in orders.split(50, dim=1):  # the same digits for each decay
            at = torch.arange(len(batch))[:, None], batch
            loss, _ = losses(x[at], y[at])
            squares = sum(v.square().flatten(1).sum(1) for v in params.values())
            optimizer.zero_grad()
            in_loss = 0 if decoupled else 0.5 * decay * squares
            (loss + in_loss).sum().backward()
            with torch.no_grad():  # AdamW's decay, one for each network
                for value in params.values() if decoupled else ():
                    value.mul_(1 - lr * decay.view(-1, *[1] * (value.dim() - 1)))
            optimizer.step()
        if epoch % 2:
            with torch.no_grad():
                rows.append(torch.stack([losses(x, y)[0], *losses(test_x, test_y)], 1))
    return torch.stack(rows, 1).view(len(decays), len(seeds), -1, 3)


OPTIONS = {
    "none": ((0.0005, 0.001, 0.002, 0.004), (0.0,)),
    "Adam": ((0.002, 0.004, 0.008, 0.016), (0.001, 0.003, 0.01)),
    "AdamW": ((0.002, 0.004, 0.008, 0.016), (0.1, 0.3, 1.0)),
}
measured = {}
ends = {}
for name, (rates, decays) in OPTIONS.items():
    lowest = []
    for lr in rates:
        runs = curves_of(name == "AdamW", lr, decays, range(7000, 7600, 100), 0.0, True)
        lowest.append(runs.mean(1)[:, :, 1].amin(1))  # at the best epoch
    row, column = divmod(torch.stack(lowest).argmin().item(), len(decays))
    lr, decay = rates[row], decays[column]
    runs = curves_of(name == "AdamW", lr, (decay,), range(0, 2400, 100), 0.0, False)[0]
    best = runs.mean(0)[:, 1].argmin().item()
    ends[name] = runs[:, best]
    _, loss, wrong = ends[name].mean(0).tolist()
    print(
        f"{name:5s} rate {lr}, weight decay {decay}: best after {2 * best + 2} epochs,"
    )
    print(f"      test loss {loss:.3f}, error {wrong:.1f} %")
    measured |= {f"{name}_loss": loss}
    measured |= {f"{name}_decay": f"{decay}"} if decay else {}
pairs = {
    "Adam": ("none", "Adam"),
    "AdamW": ("none", "AdamW"),
    "lead": ("Adam", "AdamW"),
}
for name, (one, other) in pairs.items():
    for column, key in ((1, "gain"), (2, "fewer")):
        values = ends[one][:, column] - ends[other][:, column]
        mean, error = values.mean().item(), values.std().item() / 24**0.5
        print(f"{one} - {other}, {key}: {mean:.3f} +- {error:.3f}")
        if key == "gain" or name == "lead":
            measured |= {f"{name}_{key}": mean, f"{name}_{key}_se": error}
surely = measured["AdamW_gain"] - 2 * measured["AdamW_gain_se"]
assert surely > 0, f"AdamW's decay should lower the loss, {surely:.3f}"
ratio = float(measured["AdamW_decay"]) / float(measured["Adam_decay"])
assert ratio >= 30, f"AdamW should need far larger values, {ratio:.0f} times"
assert measured["lead_gain"] > 0, f"AdamW should lead, {measured['lead_gain']:.4f}"
for name in ("Adam_gain", "lead_gain"):
    largest = abs(measured[name]) + 2 * measured[f"{name}_se"]
    assert largest < 0.04, f"{name} should be small, {measured[name]:.3f}"
