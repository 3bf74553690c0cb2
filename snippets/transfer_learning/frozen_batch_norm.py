"""`requires_grad_(False)` leaves BN's running statistics moving in train mode; `eval()` on the BN modules stops them."""
import copy

import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
x[y >= 5] = 1 - x[y >= 5]  # pretrained on 0-4, white on black; transferred to 5-9, black on white
old, new, old_test = torch.nonzero(y < 5)[:600, 0], torch.nonzero(y >= 5)[:, 0], torch.nonzero(y < 5)[600:, 0]


def train(model, x, y, num_steps):  # moves every parameter that has a gradient
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for batch in torch.randint(len(y), (num_steps, 32)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def set_mode(model, batch_norm_in_train_mode):
    model.train()  # as at the start of an epoch: reaches every module, BN included
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train(batch_norm_in_train_mode)


settings = {"nothing trained": None, "all of it trained": (True, True), "requires_grad_(False)": (False, True),
            "eval() on BN": (True, False), "both": (False, False)}
moved, accuracy = {name: set() for name in settings}, {name: [] for name in settings}
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    body = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    head = nn.Linear(64, 5)
    train(nn.Sequential(body, head), x[old], y[old], num_steps=200)
    for name, setting in settings.items():
        model = nn.Sequential(copy.deepcopy(body), nn.Linear(64, 5))
        if setting:
            model[0].requires_grad_(setting[0])
            set_mode(model, batch_norm_in_train_mode=setting[1])
            train(model, x[new], y[new] - 5, num_steps=50)
        for key, value in model[0].state_dict().items():
            if not torch.equal(value, body.state_dict()[key]):
                moved[name].add(key.split(".")[1])
        logits = nn.Sequential(model[0], head).eval()(x[old_test])  # the old head on the body after the transfer
        accuracy[name].append((logits.argmax(1) == y[old_test]).float().mean().item())
mean = {name: sum(values) / len(values) for name, values in accuracy.items()}
for name in settings:
    print(f"{name:22s} old task {mean[name]:.3f}, moved: {', '.join(sorted(moved[name])) or 'nothing'}")

statistics, learned = {"running_mean", "running_var", "num_batches_tracked"}, {"weight", "bias"}
assert moved["requires_grad_(False)"] == statistics, f"the statistics should move, moved: {moved}"
assert moved["eval() on BN"] == learned, f"eval() should stop the statistics and nothing else, moved: {moved}"
assert moved["all of it trained"] == statistics | learned, f"everything should move, moved: {moved}"
assert not moved["both"] and accuracy["both"] == accuracy["nothing trained"], "both together should freeze all"
loss = mean["both"] - mean["requires_grad_(False)"]
assert loss > 0.005, f"moving statistics should cost accuracy on the old task, they cost {loss:.3f}"
set_mode(model, batch_norm_in_train_mode=False)
assert not model[0][1].training and model.train()[0][1].training, "the next train() should undo eval() on BN"
