"""backward() adds to .grad; without zero_grad() old gradients stay in each step."""

import torch

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
clear = False  # try: True
for step in range(1, 4):
    if clear:
        optimizer.zero_grad()  # sets w.grad to None
    loss = w**2  # its gradient is 2 w
    loss.backward()  # w.grad = w.grad + 2 w
    print(f"step {step}: w = {w:6.3f}, 2 w = {2 * w:6.3f}, w.grad = {w.grad:6.3f}")
    optimizer.step()

# %% proof: forgetting is a momentum of 1; accumulation; layers frozen after a step
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
x, y, _, _ = split(0, train_size=320)
assert not clear, f"as written nothing should be cleared, {clear}"
assert abs(w.grad - (2 + 1.6 + 0.88)) < 1e-4, f"the three should add up, {w.grad}"


def network(seed):
    """A small classifier; its first layer may be frozen."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))


def train(seed, num_steps, clear, **options):
    """SGD on batches of 32; the losses, and the weights at the end."""
    model, losses = network(seed).double(), []
    optimizer = torch.optim.SGD(model.parameters(), **options)
    for step in range(num_steps):
        rows = torch.arange(32) + 32 * (step % 10)
        if clear:
            optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows].double()), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, torch.cat([p.detach().flatten() for p in model.parameters()])


forgotten, ends = train(0, 100, clear=False, lr=0.02)
as_momentum, the_same = train(0, 100, clear=True, lr=0.02, momentum=1.0)
gap = (ends - the_same).abs().max().item()
print(f"100 steps without zero_grad, against momentum=1.0: at most {gap:.0e} apart")
assert gap < 1e-9, f"forgetting should be a momentum of 1, gap {gap:.0e}"
w = 1.0
heights, total = [], 0.0
for _ in range(300):  # the picture's weight, on and on
    total += 2 * w
    w -= 0.1 * total
    heights.append(abs(w))
swing = max(heights[-50:]) / max(heights[:50])
assert swing > 0.95, f"the swings should not shrink, {swing:.2f}"
highest, early = {True: [], False: []}, {True: [], False: []}
for seed in range(0, 1200, 100):
    for clear in (True, False):
        losses, _ = train(seed, 200, clear=clear, lr=0.5)
        highest[clear].append(max(losses[-50:]))
        losses, _ = train(seed, 60, clear=clear, lr=0.02)
        early[clear].append(sum(losses[-10:]) / 10)
cleared, kept = (torch.tensor(highest[c]).median().item() for c in (True, False))
print(
    f"rate 0.5, highest loss of steps 150 to 200: {cleared:.2f} cleared, {kept:.2f} not"
)
worse = [b > 2 * a for a, b in zip(highest[True], highest[False], strict=True)]
assert all(worse), f"forgetting should cost each of 12 seeds, {highest}"
slow, quick = (torch.tensor(early[c]).mean().item() for c in (True, False))
print(f"rate 0.02, loss after 60 steps: {slow:.2f} cleared, {quick:.2f} not")
faster = [b < a for a, b in zip(early[True], early[False], strict=True)]
assert all(faster), f"at a small rate it should fall faster at first, {early}"

# On purpose: four parts of a batch, one step
whole, parts = network(0), network(0)
nn.functional.cross_entropy(whole(x[:32]), y[:32]).backward()
for rows in torch.arange(32).split(8):
    (nn.functional.cross_entropy(parts(x[rows]), y[rows]) / 4).backward()
pairs = zip(whole.parameters(), parts.parameters(), strict=True)
apart = max((a.grad - b.grad).abs().max().item() for a, b in pairs)
assert apart < 1e-5, f"four parts should make the whole gradient, {apart:.0e}"

# A weight used three times: backward() sums the uses first, and adds to .grad once.
w, additions = torch.ones(1, requires_grad=True), []
w.register_post_accumulate_grad_hook(lambda p: additions.append(p.grad.item()))
(3 * w + 4 * w + 5 * w).backward()
assert additions == [12.0], f"one addition for three uses, {additions}"
(alone,) = torch.autograd.grad(7 * w, w)
assert alone == 7 and w.grad == 12, f"autograd.grad adds to nothing, {alone}, {w.grad}"


model = network(0)
before = model[1].weight.detach().clone()
optimizer = torch.optim.Adam(model.parameters())
nn.functional.cross_entropy(model(x[:32]), y[:32]).backward()
optimizer.zero_grad()  # too early
optimizer.step()
still = before.equal(model[1].weight.detach())
assert still, "cleared before step(), no weight should move"


def moved(kind, set_to_none, options):
    """How far a layer moves in 20 steps after it was frozen."""
    model = network(0)
    optimizer = kind(model.parameters(), **options)
    for step in range(25):
        optimizer.zero_grad(set_to_none=set_to_none)
        if step == 5:
            model[1].requires_grad_(False)
            frozen = model[1].weight.detach().clone()
        nn.functional.cross_entropy(model(x[:32]), y[:32]).backward()
        optimizer.step()
    return (model[1].weight - frozen).norm().item() / frozen.norm().item()


ways = {
    "SGD, momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "SGD, weight decay": (torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.01}),
    "Adam": (torch.optim.Adam, {"lr": 0.01}),
    "plain SGD": (torch.optim.SGD, {"lr": 0.1}),
}
measured = {"cleared": cleared, "kept": kept, "slow": slow, "quick": quick}
for name, (kind, options) in ways.items():
    none, zero = (moved(kind, to_none, options) for to_none in (True, False))
    print(f"frozen, {name:17s}: moves {none:.1%} with None, {zero:.1%} with zeros")
    assert none == 0, f"{name}: with None the frozen layer should stay, {none}"
    if name == "plain SGD":
        assert zero == 0, f"{name} should not move it either, {zero}"
    else:
        assert zero > 0.005, f"{name}: with zeros it should move on, {zero}"
        measured[name.replace(", ", "_").replace(" ", "_").lower()] = 100 * zero
