"""A dead unit of the first layer gets no gradient and never comes back; one deeper may, since its inputs still move."""
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)


def train(model, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        for batch in torch.randperm(1797).split(50):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def dead(model):  # per hidden layer: which units are zero on all 1,797 digits
    return [(model[:depth](x) == 0).all(0) for depth in (2, 4)]


died, back = torch.zeros(2), torch.zeros(2)  # layer 1, layer 2
for seed in range(0, 900, 100):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    train(model, lr=1.0, num_epochs=2)  # far too large: this kills units
    before = dead(model)
    weights = [model[i].weight.detach().clone() for i in (0, 2)]
    model.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    for i, units in zip((0, 2), before, strict=True):
        size = torch.cat([model[i].weight.grad[units].flatten(), model[i].bias.grad[units]]).abs().sum().item()
        assert size == 0, f"dead units should get a gradient of exactly 0, got {size:.1e}"
    train(model, lr=0.1, num_epochs=4)  # a rate at which the rest learns
    after = dead(model)
    died += torch.tensor([units.sum() for units in before])
    back += torch.tensor([(was & ~now).sum() for was, now in zip(before, after, strict=True)])
    units = before[0]
    assert torch.equal(model[0].weight[units], weights[0][units]), "dead units of layer 1 should not move"
    assert not torch.equal(model[0].weight[~units], weights[0][~units]), "living units should move"
for layer in (0, 1):
    print(f"layer {layer + 1}: {died[layer]:.0f} dead units of {9 * 64} after the large rate, "
          f"{back[layer]:.0f} of them active again after 4 epochs at 0.1")
assert died[0] > 100 and died[1] > 80, f"the large rate should kill units in both layers, killed {died.tolist()}"
assert back[0] == 0, f"no dead unit of layer 1 should come back, {back[0]:.0f} did"
assert 10 <= back[1] < died[1] / 2, f"some dead units of layer 2 should come back and not most, {back[1]:.0f} did"
