# %% [markdown]
# # Batch normalization under the microscope
#
# Why does a network train faster with batch normalization (BN)? [@santurkar2018] answered with measurements: they looked at the loss along the gradient, at the gradient along the gradient, and at what an update of the early layers does to the later ones. They measured a VGG network on CIFAR-10.
#
# This lab takes the same measurements on a small network: eight convolutions on scikit-learn's digits. Each is made with and without BN, at a learning rate at which both networks train. At the end comes their counter-experiment, which puts the shift back that BN removes, and a control for it. The short answers stand [on the page about BN](../training/batch-normalization/bn-improves-training.md); here is the longer way.
#
# ## Two networks, one start
#
# Both networks have the same convolutions and start from the same weights. They are trained on all digits and read on the same digits: this lab is about the training loss and says nothing about new ones. With BN, a normalization stands between convolution and ReLU. The layer `Noise` is for the last part; with strength 0 it is left out.

# %%
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
channels, depth, batch_size, num_steps = 16, 8, 64, 100


class Noise(torch.nn.Module):
    def __init__(self, strength):
        super().__init__()
        self.strength = strength

    def forward(self, h):  # (N, C, H, W)
        unit = self.strength * h.std().detach()  # the same dose for activations of any size
        mean = torch.empty(1, h.shape[1], 1, 1).uniform_(-1, 1)  # another one per channel in each forward pass
        std = torch.empty(1, h.shape[1], 1, 1).uniform_(0.1, 0.5)
        return h + unit * (mean + std * torch.randn_like(h))


# %%
def build(batch_norm, noise=0.0):
    layers = []
    for i in range(depth):
        conv = torch.nn.Conv2d(channels if i else 1, channels, 3, stride=2 if i == 2 else 1, padding=1)
        torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        layers += [conv]
        layers += [torch.nn.BatchNorm2d(channels)] if batch_norm else []
        layers += [Noise(noise)] if noise else []
        layers += [torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(channels * 4 * 4, 10))


first = []
for batch_norm in (False, True):
    torch.manual_seed(0)
    model = build(batch_norm)
    first.append([module.weight for module in model if isinstance(module, torch.nn.Conv2d)])
    print(f"{'with BN' if batch_norm else 'without BN':<10} {sum(p.numel() for p in model.parameters()):6,} parameters")
assert all(torch.equal(a, b) for a, b in zip(*first)), "both networks should start from the same kernels"

# %% [markdown]
# All weights of a network are kept as one vector $w$. That makes it easy to stand at a point, look in a direction, and come back. Training is plain SGD, $w \leftarrow w - \eta\, g$ with the gradient $g$ of the batch's loss, because then a step goes exactly along the gradient that is measured.
#
# Every ten steps `train` keeps a snapshot: the weights, the batch, and the seed of that step's noise. All measurements below are made on these snapshots, on the batch that the optimizer saw there, with BN in training mode.


# %%
def loss_and_gradient(model, weights, batch, draw):
    vector_to_parameters(weights, model.parameters())
    torch.manual_seed(draw)  # the same draw, the same noise: the loss is a function of the weights alone
    loss = F.cross_entropy(model(x[batch]), y[batch])
    return loss.item(), parameters_to_vector(torch.autograd.grad(loss, list(model.parameters())))


def train(batch_norm, seed, lr, noise=0.0):
    torch.manual_seed(seed)
    model = build(batch_norm, noise)
    weights = parameters_to_vector(model.parameters()).detach()
    generator = torch.Generator().manual_seed(seed)  # the same batches for all networks of a seed
    losses, snapshots = [], []
    for step in range(num_steps):
        batch = torch.randint(len(y), (batch_size,), generator=generator)
        draw = 1000 * seed + step
        loss, gradient = loss_and_gradient(model, weights, batch, draw)
        if step % 10 == 4:
            snapshots.append((weights, batch, draw))
        weights = weights - lr * gradient
        losses.append(loss)
    return model, torch.tensor(losses), snapshots


# %% [markdown]
# ## A rate at which both train
#
# A network that does not learn sits on a plateau, and a plateau is smooth. So the rate comes first: five rates, three seeds. A loss above that of guessing, $\ln 10 \approx 2.3$, counts as 2.3, and so does a run that ended in NaN.

