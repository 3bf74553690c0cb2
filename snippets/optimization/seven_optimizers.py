"""SGD, momentum, Nesterov, AdaGrad, RMSProp, Adam and AdamW, a few lines each, equal torch.optim's over 100 steps."""
import matplotlib.pyplot as plt
import torch


def valley(w):  # narrow, turned against the axes, condition number 40
    a, b = 0.8 * w[0] + 0.6 * w[1], 0.8 * w[1] - 0.6 * w[0]
    return 0.5 * (a**2 + 40 * b**2)


def saddle(w):  # flat at the origin, minima at (0, 1) and (0, -1)
    return 0.5 * w[0] ** 2 - 0.5 * w[1] ** 2 + 0.25 * w[1] ** 4


def update(name, w, g, s, t, lr):  # one step by hand; s is the optimizer's memory, t counts from 1
    m, v = s.get("m", torch.zeros(2)), s.get("v", torch.zeros(2))
    if name == "SGD":
        return w - lr * g
    if name in ("momentum", "Nesterov"):
        m = s["m"] = 0.9 * m + g
        return w - lr * (g + 0.9 * m if name == "Nesterov" else m)
    if name == "AdaGrad":
        v = s["v"] = v + g**2
        return w - lr * g / (v.sqrt() + 1e-10)
    if name == "RMSProp":
        v = s["v"] = 0.99 * v + 0.01 * g**2
        return w - lr * g / (v.sqrt() + 1e-8)
    m, v = s["m"], s["v"] = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    if name == "AdamW":
        w = w - lr * 0.01 * w  # the decay acts on the weights and passes by m and v
    return w - lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)


torch.set_default_dtype(torch.float64)  # so that rounding does not hide a difference
optim = torch.optim
library = [  # name, class, its options, a learning rate for either surface, column and line style of the figure
    ("SGD", optim.SGD, {}, (0.04, 0.1), 0, "-"),
    ("momentum", optim.SGD, {"momentum": 0.9}, (0.01, 0.03), 1, "--"),
    ("Nesterov", optim.SGD, {"momentum": 0.9, "nesterov": True}, (0.01, 0.03), 1, "-"),
    ("AdaGrad", optim.Adagrad, {}, (0.4, 0.2), 2, "-"),
    ("RMSProp", optim.RMSprop, {}, (0.02, 0.02), 2, "--"),
    ("Adam", optim.Adam, {}, (0.1, 0.05), 3, "-"),
    ("AdamW", optim.AdamW, {"weight_decay": 0.01}, (0.1, 0.05), 3, "--"),
]
fig, axes = plt.subplots(2, 4, figsize=(7, 4), sharex=True, sharey="row")
grid = torch.meshgrid(torch.linspace(-1.8, 0.9, 80), torch.linspace(-1.5, 1.3, 80), indexing="xy")
for k, (title, surface, start) in enumerate([("narrow valley", valley, (-1.5, 0.4)), ("saddle", saddle, (-1.0, 0.01))]):
    levels = surface(grid).flatten().quantile(torch.linspace(0.02, 0.9, 8))
    for ax in axes[k]:
        ax.contour(*grid, surface(grid), levels=levels, colors="gray", linewidths=0.4)
    axes[k, 0].set_ylabel(f"{title}\nsecond parameter", fontsize=10)
    for name, optimizer_class, options, rates, column, style in library:
        by_hand, memory, gap, path = torch.tensor(start), {}, 0.0, [torch.tensor(start)]
        w = torch.tensor(start, requires_grad=True)
        optimizer = optimizer_class([w], lr=rates[k], **options)
        for t in range(1, 101):
            optimizer.zero_grad()
            surface(w).backward()
            optimizer.step()
            g = torch.func.grad(surface)(by_hand)  # the path by hand has its own gradients
            by_hand = update(name, by_hand, g, memory, t, rates[k])
            gap = max(gap, (by_hand - w.detach()).abs().max().item())
            path.append(by_hand)
        loss = surface(by_hand).item()
        print(f"{title:13s}  {name:9s} loss after 100 steps {loss:7.4f}, largest difference from torch.optim {gap:.0e}")
        axes[k, column].plot(*torch.stack(path).T, style, lw=1.5, label=name)
        assert gap < 1e-6, f"{name} by hand should follow torch.optim on the {title}, it differs by {gap}"
        assert loss < (0.3, -0.24)[k], f"{name} should come down the {title} in 100 steps, its loss is {loss:.3f}"
fig.supxlabel("first parameter", fontsize=10)
for ax in axes[0]:
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.5), fontsize=10)
plt.show()
torch.set_default_dtype(torch.float32)  # as it was, for whatever runs next in a notebook
