"""All-positive inputs push every weight of a neuron the same way per example, and SGD then needs more steps."""
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
neuron = torch.nn.Linear(16, 1)
share = {}
print("batches whose 16 weight gradients all have one sign:    N = 1   N = 4  N = 32")
for name, shift, mean_error in (("sigmoid", 0, 1), ("sigmoid", 0, 0), ("sigmoid - 1/2", 0.5, 1)):
    for batch_size in (1, 4, 32):
        count = 0
        for _ in range(200):
            h = torch.sigmoid(torch.randn(batch_size, 16)) - shift  # (N, 16), the outputs of the layer below
            y = neuron(h).detach() + mean_error + torch.randn(batch_size, 1)  # (N, 1)
            gradient, = torch.autograd.grad((neuron(h) - y).square().mean(), neuron.weight)
            count += (gradient > 0).all().item() or (gradient < 0).all().item()
        share[name, mean_error, batch_size] = count / 200
    shares = [share[name, mean_error, batch_size] for batch_size in (1, 4, 32)]
    print(f"  {name:13s}, error with mean {mean_error}:                    " + "".join(f"{s:8.0%}" for s in shares))


def descend(shift, lr, inputs, runs=40, limit=1500):
    target = torch.ones(inputs)
    target[1::2] = -1  # half of the weights must rise, half must fall
    w = torch.zeros(runs, inputs)
    steps, path = torch.full((runs,), limit), [w]
    while (steps < limit).sum() < runs / 2 and len(path) < limit:  # until half of the runs have arrived
        h = torch.sigmoid(torch.randn(runs, inputs)) - shift  # one example a step for each run
        w = w - lr * (h * (w - target)).sum(1, keepdim=True) * h  # gradient of half the squared error
        steps[((w - target).norm(dim=1) < 0.05 * inputs ** 0.5) & (steps == limit)] = len(path)
        path.append(w)
    return steps.median().item(), torch.stack(path)[:, steps.argsort()[runs // 2 - 1]]  # and the path of a median run


best, paths, rate = {}, {}, {}
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharex=True, sharey=True)
for ax, (name, shift) in zip(axes, (("sigmoid", 0), ("sigmoid - 1/2", 0.5)), strict=True):
    for inputs in (16, 2):
        trials = {lr: descend(shift, lr, inputs) for lr in [4 / inputs * 2 ** k for k in range(-2, 4)]}
        rate[name, inputs] = min(trials, key=lambda lr, trials=trials: trials[lr][0])  # the best rate for each side
        best[name, inputs], paths[name] = trials[rate[name, inputs]]
        print(f"{name:13s}, {inputs:2d} inputs: best lr {rate[name, inputs]:5.2f}, {best[name, inputs]} steps (median)")
    ax.plot(paths[name][:, 0], paths[name][:, 1], "o-", markersize=4, linewidth=1)  # 2 inputs
    ax.plot(1, -1, "C1*", markersize=14, label="target")
    ax.annotate("start", (0, 0), (-0.1, 0), ha="right")
    ax.set(title=name, xlabel="weight 1")
axes[0].set_ylabel("weight 2")
axes[1].legend(loc="lower left")
plt.show()
moves = paths["sigmoid"].diff(dim=0)  # (steps, 2)
assert (moves.prod(dim=1) >= 0).all(), "with positive inputs both weights should always move the same way"
assert min(share["sigmoid", e, 1] for e in (0, 1)) == 1, "one example should always give gradients of one sign"
assert share["sigmoid", 1, 32] > 0.9, f"a common error should keep a batch's signs equal: {share['sigmoid', 1, 32]:.0%}"
assert 0.3 < share["sigmoid", 0, 32] < 0.9, f"errors around 0 should mix some batches: {share['sigmoid', 0, 32]:.0%}"
assert max(s for key, s in share.items() if key[0] != "sigmoid") < 0.05, "centred inputs should mix the signs"
assert 60 < best["sigmoid - 1/2", 16] < 160, f"16 centred inputs should need 60-160 steps: {best['sigmoid - 1/2', 16]}"
for inputs in (2, 16):
    slower = best["sigmoid", inputs] / best["sigmoid - 1/2", inputs]
    assert 1.5 < slower < 7, f"{inputs} positive inputs should cost 1.5 to 7 times the steps, cost {slower:.1f} times"
    assert rate["sigmoid", inputs] < rate["sigmoid - 1/2", inputs], "positive inputs should need the smaller rate"
