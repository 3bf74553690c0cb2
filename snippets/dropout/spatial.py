"""In a photograph's feature maps single-pixel dropout averages away, because neighbours agree; Dropout2d does not."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image

torch.manual_seed(0)
photo = torch.tensor(load_sample_image("china.jpg")[128:384, 128:512], dtype=torch.float32) / 255
x = photo.permute(2, 0, 1)[None]  # (1, 3, H, W)
maps = torch.nn.functional.conv2d(x, torch.randn(16, 3, 3, 3), padding=1)  # (1, C, H, W), 16 random filters
maps = maps - maps.mean((2, 3), keepdim=True)
order = torch.randperm(256 * 384)
shuffled = maps.flatten(2)[:, :, order].reshape(maps.shape)  # the same values, no neighbours left


def neighbour_correlation(maps):
    z = maps / maps.std((2, 3), keepdim=True)
    return (z[..., 1:] * z[..., :-1]).mean((0, 2, 3)).median().item()  # the median channel


def noise(maps, dropout, window):
    """Noise that the mask leaves after average pooling, as a multiple of the pooled map's own size."""
    clean = torch.nn.functional.avg_pool2d(maps, window)
    noisy = torch.nn.functional.avg_pool2d(dropout(maps), window)
    return ((noisy - clean).square().mean() / clean.square().mean()).sqrt().item()


windows = [1, 2, 4, 8, 16]
curves = {
    "Dropout2d, photo": [noise(maps, torch.nn.Dropout2d(0.5), w) for w in windows],
    "Dropout, pixels shuffled": [noise(shuffled, torch.nn.Dropout(0.5), w) for w in windows],
    "Dropout, photo": [noise(maps, torch.nn.Dropout(0.5), w) for w in windows],
}
correlation, correlation_shuffled = neighbour_correlation(maps), neighbour_correlation(shuffled)
print(f"correlation of neighbouring pixels: {correlation:.2f}, after shuffling {abs(correlation_shuffled):.2f}")
for (name, curve), style in zip(curves.items(), ("s-", "o--", "^-"), strict=True):
    print(f"{name:25s} relative noise at window 1: {curve[0]:.2f}, at window 16: {curve[-1]:.2f}")
    plt.loglog(windows, curve, style, label=name)
plt.xticks(windows, windows)
plt.ylim(0.05, 2)
plt.yticks([0.1, 0.3, 1], ["0.1", "0.3", "1"])
plt.xlabel("pooling window, pixels a side")
plt.ylabel("dropout noise / signal")
plt.legend()
plt.show()

assert correlation > 0.6, f"neighbouring pixels should agree, correlation {correlation:.2f}"
assert abs(correlation_shuffled) < 0.05, f"shuffled pixels should not, correlation {correlation_shuffled:.2f}"
left = curves["Dropout, photo"][-1]
assert 0.05 < left < 0.12, f"of 16 x 16 = 256 masks about 1/16 of the noise should be left, {left:.2f} is"
assert abs(curves["Dropout, photo"][0] - 1) < 0.05, "before pooling, noise and signal should be equal at p = 0.5"
for name in ("Dropout2d, photo", "Dropout, pixels shuffled"):
    smallest, largest = min(curves[name]), max(curves[name])
    assert smallest > 0.8 and largest < 1.2, f"{name}: noise should stay near 1, was {smallest:.2f} to {largest:.2f}"
