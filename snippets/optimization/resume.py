"""A resumed run equals the uninterrupted one only if all of its state comes back."""

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


# region: a run that can stop
import io

train_x, train_y, _, _ = split(0)


class Run:
    """A small CNN with BN and dropout, Adam, and a rate that falls every epoch."""

    def __init__(self, seed=0, make=torch.optim.Adam, **options):
        """Draw the first weights; options go to the optimizer."""
        torch.manual_seed(seed)
        conv = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        head = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(288, 10))
        self.model = nn.Sequential(conv, head)
        self.optimizer = make(self.model.parameters(), **(options or {"lr": 0.005}))
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 20, gamma=0.5)

    def steps(self, count):
        """Train, and return the loss of each step."""
        losses = []
        for _ in range(count):
            rows = torch.randint(len(train_y), (50,))
            loss = nn.functional.cross_entropy(self.model(train_x[rows]), train_y[rows])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.scheduler.step()
            losses.append(loss.item())
        return losses


# endregion
forgotten = "nothing"  # try: "optimizer", "scheduler", "rng"
run = Run()
run.steps(90)
checkpoint = {
    "model": run.model.state_dict(),  # weights, and BN's buffers
    "optimizer": run.optimizer.state_dict(),  # Adam's m and v, and the rate
    "scheduler": run.scheduler.state_dict(),  # how many steps it has seen
    "rng": torch.get_rng_state(),  # what dropout and the batches draw next
}
torch.save(checkpoint, file := io.BytesIO())  # or to "checkpoint.pt"
uninterrupted = run.steps(5)

resumed = Run(seed=1)  # a new process would start like this
file.seek(0)
checkpoint = torch.load(file)
for name, part in checkpoint.items():
    if name == "rng" and name != forgotten:
        torch.set_rng_state(part)
    elif name != forgotten:
        getattr(resumed, name).load_state_dict(part)
losses = resumed.steps(5)
print("uninterrupted:", *[f"{loss:.4f}" for loss in uninterrupted])
print(f"without {forgotten}:", *[f"{loss:.4f}" for loss in losses])

# %% proof: to the bit; what each part is for; Adam without its state, 12 seeds
import copy

# region: Fashion-MNIST
import gzip
from pathlib import Path

import numpy as np

places = [Path("data/fashion-mnist"), Path("/usr/share/datasets/fashion-mnist")]
folder = next((place for place in places if place.exists()), None)
if not folder:
    raise FileNotFoundError("install dataset-fashion-mnist, or run `make data`")


def read(part, count):
    """The first images of a part, (N, 1, 28, 28), and their classes, (N,)."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    x = torch.tensor(pixels.reshape(-1, 1, 28, 28), dtype=torch.float32)
    return (x / 255 - 0.286) / 0.353, torch.tensor(classes, dtype=torch.int64)


# endregion
assert forgotten == "nothing", f"as written nothing is forgotten, {forgotten}"
assert losses == uninterrupted, f"should be equal to the bit, {losses}"


def resume(*missing, num_steps=5):
    """Losses of the next steps with some parts left out, and the run."""
    run, parts = Run(seed=1), copy.deepcopy(checkpoint)
    if "buffers" in missing:
        fresh = run.model.state_dict().items()
        parts["model"] |= {key: value for key, value in fresh if "running" in key}
    for name in ("model", "optimizer", "scheduler"):
        if name not in missing:
            getattr(run, name).load_state_dict(parts[name])
    if "rng" not in missing:
        torch.set_rng_state(parts["rng"])
    return run.steps(num_steps), run


for part in ("optimizer", "scheduler", "rng"):
    losses, _ = resume(part, num_steps=40)
    full, run = resume(num_steps=40)
    assert losses != full, f"without {part} the run should differ"
losses, bare = resume("buffers")
same, run = resume()
assert losses == same, "train() never reads BN's buffers, so the losses are equal"
means = [r.model[0][1].running_mean for r in (bare, run)]
gap = (means[0] - means[1]).abs().max().item()
assert gap > 0.01, f"but eval() does, and they should differ, {gap}"
_, rate_kept = resume()
_, rate_lost = resume("optimizer")
rates = [r.optimizer.param_groups[0]["lr"] for r in (rate_kept, rate_lost)]
print(f"rate after resuming: {rates[0]:.6f}, without the optimizer's state {rates[1]}")
assert rates[1] == 16 * rates[0], f"the scheduler alone should not restore it, {rates}"
live = run.model.state_dict()["1.2.bias"]
before = live.clone()
run.steps(1)
assert not live.equal(before), "a state_dict is a view: copy it, or save it at once"


def excess(make, options, x, y, seed, num_steps):
    """Loss 3 steps on, over that at the checkpoint: with state, without, without m."""
    torch.manual_seed(seed)
    kernel, stride, side = (3, 2, 3) if x.shape[-1] == 8 else (4, 4, 7)
    model = nn.Sequential(nn.Conv2d(1, 8, kernel, stride), nn.ReLU(), nn.Flatten())
    model.append(nn.Linear(8 * side * side, 10))
    optimizer = make(model.parameters(), **options)

    def train(model, optimizer, num_steps):
        for _ in range(num_steps):
            rows = torch.randint(len(y), (100,))
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            return nn.functional.cross_entropy(model(x), y).item()

    at, rng = train(model, optimizer, num_steps), torch.get_rng_state()
    ratios, without_m = [], copy.deepcopy(optimizer.state_dict())
    for state in without_m["state"].values():
        if "exp_avg" in state:
            state["exp_avg"].zero_()
    for state in (optimizer.state_dict(), None, without_m):
        again = copy.deepcopy(model)
        new = make(again.parameters(), **options)
        if state:
            new.load_state_dict(copy.deepcopy(state))
        torch.set_rng_state(rng)
        ratios.append(train(again, new, 3) / at)
    return ratios


fashion_x, fashion_y = read("train", 2000)
sets = {"digits": (train_x, train_y), "Fashion-MNIST": (fashion_x, fashion_y)}
makers = {
    "Adam": (torch.optim.Adam, {"lr": 0.01}),
    "SGD": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
}
measured = {"factor": rates[1] / rates[0]}
for data, (x, y) in sets.items():
    for name, (make, options) in makers.items():
        seeds = range(0, 1200, 100)
        runs = [excess(make, options, x, y, seed, 700) for seed in seeds]
        kept, lost, no_m = torch.tensor(runs).T  # (12,) each
        print(f"{data}, {name}: loss times {kept.mean():.2f} with its state", end=", ")
        print(f"{lost.mean():.2f} without (3 steps, 12 seeds)")
        measured[f"{name}_{data[0]}".lower()] = lost.mean().item()
        if name == "Adam":
            assert (lost > kept).all(), f"{data}: the fresh state should cost, {runs}"
            assert lost.mean() > 1.2, f"{data}: and clearly, {lost}"
            assert abs(kept.mean() - 1) < 0.15, f"{data}: no jump with it, {kept}"
            print(f"{data}: {no_m.mean():.2f} where m alone is lost")
            small = (no_m.mean() - kept.mean()).item()
            assert small < 0.3 * (lost.mean() - kept.mean()), (
                f"{data}: v counts, {runs}"
            )
        else:
            assert lost.mean() < 1.2, f"{data}: SGD should hardly notice, {lost}"
