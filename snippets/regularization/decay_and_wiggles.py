"""The same network fits the same points with a flatter, calmer curve as weight decay makes its weights smaller."""
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
decays, num_seeds, width = [0.0, 1e-4, 1e-3, 1e-2], 24, 32
train_x = torch.linspace(-1, 1, 25)[None, :, None]  # (1, 25, 1)
train_y = torch.sin(3 * train_x) + 0.3 * torch.randn(num_seeds, 25, 1)  # another noise for each seed
train_y = train_y.repeat(len(decays), 1, 1)  # (96, 25, 1): every decay sees the same 24 data sets
weight_decay = torch.tensor(decays).repeat_interleave(num_seeds)  # (96,)

# 96 networks 1-32-32-1 side by side; the copies for one seed start from the same weights
shapes = [(1, width), (1, width), (width, width), (1, width), (width, 1), (1, 1)]
params = [torch.randn(num_seeds, *shape) / shape[0] ** 0.5 for shape in shapes]
params = [p.repeat(len(decays), 1, 1).requires_grad_() for p in params]
w1, b1, w2, b2, w3, b3 = params


def predict(x):
    hidden = torch.tanh(x @ w1 + b1)  # (96, n, width)
    return torch.tanh(hidden @ w2 + b2) @ w3 + b3  # (96, n, 1)


optimizer = torch.optim.Adam(params, lr=1e-2)
for step in range(1000):
    fit = ((predict(train_x) - train_y) ** 2).mean((1, 2))  # (96,)
    norm2 = sum((w ** 2).sum((1, 2)) for w in (w1, w2, w3))  # (96,)
    # an L2 term in the loss, so that each network has its own; the sum keeps the networks apart
    loss = (fit + weight_decay * norm2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

x = torch.linspace(-1, 1, 1001)[None, :, None]
with torch.no_grad():
    curves = predict(x)[:, :, 0].view(len(decays), num_seeds, 1001)
variation = curves.diff(dim=2).abs().sum(2)  # (4, 24): all ups and downs added
slope = curves.diff(dim=2).abs().amax(2) / 0.002  # (4, 24): the steepest place
norm = norm2.detach().sqrt().view(len(decays), num_seeds)
print(f"{num_seeds} data sets, mean ± standard error")
errors = [values.std(1) / num_seeds**0.5 for values in (variation, slope)]
for k, decay in enumerate(decays):
    print(f"weight decay {decay:6.4f}: norm {norm[k].mean():5.1f}, total variation {variation[k].mean():4.1f} "
          f"± {errors[0][k]:3.1f}, steepest slope {slope[k].mean():5.1f} ± {errors[1][k]:4.1f}")

styles = ["-", "--", "-.", ":"]
for k, color in ((0, "C0"), (2, "C1"), (3, "C4")):
    plt.plot(x[0, :, 0], curves[k, 0], styles[k], color=color, label=f"weight decay {decays[k]:g}")
plt.plot(train_x[0, :, 0], train_y[0, :, 0], "o", color="gray", markersize=4, label="training points")
plt.xlabel("input x")
plt.ylabel("output")
plt.legend()
plt.show()

for name, measure, factor in (("norm", norm, 3), ("total variation", variation, 1.5), ("steepest slope", slope, 2.5)):
    steps = -measure.diff(dim=0)  # (3, 24): from each decay to the next, data set by data set
    surely = steps.mean(1) - 2 * steps.std(1) / num_seeds**0.5
    assert (surely > 0).all(), f"the {name} should fall with every larger decay, by {steps.mean(1).tolist()} on average"
    log_ratio = (measure[0] / measure[3]).log()  # (24,): both ends, data set by data set
    least = log_ratio.mean() - 2 * log_ratio.std() / num_seeds ** 0.5
    assert least.exp() > factor, f"{name} should be {factor} times as large without decay as at 0.01, {least.exp():.2f}"