# %%
rates = [0.025, 0.05, 0.1, 0.2, 0.8]
guessing = torch.tensor(10.0).log().item()
late = {}
print("mean training loss of the last 30 steps and three seeds, rate: loss")
figure, axis = plt.subplots(figsize=(6, 3.4))
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    runs = torch.stack([torch.stack([train(batch_norm, seed, lr)[1][-30:].mean() for lr in rates])
                        for seed in range(0, 300, 100)]).nan_to_num(guessing).clamp(max=guessing)  # (seeds, rates)
    late[batch_norm] = runs
    axis.loglog(rates, runs.mean(0), style, label=label)
    axis.fill_between(rates, runs.amin(0), runs.amax(0), color=style[:2], alpha=0.25)
    print(f"{label:<10}", "  ".join(f"{lr}: {value:.2f}" for lr, value in zip(rates, runs.mean(0).tolist())))
axis.set_xticks(rates, rates)
axis.minorticks_off()
axis.set_xlabel("learning rate")
axis.set_ylabel("training loss, last 30 steps (nats)")
axis.legend()
plt.show()

lr = 0.05
means = {key: runs.mean(0) for key, runs in late.items()}
assert (means[True] < means[False]).all(), f"with BN the loss should be lower at every rate: {means}"
assert means[False].argmin() < 3, f"without BN the best rate should be one of the three smaller ones: {means[False]}"
assert late[False][:, -1].min() > 2, "at the largest rate no plain network should train"
assert late[True][:, -1].max() < 1, "at the largest rate every network with BN should train"

# %% [markdown]
# <!-- figure: Training loss against five learning rates, both axes logarithmic. Without batch normalization the loss is lowest at one of the three smaller rates and that of guessing at the largest; with it the loss is lower at every rate. -->
# Figure: At the largest rate the plain network does not train; the one with BN trains at all five. Lines are means over three seeds, bands run from the lower to the higher.
#
# The largest rate would make the comparison meaningless. We take $\eta = 0.05$ for both, a rate at which both train. It need not be the best of either; the lines above say what other rates would give. So a speed below is the speed at this rate. The larger rates that BN permits, for [@bjorck2018] the source of its gain, are left out on purpose. Three seeds each:

# %%
seeds = range(0, 300, 100)
runs = {batch_norm: [train(batch_norm, seed, lr) for seed in seeds] for batch_norm in (False, True)}
for batch_norm, label in ((False, "without BN"), (True, "with BN")):
    losses = torch.stack([run[1] for run in runs[batch_norm]])  # (seeds, steps)
    print(f"{label:<10} mean loss over the first, middle and last 20 steps:",
          "  ".join(f"{losses[:, a:a + 20].mean():.2f}" for a in (0, 40, 80)))
    assert losses[:, -20:].mean(1).max() < 1.2, f"{label}: every seed should train, loss {losses[:, -20:].mean(1)}"

# %% [markdown]
# ## The loss along the gradient
#
# From each snapshot we walk along the negative gradient and stop at five lengths, from half of the optimizer's step to four times it. Three numbers describe what is met on the way:
#
# - the **range of the loss**: highest minus lowest loss of the five;
# - the **change of the gradient** (they call its range gradient predictiveness): the largest
#   $\lVert \nabla\ell(w - s g) - g \rVert$ over the lengths $s$;
# - the **effective β-smoothness**: the largest change of the gradient per distance moved,
#   $\lVert \nabla\ell(w - s g) - g \rVert / (s \lVert g \rVert)$.
#
# A function is β-smooth if the last ratio is at most β between any two points; "effective" says that only one direction is looked at.


# %%
lengths = [f * lr for f in (0.5, 1.0, 2.0, 3.0, 4.0)]


def landscape(model, snapshot):
    weights, batch, draw = snapshot
    loss, gradient = loss_and_gradient(model, weights, batch, draw)
    trials = [loss_and_gradient(model, weights - s * gradient, batch, draw) for s in lengths]
    losses = [trial[0] for trial in trials]
    changes = [(trial[1] - gradient).norm().item() for trial in trials]
    beta = max(change / (s * gradient.norm().item()) for change, s in zip(changes, lengths))
    return loss, max(losses) - min(losses), max(changes), beta


