"""Small normalization groups narrow the train/test gap if labels are noisy; with clean labels they cost test loss."""
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
num_epochs, batch_size, lr, num_seeds = 12, 64, 0.03, 3


def make_dense():
    bn = torch.nn.BatchNorm1d  # one value per example and channel: N values in each statistic
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 128), bn(128), torch.nn.ReLU(),
                               torch.nn.Linear(128, 128), bn(128), torch.nn.ReLU(), torch.nn.Linear(128, 10))


def make_conv():
    bn, conv = torch.nn.BatchNorm2d, torch.nn.Conv2d  # N·H·W values in each statistic
    return torch.nn.Sequential(conv(1, 8, 3, padding=1), bn(8), torch.nn.ReLU(), conv(8, 16, 3, 2, 1), bn(16),
                               torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(256, 10))


def train(make_model, ghost, random_labels, seed):
    torch.manual_seed(seed)
    y = torch.tensor(digits.target)
    redrawn = torch.rand(len(y)) < random_labels
    y[redrawn] = torch.randint(10, (int(redrawn.sum()),))  # in the training and the test set alike
    order = torch.randperm(len(y))
    train_set, test_set = order[:256], order[256:]
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    for _ in range(num_epochs):
        for batch in train_set[torch.randperm(256)].split(batch_size):
            # one SGD step on 64 examples in every case, but normalized in groups of `ghost`
            logits = torch.cat([model(x[part]) for part in batch.split(ghost)])
            loss = F.cross_entropy(logits, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for module in model.modules():
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            groups = module.num_batches_tracked.item()
            assert groups == num_epochs * 256 // ghost, f"each epoch should have 256 / {ghost} groups, {groups} in all"
            module.momentum = 1.0  # running statistics = those of the next batch
    with torch.no_grad():
        model(x[train_set])  # all training data: exact statistics for every variant
        model.eval()
        return [F.cross_entropy(model(x[part]), y[part]).item() for part in (train_set, test_set)]


cases = [("dense, 20 % random labels", make_dense, 0.2), ("dense, clean labels", make_dense, 0.0),
         ("conv, 20 % random labels", make_conv, 0.2)]
print(f"{'mean over seeds (gap ± spread)':<31}group  train loss  test loss  gap")
results = {}
for name, make_model, random_labels in cases:
    for ghost in (4, 64):
        losses = torch.tensor([train(make_model, ghost, random_labels, seed) for seed in range(0, 100 * num_seeds, 100)])
        gaps = losses[:, 1] - losses[:, 0]
        results[name, ghost] = [*losses.mean(0).tolist(), gaps.mean().item()]
        a, b, gap = results[name, ghost]
        print(f"{name:<31}{ghost:5d} {a:11.2f} {b:10.2f}  {gap:.2f} ± {gaps.std():.2f}")

noisy, clean, conv = [[results[name, 4], results[name, 64]] for name, _, _ in cases]  # [group of 4, group of 64]
assert noisy[0][0] > 3 * noisy[1][0], "small groups should make noisy labels harder to memorize"
assert noisy[0][1] < 0.95 * noisy[1][1], f"and lower the test loss: {noisy[0][1]:.2f} against {noisy[1][1]:.2f}"
assert noisy[0][2] < 0.7 * noisy[1][2], f"and the gap: {noisy[0][2]:.2f} against {noisy[1][2]:.2f}"
assert clean[0][1] > clean[1][1], f"with clean labels they should cost test loss: {clean[0][1]:.2f}, {clean[1][1]:.2f}"
assert clean[0][2] > 0.8 * clean[1][2], f"and not narrow the gap: {clean[0][2]:.2f} against {clean[1][2]:.2f}"
assert 0.85 < conv[0][2] / conv[1][2] < 1.1, f"the conv net's gap should stay: {conv[0][2]:.2f}, {conv[1][2]:.2f}"
