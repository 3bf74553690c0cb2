"""Sharing among n tasks divides only the shared part of the overfitting by n; what the heads overfit stays."""
import matplotlib.pyplot as plt
import numpy as np

d, k, m = 20, 2, 200  # inputs, shared features, examples of each task; the noise has variance 1
counts = np.array([2, 4, 8, 16, 32, 64, 128])  # n, how many tasks are learned together


def measure(n, seed, related):
    """Test minus train error: trunk known, learned, no trunk; test error above noise: trunk learned, no trunk."""
    rng = np.random.default_rng(seed)
    truth = np.linalg.qr(rng.standard_normal((d, k)))[0]  # (d, k), the trunk: x @ truth are the k features
    target = rng.standard_normal((n, k)) @ truth.T  # (n, d), each task weighs the same features
    if not related:
        target = rng.standard_normal((n, d)) * np.sqrt(k / d)  # as large, but each in a direction of its own
    x, noise = rng.standard_normal((n, m, d)), rng.standard_normal((n, m))  # every task has its own examples
    y = np.einsum("nmd,nd->nm", x, target) + noise
    gram, moment = np.einsum("nma,nmb->nab", x, x), np.einsum("nmd,nm->nd", x, y)
    separate = np.linalg.solve(gram, moment[..., None])[..., 0]  # (n, d), least squares for each task alone
    trunk = np.linalg.svd(separate)[2][:k].T  # a start: the k directions in which these are largest

    def fit_heads(trunk):  # least squares for each task on k features
        return np.linalg.solve(trunk.T @ gram @ trunk, (moment @ trunk)[..., None])[..., 0]  # (n, k)

    for _ in range(20):  # heads and trunk in turn, each by exact least squares over all tasks
        heads = fit_heads(trunk)
        normal = np.einsum("na,nb,nij->iajb", heads, heads, gram).reshape(d * k, d * k)
        trunk = np.linalg.qr(np.linalg.solve(normal, (moment.T @ heads).ravel()).reshape(d, k))[0]
    above, gap = [], []
    for weights in (fit_heads(truth) @ truth.T, fit_heads(trunk) @ trunk.T, separate):  # (n, d) each
        above.append(((weights - target) ** 2).sum(1).mean())  # exact, because x has covariance I
        train = ((y - np.einsum("nmd,nd->nm", x, weights)) ** 2).mean()
        gap.append(above[-1] + (noise**2).mean() - train)
    return *gap, above[1], above[2]


related, unrelated = (np.array([[measure(n, seed, kind) for n in counts] for seed in range(0, 2000, 100)])
                      for kind in (True, False))  # (seeds, counts, 5)
# Least squares with p free numbers has a gap near 2 p / m. So m / 2 gaps count the numbers that a task overfits with.
heads, together = related[..., 0] * m / 2, related[..., 1] * m / 2  # (seeds, counts)
shared = together - heads
slope = np.polyfit(np.log(counts), np.log(shared.mean(0)), 1)[0]
b, a = np.polyfit(1 / counts, together.mean(0), 1)
*_, with_kin, alone = related.mean(0).T
*_, with_strangers, alone_too = unrelated.mean(0).T
print("          gap, free numbers a task          test error above the noise\n"
      "tasks   heads + shared part = together     separate   kin   strangers")
for i, n in enumerate(counts):
    print(f"{n:5d}   {heads.mean(0)[i]:5.2f} {shared.mean(0)[i]:13.2f} {together.mean(0)[i]:10.2f}"
          f"   {alone[i]:10.2f} {with_kin[i]:5.2f} {with_strangers[i]:11.2f}")
print(f"together = a + b/n with a = {a:.1f}, b = {b:.0f}; the shared part falls as n^{slope:.2f}")
for curve, label, style in ((together, "together", "o-"), (heads, "heads", "s--"), (shared, "shared part", "^:")):
    error = 2 * curve.std(0) / np.sqrt(len(curve))
    plt.loglog(counts, curve.mean(0), style, label=label)
    plt.fill_between(counts, curve.mean(0) - error, curve.mean(0) + error, alpha=0.25)
plt.xticks(counts, counts)
plt.yticks([0.3, 1, 3, 10, 30], [0.3, 1, 3, 10, 30])
plt.minorticks_off()
plt.xlabel("number of tasks n")
plt.ylabel("gap in free numbers for each task")
plt.legend()
plt.show()

assert -1.15 < slope < -0.85, f"the shared part should fall as 1/n, its slope is {slope:.2f}"
assert abs(a - k) < 0.5 and abs(b / (k * (d - k)) - 1) < 0.2, f"a, b should be 2 and 36, they are {a:.2f}, {b:.1f}"
few, many = heads[:, :3].mean(), heads[:, -3:].mean()
assert max(abs(few - k), abs(many - k)) < 0.5, f"the heads' part should stay at 2, it went {few:.2f} to {many:.2f}"
assert 0 < together.mean(0)[-1] - heads.mean(0)[-1] < 0.5, "the whole gap should level off at the heads' part"
assert shared.mean(0)[0] > 4 * heads.mean(0)[0], "with two tasks the shared part should overfit more than the heads"
assert np.allclose(with_kin[0], alone[0]), f"with n = k tasks sharing should change nothing, {with_kin[0]}, {alone[0]}"
assert max(abs(alone - alone[0])) < 0.25 * alone[0], f"separate fits should not care about n: {alone}"
assert with_kin[-1] < 0.2 * alone[-1], f"sharing should help related tasks, {with_kin[-1]:.3f}, {alone[-1]:.3f}"
assert with_strangers[-1] > 5 * alone_too[-1], "sharing should hurt tasks with nothing in common"
small, large = unrelated[:, -1, 1:3].mean(0) * m / 2
assert abs(large / d - 1) < 0.2, f"separate fits of d = {d} numbers should have a gap near {d}, it is {large:.1f}"
assert small < large / 2, f"strangers in one trunk should have a gap under half of that, it is {small:.1f}"
