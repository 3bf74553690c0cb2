"""A wider code loses less of a digit, a nonlinear code less than PCA, but at 32 numbers only after longer training."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = torch.tensor(load_digits().data, dtype=torch.float32) / 16  # (1797, 64)
widths, seeds, batch_size, lr = (2, 4, 8, 16, 32), range(0, 300, 100), 130, 0.01


def autoencoder(width, num_epochs, train_x):
    encoder = nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, width)  # its output, the code, is the bottleneck
    model = nn.Sequential(*encoder, nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, 64))
    optimizer = torch.optim.Adam(model.parameters(), lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=num_epochs * 10)
    for _ in range(num_epochs):
        for batch in torch.randperm(1300).split(batch_size):
            loss = (model(train_x[batch]) - train_x[batch]).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model


error = torch.zeros(3, len(seeds), len(widths))  # 30 epochs, PCA, 100 epochs; on test digits
for s, seed in enumerate(seeds):
    torch.manual_seed(seed)
    train_x, test_x = digits[torch.randperm(len(digits))].split((1300, 497))
    mean = train_x.mean(0)
    directions = torch.linalg.svd(train_x - mean, full_matrices=False).Vh  # (64, 64), strongest first
    for w, width in enumerate(widths):
        basis = directions[:width]  # PCA: the best linear code of this width for the training digits
        pca = mean + (test_x - mean) @ basis.T @ basis
        restored = [autoencoder(width, 30, train_x)(test_x), pca]
        if width == 32:
            restored.append(autoencoder(width, 100, train_x)(test_x))
        for row, x in enumerate(restored):  # a share of 1 would be no better than giving back the mean digit
            error[row, s, w] = (x - test_x).pow(2).mean().item() / (mean - test_x).pow(2).mean().item()

network, pca, long = error[0], error[1], error[2, :, 4]  # (seeds, widths) twice, (seeds,)
for w, width in enumerate(widths):
    print(f"{width:2d} numbers: the autoencoder loses {network[:, w].mean():4.0%}, PCA {pca[:, w].mean():3.0%}")
print(f"32 numbers, 100 epochs in place of 30: {long.mean():.1%}, PCA {pca[:, 4].mean():.1%}")
assert (network.diff(dim=1) < 0).all() and (pca.diff(dim=1) < 0).all(), "a wider code should always lose less"
worst = (network / pca)[:, :3].max()
assert worst < 0.9, f"up to 8 numbers the network should lose under 0.9 of PCA's loss, worst ratio {worst:.2f}"
assert (network / pca)[:, 4].min() > 1.5, f"at 32 it should lose far more after 30 epochs: {(network / pca)[:, 4]}"
assert (long / pca[:, 4]).max() < 1, f"at 32 it should lose less than PCA after 100 epochs: {long / pca[:, 4]}"

ticks = [str(width) for width in widths]  # equal distances, each tick is twice the last
for name, e, style in (("autoencoder, 30 epochs", network, "o-"), ("PCA, linear", pca, "s--")):
    plt.plot(ticks, e.mean(0), style, label=name)
    plt.fill_between(ticks, e.min(0).values, e.max(0).values, alpha=0.3)
plt.plot("32", long.mean(), "v", markersize=9, color="C0", label="autoencoder, 100 epochs")
plt.gca().set(xlabel="width of the code (numbers for 64 pixels)", ylabel="share of the variance lost", ylim=0)
plt.legend()
plt.show()
