"""A flat loss means a low rate only if a larger rate moves it: dead units and a saturated start give no gradient."""
from copy import deepcopy

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss, one_hot

digits = load_digits()
train_x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
train_y = torch.tensor(digits.target)


def squared_error(logits, y):  # on sigmoid outputs, as it should not be done
    return mse_loss(logits.sigmoid(), one_hot(y, 10).float(), reduction="sum") / len(y)


def sigmoid_cross_entropy(logits, y):
    return binary_cross_entropy_with_logits(logits, one_hot(y, 10).float(), reduction="sum") / len(y)


def train(model, lr, loss_function=cross_entropy, num_steps=150):
    model = deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for batch in torch.randint(len(train_x), (num_steps, 64)):
        loss = loss_function(model(train_x[batch]), train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, torch.tensor(losses)


torch.manual_seed(0)
fresh = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
dead, _ = train(fresh, lr=10.0)  # 150 steps at a rate that is far too HIGH switch the hidden units off for good
saturated = deepcopy(fresh)
nn.init.constant_(saturated[-1].bias, 20.0)  # every sigmoid output starts at 1
cases = [("rate too low", fresh, 0.002, cross_entropy), ("dead units", dead, 0.1, cross_entropy),
         ("saturated start", saturated, 0.1, squared_error), ("same, logits", saturated, 0.1, sigmoid_cross_entropy)]
fig, axes = plt.subplots(1, 3, figsize=(7, 3))
print("case             first-layer gradient   share of the loss left   at 100 times the rate")
gradients, left = {}, {}
for k, (name, model, lr, loss_function) in enumerate(cases):
    loss_function(model(train_x), train_y).backward()
    gradients[name] = model[0].weight.grad.norm().item()
    model.zero_grad()
    curves = [train(model, rate, loss_function)[1] for rate in (lr, 100 * lr)]
    left[name] = [(losses[-50:].mean() / losses[0]).item() for losses in curves]
    print(f"{name:15s} {gradients[name]:19.1e} {left[name][0]:22.2f} {left[name][1]:23.2f}")
    if k < 3:
        axes[k].plot(curves[0], "-", label=f"rate {lr:g}")
        axes[k].plot(curves[1], "--", label=f"rate {100 * lr:g}")
        axes[k].set(title=name, xlabel="step", yscale="log", ylim=(0.1, 20))
        axes[k].legend(loc="lower left", fontsize=10)
axes[0].set_ylabel("loss of the batch")
plt.show()

low, dead_left, saturated_left = left["rate too low"], left["dead units"], left["saturated start"]
assert low[0] > 0.95 and low[1] < 0.3, f"a rate too low: 100 times the rate should move the loss, left {low}"
assert gradients["dead units"] < 1e-3 * gradients["rate too low"], "dead units should pass no gradient on"
assert min(dead_left) > 0.8, f"with dead units no rate should help, left {dead_left}"
assert gradients["saturated start"] == 0 and min(saturated_left) > 0.99, f"it should not move, {saturated_left}"
assert left["same, logits"][0] < 0.75, "the same start should come down with the loss on the logits"
