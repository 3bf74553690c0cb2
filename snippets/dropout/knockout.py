"""A network trained with dropout loses accuracy more slowly as units are removed, and depends less on each one."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (N, 64)
y = torch.tensor(digits.target)
curves, single = {0.0: [], 0.5: []}, {0.0: [], 0.5: []}
for seed in range(5):
    for p in (0.0, 0.5):
        torch.manual_seed(seed)
        order = torch.randperm(len(y))
        train_x, train_y, test_x, test_y = x[order[:1000]], y[order[:1000]], x[order[1000:]], y[order[1000:]]
        model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(p),
                              nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(30):
            for batch in torch.randperm(1000).split(100):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
                optimizer.step()

        model.eval()
        with torch.no_grad():
            hidden = torch.relu(model[0](test_x))  # (N, 128)
            second_in = model[3](hidden)  # (N, 128)
            before = model(test_x).argmax(1)
            # Each unit of the first hidden layer alone: how many test images change their class without it?
            single[p].append(torch.tensor([
                (model[4:](second_in - hidden[:, [unit]] * model[3].weight[:, unit]).argmax(1) != before).float().mean()
                for unit in range(128)]))  # (128,)
            # All units of both hidden layers in a random order, one of each layer at a time, none put back.
            stay1, stay2, accuracy = torch.ones(128), torch.ones(128), [(before == test_y).float().mean()]
            for unit1, unit2 in zip(torch.randperm(128), torch.randperm(128), strict=True):
                stay1[unit1], stay2[unit2] = 0, 0
                logits = model[6](torch.relu(model[3](hidden * stay1)) * stay2)  # (N, 10)
                accuracy.append((logits.argmax(1) == test_y).float().mean())
            curves[p].append(torch.stack(accuracy))  # (129,)

removed = torch.arange(129) / 128 * 100
print("              accuracy with 0, 50, 75 % of the units removed   changed by one unit: mean   worst")
for p, style in ((0.5, "-"), (0.0, "--")):
    curve, change = torch.stack(curves[p]), torch.stack(single[p])  # (seeds, 129), (seeds, 128)
    print(f"trained with p = {p}: " + "   ".join(f"{100 * curve[:, k].mean().item():4.1f} %" for k in (0, 64, 96))
          + f"   {100 * change.mean().item():.2f} %   {100 * change.max(1).values.mean().item():.1f} %")
    plt.plot(removed, 100 * curve.mean(0), style, label=f"trained with p = {p}")
    plt.fill_between(removed, 100 * curve.min(0).values, 100 * curve.max(0).values, alpha=0.25)
plt.xlabel("units removed from each hidden layer, %")
plt.ylabel("test accuracy, %")
plt.legend()
plt.show()

area = {p: torch.stack(curves[p]).mean().item() for p in curves}  # the mean accuracy over all stages of removal
matter = {p: torch.stack(single[p]).mean().item() for p in single}
start = {p: torch.stack(curves[p])[:, 0].mean().item() for p in curves}
assert abs(start[0.5] - start[0.0]) < 0.03, f"with all units present both should be about as accurate, {start}"
assert area[0.5] - area[0.0] > 0.04, f"with dropout accuracy should fall more slowly, areas {area}"
assert matter[0.5] < 0.75 * matter[0.0], f"with dropout one unit should matter less, classes changed {matter}"