views = {key: torch.tensor([[landscape(model, s) for s in snapshots] for model, _, snapshots in value])
         for key, value in runs.items()}  # (seeds, snapshots, 4) each
middle = {key: (view[..., 0] > 0.2) & (view[..., 0] < 1.0) for key, view in views.items()}
at = {key: view[middle[key]].median(0).values for key, view in views.items()}  # (4,) each
print("median at a loss of 0.2 to 1.0   without BN    with BN")
for i, name in enumerate(("loss", "range of the loss", "change of the gradient", "effective beta")):
    print(f"{name:<30} {at[False][i]:12.2f} {at[True][i]:10.2f}")

# %%
figure, axes = plt.subplots(1, 2, figsize=(7, 3.4))
for batch_norm, label, style in ((False, "without BN", "C1x"), (True, "with BN", "C0o")):
    loss, loss_range, change, _ = views[batch_norm].flatten(0, 1).T
    axes[0].loglog(loss, loss_range, style, label=label, markersize=5)
    axes[1].loglog(loss, change, style, label=label, markersize=5)
for axis, name in zip(axes, ("range of the loss (nats)", "change of the gradient (L2)")):
    axis.set_xlabel("loss at the snapshot (nats)")
    axis.set_ylabel(name)
    axis.invert_xaxis()  # training goes from left to right
axes[0].legend()
plt.show()

start = {key: view[:, 0].median(0).values for key, view in views.items()}
assert at[False][1] > 8 * at[True][1], f"the loss should vary less with BN: {at[False][1]:.2f}, {at[True][1]:.2f}"
assert at[False][2] > 4 * at[True][2], f"so should the gradient: {at[False][2]:.2f}, {at[True][2]:.2f}"
assert start[True][1] > 2 * start[False][1], "on its first plateau the plain network should be the smoother one"

# %% [markdown]
# <!-- figure: Two scatter plots against the loss at the snapshot, which falls from left to right. At the left end, near the loss of guessing, the crosses without batch normalization lie below the circles with it; further to the right they lie far above. -->
# Figure: Once the loss of guessing is left behind, loss and gradient vary less along the gradient with BN. At the start, on the left, it is the other way round. A point is one snapshot of one of three seeds.
#
# Read the left edge first. At the start the plain network is the smoother one: it has a plateau to cross, its gradient is small, and nothing changes along it. Once both have left the loss of guessing, the order turns. That is why a single number "with BN the loss is smoother" needs the place where it was measured.
#
# The third number is not small only because the gradient is, since it is divided by the distance. Multiplied by $\eta$ it also loses its unit, and gets a meaning: on a quadratic bowl whose largest curvature is $\beta$, gradient descent diverges when $\eta \beta > 2$.

# %%
figure, axis = plt.subplots(figsize=(6, 3.4))
steps = range(4, num_steps, 10)
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    values = lr * views[batch_norm][..., 3]  # (seeds, snapshots)
    axis.semilogy(steps, values.median(0).values, style, label=label)
    axis.fill_between(steps, values.amin(0), values.amax(0), color=style[:2], alpha=0.25)
    print(f"{label:<10} rate times effective beta, median: {values[:, 0].median():.2f} at step 4,"
          f" {values[:, 3:].median():.2f} from step 34 on")
axis.axhline(2, color="gray", linestyle=":", label="limit of a quadratic bowl")
axis.set_xlabel("training step")
axis.set_ylabel("rate times effective β")
axis.legend()
plt.show()

ratio = (at[False][3] / at[True][3]).item()
swing = {key: (view[..., 3].median(0).values.amax() / view[..., 3].median(0).values.amin()).item()
         for key, view in views.items()}
print("beta during training, highest over lowest median of the seeds:"
      f" {swing[False]:.1f} without BN, {swing[True]:.1f} with BN")
