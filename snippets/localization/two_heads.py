"""One network with a class head and a box head names a digit on a canvas and draws a tight box around it."""
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


def iou(a, b):  # row by row
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared)


lr, num_epochs, result = 0.01, 6, []
for seed in range(0, 200, 100):
    torch.manual_seed(seed)
    order = torch.randperm(len(targets))  # training and test digits are disjoint
    train_x, train_box, train_y = scenes_of(order[:1200], 1500)
    test_x, test_box, test_y = scenes_of(order[1200:], 400)
    trunk = nn.Sequential(nn.Conv2d(1, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU())  # (N, 32, 8, 8)
    class_head = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
                               nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(64, 10))  # what, wherever it is
    box_head = nn.Sequential(nn.Flatten(), nn.Linear(2048, 64), nn.ReLU(), nn.Linear(64, 4))  # where
    model = nn.ModuleList([trunk, class_head, box_head])
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=num_epochs * 30)
    for batch in torch.cat([torch.randperm(1500) for _ in range(num_epochs)]).split(50):
        features = trunk(train_x[batch])
        class_loss = F.cross_entropy(class_head(features), train_y[batch])
        box_loss = F.smooth_l1_loss(32 * box_head(features).sigmoid(), train_box[batch])  # in pixels
        optimizer.zero_grad()
        (class_loss + 0.5 * box_loss).backward()
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        features = trunk(test_x)
        found, box = class_head(features).argmax(1), 32 * box_head(features).sigmoid()
    mean_box = train_box.mean(0, keepdim=True).expand(400, 4)
    result.append([(found == test_y).float().mean(), iou(box, test_box).mean(), iou(mean_box, test_box).mean()])
    print("seed {:3d}: class right {:3.0%}, mean IoU {:.2f} (always the mean box: {:.2f})".format(seed, *result[-1]))

figure, axes = plt.subplots(1, 5, figsize=(7, 1.8))
for axis, canvas, truth, drawn, name in zip(axes, test_x[:, 0], test_box, box, found, strict=False):
    axis.imshow(canvas, cmap="gray")
    for (x1, y1, x2, y2), style in ((truth, "C0-"), (drawn, "C1--")):
        axis.plot([x1 - .5, x2 - .5, x2 - .5, x1 - .5, x1 - .5], [y1 - .5, y1 - .5, y2 - .5, y2 - .5, y1 - .5], style)
    axis.set_title(f"found: {name.item()}")
    axis.set(xlim=(-2, 33), ylim=(33, -2))
    axis.set_axis_off()
plt.show()

accuracy, overlap, baseline = torch.tensor(result).T
assert accuracy.min() > 0.6, f"the class should be right for most scenes, was for {accuracy.min():.2f}"
assert overlap.min() > 0.65, f"the mean IoU should exceed 0.65, was {overlap.min():.2f}"
assert baseline.max() < 0.2, f"the mean box should miss, has IoU {baseline.max():.2f}"
