"""Weight decay in ten lines: smaller weights, better guesses on new examples."""

import torch
from torch import nn

torch.manual_seed(0)
x, noise = torch.randn(1020, 30), torch.randn(1020, 1)  # 1,020 examples, 30 inputs
y = x[:, :1] + noise  # only the first input says something
found = []
for weight_decay in (0.0, 1.0):
    model = nn.Linear(30, 1)  # one neuron with 30 weights
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, weight_decay=weight_decay)
    for step in range(1000):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[:20]), y[:20])  # 20 to learn from
        loss.backward()
        optimizer.step()
    new = nn.functional.mse_loss(model(x[20:]), y[20:])  # 1,000 to be judged by
    found.append([loss.item(), new.item(), model.weight.norm().item()])
    print(f"weight_decay {weight_decay}: error in training {loss:.2f},", end=" ")
    print(f"on new examples {new:.2f}")
# region: the checks
(free, free_new, longer), (held, held_new, shorter) = found
assert free < 0.02, f"30 weights should fit 20 examples, error {free:.3f}"
assert held > 0.05, f"with decay they should not, error {held:.3f}"
assert shorter < 0.8 * longer, f"weights should be smaller, {shorter:.2f}, {longer:.2f}"
assert held_new < 0.9 * free_new, f"new ones better, {held_new:.2f}, {free_new:.2f}"
# endregion
