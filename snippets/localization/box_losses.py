"""At a learning rate that suits each, L2, smooth L1 and GIoU teach a small network to draw boxes about equally well."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

digits = load_digits()
images, targets = torch.tensor(digits.images, dtype=torch.float32) / 16, torch.tensor(digits.target)


def make_scene(pool):  # one digit of `pool` on an empty canvas, its box and its label
    digit = pool[torch.randint(len(pool), ())]
    ink = images[digit][:, images[digit].amax(0) > 0.2]  # cut to the ink: first the columns,
    ink = ink[ink.amax(1) > 0.2]  # then the rows
    h = int(torch.randint(8, 15, ()))
    w = max(3, round(h * ink.shape[1] / ink.shape[0]))
    left, top = int(torch.randint(33 - w, ())), int(torch.randint(33 - h, ()))
    canvas = torch.zeros(1, 32, 32)
    canvas[0, top:top + h, left:left + w] = F.interpolate(ink[None, None], (h, w), mode="bilinear")[0, 0]
    return canvas, torch.tensor([left, top, left + w, top + h]).float(), targets[digit]  # box: x1, y1, x2, y2 in pixels


def scenes_of(pool, n):  # (n, 1, 32, 32), (n, 4), (n,)
    return [torch.stack(part) for part in zip(*[make_scene(pool) for _ in range(n)], strict=True)]


def iou_and_giou(a, b):  # row by row
    area = [(c[:, 2:] - c[:, :2]).prod(1) for c in (a, b)]
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    union = area[0] + area[1] - shared
    return shared / union, shared / union - (hull - union) / hull


def box_of(outputs):  # the same for all losses: centre and half sides, so that x1 < x2 and y1 < y2
    centre, half = 32 * outputs[:, :2].sigmoid(), 16 * outputs[:, 2:].sigmoid()
    return torch.cat([centre - half, centre + half], 1)


def loss_of(name, box, truth):
    if name == "L2":
        return F.mse_loss(box, truth)
    return F.smooth_l1_loss(box, truth) if name == "smooth L1" else (1 - iou_and_giou(box, truth)[1]).mean()


lr = 0.01  # of 0.001, 0.003, 0.01 and 0.03 the best for each of the three, tried on other seeds: 1000 and 1100
overlap = {"L2": [], "smooth L1": [], "GIoU": []}
for seed in range(0, 300, 100):
    torch.manual_seed(seed)
    order = torch.randperm(len(targets))  # training and test digits are disjoint
    (train_x, train_box, _), (test_x, test_box, _) = scenes_of(order[:1200], 1500), scenes_of(order[1200:], 400)
    for name in overlap:
        torch.manual_seed(seed)  # the same start and the same batches for all three
        model = nn.Sequential(nn.Conv2d(1, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
                              nn.Linear(2048, 64), nn.ReLU(), nn.Linear(64, 4))
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=150)
        for batch in torch.cat([torch.randperm(1500) for _ in range(5)]).split(50):
            loss = loss_of(name, box_of(model(train_x[batch])), train_box[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        with torch.no_grad():
            overlap[name].append(iou_and_giou(box_of(model(test_x)), test_box)[0])

for name, values in overlap.items():
    values = torch.stack(values)  # (seeds, scenes)
    print(f"{name:9s} mean IoU of three seeds", *(f"{v:.2f}" for v in values.mean(1)),
          f"   above 0.5: {(values > 0.5).float().mean():3.0%}, above 0.75: {(values > 0.75).float().mean():3.0%}")
for (name, values), style in zip(overlap.items(), ("-", "--", ":"), strict=True):
    levels = torch.linspace(0, 1, 101)
    share = torch.stack([(torch.stack(values) > level).float().mean(1) for level in levels])  # (levels, seeds)
    line, = plt.plot(levels, 100 * share.mean(1), style, label=name)
    plt.fill_between(levels, 100 * share.amin(1), 100 * share.amax(1), alpha=0.2, color=line.get_color())
plt.xlabel("IoU threshold")
plt.ylabel("test boxes above it (%)")
plt.legend()
plt.show()

means = {name: torch.stack(values).mean().item() for name, values in overlap.items()}
assert min(means.values()) > 0.68, f"all three should find the digits, mean IoU {means}"
spread = max(means.values()) - min(means.values())
assert spread < 0.06, f"the three should be within 0.06 of each other, spread is {spread:.3f}"