assert ratio > 1.5, f"in this range of the loss beta should be smaller with BN, the ratio is {ratio:.2f}"
top = lr * views[False][:, 3:, 3].median().item()
assert 1 < top < 4, f"without BN the product should come near the limit of 2, it is {top:.2f}"
assert swing[True] < 2.5, f"with BN beta should stay within a factor of 2.5, it changes by {swing[True]:.1f}"
assert start[True][3] > start[False][3], "at the very start beta should be larger with BN"
assert swing[False] > 2.5 * swing[True], f"beta should change more during training without BN: {swing}"

# %% [markdown]
# <!-- figure: The learning rate times the effective beta over a hundred training steps, on a logarithmic axis. With batch normalization it stays nearly level. Without it the line starts lower, climbs steeply as training starts, and then stays near a dotted line, above the other. -->
# Figure: With BN the effective β-smoothness hardly changes during training. Without BN it starts lower and climbs to about the limit of a quadratic bowl. Lines are medians over three seeds, bands run from the lowest to the highest.
#
# This is a smaller difference than the range of the loss suggested, and a different one. BN does not make the loss flat. It keeps its bend along the gradient at about the same value from the first snapshot on; as far as the bend limits the rate, one that suits the start suits the rest. Without BN the start looks harmless, and the bend grows when training gets going.
#
# ## Internal covariate shift, in two meanings
#
# The first meaning is the one in the name: how far the **inputs of a layer drift** when the network takes a step. We take the mean of every channel on 256 fixed images before and after the step, in units of the layer's standard deviation (averaged over its channels).
#
# The second follows [@santurkar2018, sec. 2]: a layer's gradient before and after the *earlier* layers have taken their step. If the two differ, the layer's own update was computed for a network that no longer exists. We print the distance $\lVert G - G' \rVert$ for the layer's kernel, the same divided by $\lVert G \rVert$, and the cosine between $G$ and $G'$.


# %%
def channel_means(model, weights, images, draw):
    vector_to_parameters(weights, model.parameters())
    torch.manual_seed(draw)
    statistics = []
    with torch.no_grad():
        for module in model:
            images = module(images)
            if isinstance(module, torch.nn.ReLU):
                statistics.append((images.mean((0, 2, 3)), images.std((0, 2, 3)).mean()))  # (C,), a number
    return statistics[:-1]  # the inputs of layers 2 to 8


def input_drift(model, snapshot, images):
    weights, batch, draw = snapshot
    step = -lr * loss_and_gradient(model, weights, batch, draw)[1]
    before = channel_means(model, weights, images, draw)
    after = channel_means(model, weights + step, images, draw + 1)  # the next step has the next noise
    return [((m1 - m0).abs().mean() / s0).item() for (m0, s0), (m1, _) in zip(before, after)]


# %%
def gradient_shift(model, snapshot):
    weights, batch, draw = snapshot
    gradient = loss_and_gradient(model, weights, batch, draw)[1]
    shifts, start = [], 0
    for parameter in model.parameters():  # in the order of the vector, layer by layer
        end = start + parameter.numel()
        if parameter.dim() == 4 and start:  # the kernels of layers 2 to 8
            moved = weights.clone()
            moved[:start] -= lr * gradient[:start]  # only what lies before this kernel takes its step
            old, new = gradient[start:end], loss_and_gradient(model, moved, batch, draw)[1][start:end]
            distance = (new - old).norm()
            shifts.append([distance.item(), (distance / old.norm()).item(), F.cosine_similarity(old, new, 0).item()])
        start = end
    return shifts


torch.manual_seed(0)
fixed = x[torch.randperm(len(y))[:256]]
drift = {key: torch.tensor([[input_drift(model, s, fixed) for s in snapshots] for model, _, snapshots in value])
         for key, value in runs.items()}  # (seeds, snapshots, layers)
shift = {key: torch.tensor([[gradient_shift(model, s) for s in snapshots] for model, _, snapshots in value])
         for key, value in runs.items()}  # (seeds, snapshots, layers, 3)

