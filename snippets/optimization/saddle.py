"""Exact gradients can stop at a saddle; a little noise leads away from it."""

import torch

torch.manual_seed(0)
noise = 0.0  # try: 0.001, 0.1
# The loss a^2/2 - b^2/2 + b^4/4: a saddle at (0, 0), minima at (0, 1) and (0, -1).
w = torch.tensor([1.0, 0.0])  # on the ridge: the gradient leads to the saddle
path = [w]
for step in range(200):
    a, b = w
    gradient = torch.stack([a, b**3 - b])  # (2,)
    w = w - 0.1 * (gradient + noise * torch.randn(2))
    path.append(w)
print(f"noise {noise}: after 200 steps at ({w[0]:.2f}, {w[1]:.2f})")
# region: the picture
import matplotlib.pyplot as plt

a, b = torch.meshgrid(
    torch.linspace(-0.6, 1.2, 90), torch.linspace(-1.3, 1.3, 90), indexing="xy"
)
height = a**2 / 2 - b**2 / 2 + b**4 / 4
plt.contour(a, b, height, torch.linspace(-0.24, 0.6, 11), colors="gray", linewidths=0.5)
plt.plot(*torch.stack(path).T, ".-", lw=1)
plt.plot([0, 0], [1, -1], "*", color="C1", ms=12, ls="none")
plt.plot(0, 0, "x", color="C2", ms=10, mew=2.5)
plt.gca().set(xlabel="a", ylabel="b")
plt.gcf().set_size_inches(4.2, 3)
plt.show()
# endregion

# %% proof: how near the start, how much noise, over 12 seeds
assert w.abs().max() < 1e-6, f"exact gradients should end on the saddle, at {w}"


def escape(start, noise, seed=0):
    """Steps until |b| exceeds 0.5, and the side."""
    generator = torch.Generator().manual_seed(seed)
    b, draws = start, (noise * torch.randn(2000, generator=generator)).tolist()
    for step, xi in enumerate(draws):
        if abs(b) > 0.5:
            return step, b > 0
        b -= 0.1 * (b**3 - b + xi)
    return len(draws), b > 0


starts = (1e-1, 1e-3, 1e-5, 1e-7)
exact = [escape(b, 0.0)[0] for b in starts]
print("exact gradients, started beside the ridge by", *starts, "take", *exact, "steps")
hundredfold = [later - before for before, later in zip(exact, exact[1:], strict=False)]
assert all(46 <= n <= 51 for n in hundredfold), f"ln 100 / ln 1.1 = 48 each, {exact}"
assert escape(0.0, 0.0)[0] == 2000, "on the ridge it should never get away"
mean = {}
for noise in (0.001, 0.1):
    runs = [escape(0.0, noise, seed) for seed in range(0, 1200, 100)]
    mean[noise] = sum(step for step, _ in runs) / 12
    left = sum(side for _, side in runs)
    print(f"noise {noise}: {mean[noise]:.0f} steps on average, {left} of 12 to b = 1")
    assert max(step for step, _ in runs) < 250, f"noise should lead away, {runs}"
assert mean[0.1] < mean[0.001] - 30, f"more noise should be faster, {mean}"
assert mean[0.001] < exact[-1], f"and noise should beat a start nearby, {mean}, {exact}"
measured = {"little": mean[0.001], "more": mean[0.1], "nearest": exact[-1]}
