"""Behind pooling, noise of single-pixel masks is small; that of whole maps is not."""

import torch
from sklearn.datasets import load_sample_image
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d


# region: the root mean square
def size(maps):
    return maps.square().mean().sqrt().item()


# endregion
p = 0.5  # try: 0.1, 0.2
torch.manual_seed(0)
photo = torch.tensor(load_sample_image("china.jpg"), dtype=torch.float32) / 255
x = photo.permute(2, 0, 1)[None, :, 128:384, 128:512]  # (1, 3, 256, 384)
maps = conv2d(x, torch.randn(16, 3, 3, 3), padding=1)  # (1, 16, 256, 384)
maps = maps - maps.mean((2, 3), keepdim=True)
windows = [1, 2, 4, 8, 16]


def noise_and_signal(maps, dropout):
    """How large is what the mask adds, and the map itself, behind each pooling."""
    noisy = dropout(maps)
    noise = [size(avg_pool2d(noisy - maps, window)) for window in windows]
    return noise, [size(avg_pool2d(maps, window)) for window in windows]


noise, signal = noise_and_signal(maps, nn.Dropout(p))
noise_whole, _ = noise_and_signal(maps, nn.Dropout2d(p))
print(f"noise / signal, p = {p}   single pixels   whole maps")
for i, window in enumerate(windows):
    single, whole = noise[i] / signal[i], noise_whole[i] / signal[i]
    print(f"window {window:2d}x{window:<2d}  {single:22.2f}   {whole:10.2f}")
# region: the picture
import matplotlib.pyplot as plt

plt.loglog(windows, noise_whole, "s--", label="noise of whole-map masks")
plt.loglog(windows, signal, "o-", label="the maps themselves")
plt.loglog(windows, noise, "^:", label="noise of single-pixel masks")
plt.xticks(windows, windows)
plt.yticks([0.03, 0.1, 0.3, 1], ["0.03", "0.1", "0.3", "1"])
plt.ylim(0.02, 3)
plt.minorticks_off()
plt.xlabel("side of the pooling window, pixels")
plt.ylabel("root mean square")
plt.legend()
plt.gcf().set_size_inches(4.6, 2.8)
plt.show()
# endregion

# %% proof: shuffled pixels as the control: the same noise, and no signal left
order = torch.randperm(maps[0, 0].numel())
shuffled = maps.flatten(2)[:, :, order].reshape(maps.shape)
rows = {}
print("               noise at window 1, 16   signal at window 1, 16")
for name, tested in (("photo", maps), ("shuffled", shuffled)):
    noise, signal = noise_and_signal(tested, nn.Dropout(0.5))
    rows[name] = noise, signal
    print(f"{name:10s}  {noise[0]:12.3f} {noise[-1]:7.3f}", end="")
    print(f"   {signal[0]:15.3f} {signal[-1]:7.3f}")
    for i, window in enumerate(windows):
        expected = size(tested) / window  # sqrt(p / q) = 1, over k = window² masks
        off = abs(noise[i] / expected - 1)
        assert off < 0.1, f"{name}: noise should fall as 1 / window, off by {off:.2f}"
noise, signal = rows["photo"]
noise_shuffled, signal_shuffled = rows["shuffled"]
same = noise_shuffled[-1] / noise[-1]
assert abs(same - 1) < 0.1, f"shuffling should leave the noise as it is, {same:.2f}"
kept, lost = signal[-1] / signal[0], signal_shuffled[-1] / signal_shuffled[0]
assert kept > 0.5, f"neighbours agree: the photo's signal should stay, {kept:.2f}"
assert lost < 0.09, f"shuffled, it should average out too, {lost:.2f}"
held = []
for _ in range(20):  # the mean over masks; at p = 0.5 it would be 1 by definition
    whole, _ = noise_and_signal(maps, nn.Dropout2d(0.2))
    held.append([whole[i] / signal[i] for i in range(5)])
held = torch.tensor(held).mean(0).tolist()
z = maps / maps.std((2, 3), keepdim=True)
alike = (z[..., 1:] * z[..., :-1]).mean((0, 2, 3)).median().item()
assert alike > 0.6, f"neighbours should agree, correlation {alike:.2f}"
measured = {"single": noise[-1] / signal[-1], "same": same}
measured |= {"kept": kept, "lost": lost, "alike": alike}
assert measured["single"] < 0.15, f"single-pixel noise should be small, {measured}"
assert min(held) > 0.4, f"whole-map noise should stay near 0.5 at p = 0.2, {held}"
assert max(held) < 0.6, f"and be what the formula says, {held}"