# %%
figure, axes = plt.subplots(1, 2, figsize=(7, 3.2))
layers = range(2, depth + 1)
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    chosen = middle[batch_norm]  # the snapshots at a loss of 0.2 to 1.0
    for axis, values in zip(axes, (drift[batch_norm][chosen], shift[batch_norm][chosen][..., 1])):  # (n, layers)
        axis.semilogy(layers, values.median(0).values, style, label=label)
        axis.fill_between(layers, values.quantile(0.25, 0), values.quantile(0.75, 0), color=style[:2], alpha=0.25)
        axis.set_xlabel("layer")
axes[0].set_ylabel("drift of the input (std a step)")
axes[1].set_ylabel("relative change of the gradient")
axes[1].legend()
plt.show()

# %% [markdown]
# <!-- figure: Two charts over layers 2 to 8 with logarithmic vertical axes. On the left the drift without batch normalization lies far above the one with it. On the right the relative change of the gradient without batch normalization rises from below the line with it to above it. -->
# Figure: BN all but stops the drift of the inputs' means. With it the gradients of the early layers go stale more, those of the late layers less. Lines are medians over the snapshots at a loss of 0.2 to 1.0, bands hold the middle half.
#
# The same in numbers, with the paper's own measures, the undivided distance and the cosine, among them. All rows are medians: over snapshots and layers together, or over the snapshots where a layer is named. The last row is the first snapshot of each seed, whatever its loss:

# %%
moved = {key: drift[key][middle[key]].median().item() for key in runs}
stale = {key: shift[key][middle[key]].flatten(0, 1).median(0).values for key in runs}  # (3,) each
early = {key: shift[key][:, 0, :, 1].median().item() for key in runs}
by_layer = {key: shift[key][middle[key]][..., 1].median(0).values for key in runs}  # (layers,) each
print("median at a loss of 0.2 to 1.0   without BN    with BN")
print(f"{'input drift (std a step)':<30} {moved[False]:12.4f} {moved[True]:10.4f}")
for i, name in enumerate(("distance of the gradients", "relative to the gradient", "cosine of the gradients")):
    print(f"{name:<30} {stale[False][i]:12.2f} {stale[True][i]:10.2f}")
first_last = [f"{by_layer[key][i]:{width}.2f}" for i in (0, -1) for key, width in ((False, 12), (True, 10))]
print(f"{'relative, layer 2':<30}", *first_last[:2])
print(f"{'relative, layer 8':<30}", *first_last[2:])
print("median at step 4, at any loss")
print(f"{'relative to the gradient':<30} {early[False]:12.2f} {early[True]:10.2f}")
ratio = (stale[True][1] / stale[False][1]).item()
assert moved[False] > 10 * moved[True], f"the inputs should drift far less with BN: {moved}"
assert 0.5 < ratio < 2, f"the gradients should go stale about equally, the ratio is {ratio:.2f}"
assert stale[False][0] > stale[True][0], f"the distance itself should be smaller with BN: {stale}"
assert by_layer[True][0] > 1.5 * by_layer[False][0], f"layer 2 should be shifted more with BN: {by_layer}"
assert by_layer[True][-1] < by_layer[False][-1] / 1.2, f"and layer 8 less: {by_layer}"
assert early[True] > early[False], f"at the start the plain network should be shifted less: {early}"

# %% [markdown]
# The two meanings come apart. By the first, BN removes almost all of the shift; that is what a normalization does. By the second it removes little. The undivided distance is smaller with BN, but so is the gradient; relative to it the two networks are within a factor of two. The order depends on the layer: with BN the second layer is disturbed more and the last one less. And it depends on the stage: at the start the plain network, on its plateau, is disturbed less.
#
# The paper saw as much shift with BN as without, or more. That is not quite what we see, and not the opposite either: with six layers and twice the rate, [the page's run](../training/batch-normalization/covariate-shift.md) has, relative to the gradient and averaged over the layers, no less of it with BN. What both agree on is that this shift does not vanish where the drift does.
#
# ## Putting the shift back
#
# If BN helped because the inputs hold still, then moving them should undo the help. This is the counter-experiment of [@santurkar2018, sec. 2]: after every BN layer each activation gets noise, whose distribution has a mean other than zero and a variance other than one and is redrawn at each step. Here `Noise` draws a mean and a spread per channel; its strength is in units of the activations' standard deviation, and the strengths are ours.
#
# The control belongs to it: the plain network with noise of the same strength after every convolution. The losses are those of all digits with the noise switched off, so that noise in the reading does not count; again one above that of guessing counts as 2.3. Their mean over the snapshots serves as a measure of speed, the lower the faster.


