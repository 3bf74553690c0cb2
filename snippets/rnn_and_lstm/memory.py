"""Whether an LSTM or an RNN learns to remember over 40 steps depends on how its forget gate or weights are started."""
import matplotlib.pyplot as plt
import torch
from torch import nn

H, T, batch_size, num_steps, rates, seeds = 32, 40, 32, 300, (0.003, 0.01), range(0, 500, 100)
variants = {"RNN, default": None, "RNN, orthogonal": None,
            "LSTM, default": None, "LSTM, forget bias 1": 1.0, "LSTM, forget bias 4": 4.0}


def train(name, lr, seed):
    torch.manual_seed(seed)
    layer = nn.RNN(8, H) if name.startswith("RNN") else nn.LSTM(8, H)
    head = nn.Linear(H, 4)
    if name == "RNN, orthogonal":  # a rotation: by itself the recurrent matrix keeps every length
        nn.init.orthogonal_(layer.weight_hh_l0)
    if variants[name] is not None:
        with torch.no_grad():  # entries H to 2H belong to the forget gate; the two biases are added
            layer.bias_ih_l0[H:2 * H] = variants[name]
            layer.bias_hh_l0[H:2 * H] = 0
    parameters = [*layer.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=lr)
    accuracy = []
    for _ in range(num_steps):
        y = torch.randint(4, (batch_size,))  # the symbol to remember, one of 0 to 3
        noise = torch.randint(4, 8, (T, batch_size))  # then T steps of the symbols 4 to 7
        x = nn.functional.one_hot(torch.cat([y[None], noise]), 8).float()  # (T + 1, N, 8)
        output, _ = layer(x)  # (T + 1, N, H)
        logits = head(output[-1])  # the answer is asked for at the last step
        loss = nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        accuracy.append((logits.argmax(1) == y).float().mean().item())  # every batch is new: a test accuracy
        if len(accuracy) >= 20 and min(accuracy[-20:]) == 1:
            break  # learned: 640 right answers in a row
    return sum(accuracy[-20:]) / 20


fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 3))
final = torch.zeros(len(variants), len(rates), len(seeds))
for row, name in enumerate(variants):
    for i, lr in enumerate(rates):
        final[row, i] = torch.tensor([train(name, lr, seed) for seed in seeds])
        print(f"{name:20s} rate {lr:<5} accuracy:", " ".join(f"{a:4.0%}" for a in final[row, i]))
        axes[i].plot(final[row, i], [row] * len(seeds), "osv^D"[row], markersize=9, alpha=0.6, color=f"C{row}")
for ax, lr in zip(axes, rates, strict=True):
    ax.axvline(0.25, color="gray", linestyle=":")
    ax.set(title=f"learning rate {lr}", xlabel="accuracy (dotted: chance)", xlim=(0, 1.05), xticks=(0, 0.5, 1))
axes[0].set(yticks=range(len(variants)), yticklabels=variants, ylim=(len(variants) - 0.5, -0.5))
plt.show()

rnn, orthogonal, default, one, four = final  # (rate, seed)
assert four[0].min() > 0.9, f"with an open gate every run should learn it at the lower rate: {four[0].tolist()}"
assert orthogonal[0].mean() > 0.7, f"so should most RNNs with orthogonal weights: {orthogonal[0].tolist()}"
assert orthogonal.mean() > rnn.mean(), f"orthogonal {orthogonal.mean():.2f} should beat default {rnn.mean():.2f}"
assert rnn[0].mean() < 0.6, f"at that rate the default RNN should hardly ever learn it: {rnn[0].tolist()}"
assert rnn[1].min() < 0.9, f"and at the higher one not in every run: {rnn[1].tolist()}"
assert default.mean(1).max() < 0.4, f"the default LSTM should stay near chance at both: {default.tolist()}"
assert one.mean(1).max() < 0.5, f"a bias of 1 should be too little for this distance: {one.tolist()}"
