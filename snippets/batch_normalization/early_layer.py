"""BN hides a change of scale and shift from the later layers, but an ordinary step in an early layer reaches them."""
import copy

import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU(),
    torch.nn.Conv2d(16, 16, 3, stride=2, padding=1), torch.nn.BatchNorm2d(16, affine=False), torch.nn.ReLU(),
    torch.nn.Flatten(), torch.nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for epoch in range(1):
    for batch in torch.randperm(len(y)).split(50):
        loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

# From here on all images are one batch in training mode, and only the FIRST convolution is changed.
first, second = model[0].weight, model[3].weight
loss = torch.nn.functional.cross_entropy(model(x), y)
grad_first, grad_second = torch.autograd.grad(loss, (first, second))
out = model[:5](x).detach()  # what the second BN puts out, (1797, 16, 4, 4)

scaled, moved = copy.deepcopy(model), copy.deepcopy(model)
with torch.no_grad():
    scaled[0].weight *= 10
    scaled[0].bias += 5
    moved[0].weight -= 0.1 * first.norm() / grad_first.norm() * grad_first  # a tenth of the weights' norm
    hidden = ((scaled[:5](x) - out).norm() / out.norm()).item()
    new = moved[:5](x)
change = ((new - out).norm() / out.norm()).item()
mean, std = new.mean((0, 2, 3)), new.std((0, 2, 3))  # (16,)
loss = torch.nn.functional.cross_entropy(moved(x), y)
grad_new = torch.autograd.grad(loss, moved[3].weight)[0]
cosine = torch.nn.functional.cosine_similarity(grad_second.flatten(), grad_new.flatten(), dim=0).item()
print(f"first layer times 10, plus 5:  the second BN's output changes by {hidden:.1%}")
print(f"first layer moved by a tenth:  the second BN's output changes by {change:.0%}, its std stays {std.mean():.3f}")
print(f"                               cosine of the second layer's gradient before and after {cosine:+.2f}")

assert hidden < 0.01, f"scale and shift of the first layer should be hidden, change {hidden:.3f}"
assert change > 0.1, f"a step in the first layer should change the later BN's output, by {change:.3f}"
assert mean.abs().max() < 1e-3 and (std - 1).abs().max() < 0.01, "its mean and std should stay 0 and 1 all the same"
assert cosine < 0.9, f"the gradient that the second layer gets should turn, cosine {cosine:.2f}"
