"""The narrower the code of an autoencoder, the more of a digit is lost, and up to 8 numbers it loses less than PCA."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = torch.tensor(load_digits().data, dtype=torch.float32) / 16  # (1797, 64)
widths, seeds, num_epochs, batch_size, lr = (2, 4, 8, 16, 32), range(0, 300, 100), 30, 130, 0.01
error = torch.zeros(2, 2, len(seeds), len(widths))  # autoencoder and PCA; training and test digits


def lost(restored, x, train_x):  # 1 would mean: no better than giving back the mean digit
    return ((restored - x).pow(2).mean() / (train_x.mean(0) - x).pow(2).mean()).item()


for s, seed in enumerate(seeds):
    torch.manual_seed(seed)
    order = torch.randperm(len(digits))
    train_x, test_x = digits[order[:1300]], digits[order[1300:]]
    directions = torch.linalg.svd(train_x - train_x.mean(0), full_matrices=False).Vh  # (64, 64), strongest first
    for w, width in enumerate(widths):
        encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, width))  # the code is the bottleneck
        model = nn.Sequential(encoder, nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, 64))
        optimizer = torch.optim.Adam(model.parameters(), lr)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=num_epochs * 10)
        for _ in range(num_epochs):
            for batch in torch.randperm(1300).split(batch_size):
                loss = (model(train_x[batch]) - train_x[batch]).pow(2).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
        mean, basis = train_x.mean(0), directions[:width]  # PCA: the best linear code of this width for the training digits
        with torch.no_grad():
            for part, x in enumerate((train_x, test_x)):
                error[0, part, s, w] = lost(model(x), x, train_x)
                error[1, part, s, w] = lost(mean + (x - mean) @ basis.T @ basis, x, train_x)

network, pca = error[:, 1]  # (seeds, widths), on test digits
for w, width in enumerate(widths):
    print(f"{width:2d} numbers: the autoencoder loses {network[:, w].mean():.0%}, PCA {pca[:, w].mean():.0%}")
assert (network.diff(dim=1) < 0).all() and (pca.diff(dim=1) < 0).all(), "a wider code should always lose less"
worst = (network / pca)[:, :3].max()
assert worst < 0.8, f"up to 8 numbers the network should lose under 0.8 of PCA's loss, worst ratio {worst:.2f}"
assert (network / pca)[:, 4].min() > 1.2, f"at 32 numbers PCA should lose less, ratios {(network / pca)[:, 4]}"
assert (error[0, 0, :, 4] > error[1, 0, :, 4]).all(), "at 32 PCA should win on the training digits too: no overfitting"

for name, e, style in (("autoencoder", network, "o-"), ("PCA, linear", pca, "s--")):
    plt.plot(widths, e.mean(0), style, label=name)
    plt.fill_between(widths, e.min(0).values, e.max(0).values, alpha=0.3)
plt.xscale("log", base=2)
plt.xticks(widths, widths)
plt.gca().set(xlabel="width of the code (numbers for 64 pixels)", ylabel="share of the variance lost", ylim=0)
plt.legend()
plt.show()