# %%
def clean_loss(batch_norm, snapshots):
    model = build(batch_norm)  # Noise has no weights, so those of a noisy network fit
    losses = []
    with torch.no_grad():
        for weights, _, _ in snapshots:
            vector_to_parameters(weights, model.parameters())
            losses.append(F.cross_entropy(model(x), y).item())
    return losses


strengths = [0.0, 0.5, 1.0]
noisy = {(key, strength): [train(key, seed, lr, strength) for seed in seeds] if strength else runs[key]
         for key in runs for strength in strengths}
clean = {key: torch.tensor([clean_loss(key[0], run[2]) for run in value]).nan_to_num(guessing).clamp(max=guessing)
         for key, value in noisy.items()}  # (seeds, snapshots) each
dose_drift = {key: torch.tensor([input_drift(run[0], s, fixed) for run in value for s in run[2]]).nanmedian().item()
              for key, value in noisy.items()}

# %%
figure, axes = plt.subplots(1, 2, figsize=(7, 3.4))
for key, label, style in (((False, 0.0), "without BN", "C1s--"), ((True, 0.5), "BN, noise 0.5", "C2^-."),
                          ((True, 0.0), "with BN", "C0o-")):
    axes[0].semilogy(steps, clean[key].mean(0), style, label=label)
    axes[0].fill_between(steps, clean[key].amin(0), clean[key].amax(0), color=style[:2], alpha=0.25)
for batch_norm, label, style in ((False, "without BN", "C1s--"), (True, "with BN", "C0o-")):
    values = torch.stack([clean[batch_norm, strength].mean(1) for strength in strengths], 1)  # (seeds, strengths)
    axes[1].plot(strengths, values.mean(0), style, label=label)
    axes[1].fill_between(strengths, values.amin(0), values.amax(0), color=style[:2], alpha=0.25)
axes[0].set_xlabel("training step")
axes[0].set_ylabel("loss of all digits (nats)")
axes[1].set_xlabel("strength of the noise (std)")
axes[1].set_ylabel("loss, mean over training (nats)")
axes[0].legend()
axes[1].legend()
plt.show()

# %% [markdown]
# <!-- figure: Two line charts. On the left the loss over training falls fastest with batch normalization, then with batch normalization and noise, and slowest without. On the right the mean loss rises with the strength of the noise for both networks; the line without batch normalization lies above and reaches the loss of guessing. -->
# Figure: With noise of strength 0.5 the inputs drift more than without BN, and the network still trains faster (left). More noise costs both networks more, the plain one first (right). Lines are means over three seeds, bands run from the lowest to the highest.
#
# The same in numbers, with the drift of the inputs beside the loss. The drift is again a median over layers and snapshots, but over all snapshots, so it differs from the one above; the loss is a mean over snapshots and seeds:

# %%
mean = {key: value.mean().item() for key, value in clean.items()}
for (batch_norm, strength), value in mean.items():
    print(f"{'with BN' if batch_norm else 'without BN':<10} noise {strength:.1f}: "
          f"median drift {dose_drift[batch_norm, strength]:.3f} std a step, mean loss {value:.2f}")
assert dose_drift[True, 0.5] > 2 * dose_drift[False, 0.0], "the noise should make the inputs drift more than without BN"
assert mean[True, 0.5] < 0.85 * mean[False, 0.0], f"and yet it should train faster than without BN: {mean}"
kept = (mean[False, 0.0] - mean[True, 0.5]) / (mean[False, 0.0] - mean[True, 0.0])
print(f"share of the gain in mean loss that is left with noise 0.5: {kept:.0%}")
assert kept > 0.5, f"most of the gain should be left, it is {kept:.2f}"
assert mean[True, 0.0] < mean[True, 0.5] < mean[True, 1.0], f"but slower than with BN alone: {mean}"
assert mean[True, 1.0] > mean[False, 0.0], f"and with strong noise the gain should be lost: {mean}"
assert mean[False, 0.5] - mean[False, 0.0] > 1.5 * (mean[True, 0.5] - mean[True, 0.0]), f"it should suffer more: {mean}"
assert mean[False, 1.0] > 1.9, f"under strong noise the plain network should not train: {mean}"

