"""Weight scaling is the geometric mean over all masks, exactly for a softmax layer and nearly for a deeper net."""
import itertools

import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (N, 64)
y = torch.tensor(digits.target)
units, keep = 10, 0.7
masks = torch.tensor(list(itertools.product([0.0, 1.0], repeat=units)))  # (1024, 10), every sub-network
chance = keep ** masks.sum(1) * (1 - keep) ** (units - masks.sum(1))  # (1024,), how likely each one is
results = {"softmax layer": [], "deeper net": []}
for seed in range(0, 300, 100):
    for name in results:
        torch.manual_seed(seed)
        order = torch.randperm(len(y))
        train_x, train_y, test_x, test_y = x[order[:1000]], y[order[:1000]], x[order[1000:1100]], y[order[1000:1100]]
        after = [nn.Linear(units, 10)]  # from the dropped units straight to the classes
        if name == "deeper net":
            after = [nn.Linear(units, 32), nn.ReLU(), nn.Linear(32, 10)]  # a hidden layer in between
        model = nn.Sequential(nn.Linear(64, units), nn.ReLU(), nn.Dropout(1 - keep), *after)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(20):
            for batch in torch.randperm(1000).split(100):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
                optimizer.step()

        model.eval()
        with torch.no_grad():
            features = model[:2](test_x)  # (N, 10), the units that dropout acts on
            log_p = model[3:](features * masks[:, None] / keep).log_softmax(2)  # (1024, N, 10), one net per mask
            scaled = model(test_x).softmax(1)  # (N, 10), one pass in eval mode
        geometric = (chance[:, None, None] * log_p).sum(0).softmax(1)  # mean of logarithms, normalized again
        arithmetic = (chance[:, None, None] * log_p.exp()).sum(0)
        rows = range(len(test_y))
        losses = [-q[rows, test_y].log().mean().item() for q in (scaled, geometric, arithmetic)]
        losses.append(-(chance[:, None] * log_p[:, rows, test_y]).sum(0).mean().item())  # the average sub-network
        gap = (scaled - geometric).abs()
        results[name].append([gap.max().item(), gap.mean().item(), *losses])

print("               probability gap    test loss of")
print("               max      mean      one scaled net   geometric   arithmetic   average sub-network")
for name, runs in results.items():
    largest, average, *losses = torch.tensor(runs).mean(0).tolist()
    print(f"{name:13s}  {largest:.0e}    {average:.0e}  {losses[0]:12.2f}   {losses[1]:11.2f}"
          f"   {losses[2]:9.2f}   {losses[3]:15.2f}")
    assert average < 0.02, f"{name}: on average over the seeds they should stay near, mean gap {average:.3f}"
    assert abs(losses[0] / losses[1] - 1) < 0.1, f"{name}: their mean losses should be near, {losses}"
    assert losses[2] > 1.05 * losses[1], f"{name}: the arithmetic mean should have another, here larger loss, {losses}"
    for largest, _, one, geometric, arithmetic, single in runs:
        worst = max(one, geometric, arithmetic)
        assert worst < 0.9 * single, f"averaging should beat one sub-network, {worst:.2f}, {single:.2f}"
        if name == "softmax layer":
            assert largest < 1e-5, f"for a softmax layer the two should be equal, largest gap {largest:.1e}"
        else:
            assert largest > 0.02, f"with a hidden layer after dropout they should differ, largest gap {largest:.1e}"