# %% [markdown]
# At strength 0.5 the result is the paper's: inputs that move more than those of the plain network, and a training that is faster at this rate. But it is a matter of dose. The paper saw almost no difference between BN with and without noise; here the noise costs something at that strength, and at strength 1 it costs more than BN gains. The control agrees with them: the plain network suffers more from the same noise, and at strength 1 it hardly leaves the loss of guessing within the hundred steps.
#
# The control cuts both ways. Shifting inputs do hurt a network, and BN protects from part of it. A likely reason is that the next normalization takes out again what a shift of its inputs has done to a channel's mean and size. So the noise shows that *still* inputs are not needed for most of the gain. It does not show that the drift is harmless.
#
# ## Does the smoothness survive the noise?
#
# If smoothness is what helps, the noisy network should still have it. Each snapshot's own noise is held fixed while we walk along the gradient.

# %%
view = torch.tensor([[landscape(model, s) for s in snapshots] for model, _, snapshots in noisy[True, 0.5]])
chosen = view[(view[..., 0] > 0.2) & (view[..., 0] < 1.0)].median(0).values  # (4,)
print("median at a loss of 0.2 to 1.0   without BN  BN, noise    with BN")
for i, name in enumerate(("loss", "range of the loss", "change of the gradient", "effective beta")):
    print(f"{name:<30} {at[False][i]:12.2f} {chosen[i]:10.2f} {at[True][i]:10.2f}")
assert chosen[1] < at[False][1] / 3, f"with noise the loss should still vary less than without BN: {chosen[1]:.2f}"
assert chosen[3] < at[False][3] / 1.5, f"and beta should still be smaller: {chosen[3]:.2f} against {at[False][3]:.2f}"

# %% [markdown]
# The inputs are shaken, the smoothness is still there, and so is most of the gain. That is what one would see if smoothness were the cause. It is not a proof: BN with noise differs from a plain network in more than one way.
#
# ## Answer
#
# In this network of eight convolutions on the digits, at a rate of 0.05 at which both train:
#
# - While the loss is between 0.2 and 1.0, it varies more than 8 times less along the gradient with BN, and the gradient more than 4 times less. At the first snapshot it is the plain network's loss that varies less, by more than a factor of 2.
# - The effective β-smoothness differs less; the plain network's is larger by more than a factor of 1.5. With BN its median stays within a factor of 2.5 during training, where the plain network's climbs.
# - BN makes the inputs drift more than 10 times less. In the sense of the changed gradient, the internal covariate shift relative to the gradient is the same within a factor of two; the undivided distance is smaller with BN.
# - With noise that makes the inputs drift more than twice as far as without BN, more than half of the gain in mean loss is left. With noise twice as strong nothing is left.
# - The plain network suffers more from the same noise, and the noisy network keeps the smoothness.
#
# So the measurements of the paper show at this size, with three differences: the undivided covariate shift is smaller with BN here, the noise is not free, and the smoothness depends on the stage of training. What the lab does not show is a cause. It compares one architecture at one rate over three seeds, along one direction in the space of weights, and effective β depends on how the weights are scaled. At its own best rate the plain network may be faster than here; whether the noisy one would still be ahead was not measured. An intervention that makes the loss smooth by other means, with everything else equal, would say more; the [page](../training/batch-normalization/bn-improves-training.md) tells how researchers weigh the causes.
#
# ### Sources
#
# - [@santurkar2018, sec. 2]: the noise after BN, and the same amount of it without BN, which prevented training; the definition of the internal covariate shift, with a VGG network and a deep linear one.
# - [@santurkar2018, sec. 3]: range of the loss, gradient predictiveness and effective β-smoothness along the gradient.
# - [@ioffe2015, sec. 2]: internal covariate shift as the motive for BN.
# - [@bjorck2018]: the larger learning rates that BN permits as the source of its gain.
