"""Before training an LSTM's gradient vanishes with distance in time like an RNN's, unless its forget gate is open."""
import matplotlib.pyplot as plt
import torch
from torch import nn

H, T, batch_size, seeds = 32, 60, 64, range(0, 500, 100)
variants = {"RNN, default": None, "RNN, orthogonal": None,
            "LSTM, default": None, "LSTM, forget bias 1": 1.0, "LSTM, forget bias 4": 4.0}
slope = {}
for (name, bias), style in zip(variants.items(), ("o-", "s--", "v-", "^-.", "D:"), strict=True):
    norms = torch.zeros(len(seeds), T)
    for s, seed in enumerate(seeds):
        torch.manual_seed(seed)
        cell = nn.RNNCell(8, H) if name.startswith("RNN") else nn.LSTMCell(8, H)
        if name == "RNN, orthogonal":  # a rotation: by itself the recurrent matrix keeps every length
            nn.init.orthogonal_(cell.weight_hh)
        if bias is not None:
            with torch.no_grad():  # entries H to 2H belong to the forget gate; the two biases are added
                cell.bias_ih[H:2 * H] = bias
                cell.bias_hh[H:2 * H] = 0
        x = nn.functional.one_hot(torch.randint(8, (T, batch_size)), 8).float().requires_grad_()  # (T, N, 8)
        state = None
        for t in range(T):
            state = cell(x[t], state)
        h = state if name.startswith("RNN") else state[0]  # an LSTM's state is the pair (h, c)
        h.square().sum().backward()
        norms[s] = x.grad.norm(dim=(1, 2)).flip(0).log10()  # index 0: the last step
    slope[name] = (norms[:, 40] - norms[:, 10]) / 30  # powers of ten for each further step back
    print(f"{name:20s} gradient times {10 ** slope[name].mean():.3f} for each step back (10 to 40 steps)")
    line, = plt.semilogy(10 ** norms.mean(0), style, markevery=5, markersize=5, label=name)
    plt.fill_between(range(T), 10 ** norms.amin(0), 10 ** norms.amax(0), alpha=0.2, color=line.get_color())
plt.xlabel("distance from the output (steps back in time)")
plt.ylabel("gradient norm at the input")
plt.legend(loc="lower left")
plt.show()

factor = {name: 10 ** s for name, s in slope.items()}  # (seed), the factor for each step back
rnn, orthogonal = factor["RNN, default"], factor["RNN, orthogonal"]
assert rnn.max() < 0.75, f"an RNN's gradient should shrink with each step: {rnn.tolist()}"
assert 0.8 < orthogonal.min(), f"more slowly with orthogonal weights: {orthogonal.tolist()}"
default = factor["LSTM, default"]
assert default.max() < 0.75, f"an LSTM's too, with a forget gate that starts half open: {default.tolist()}"
assert 0.75 < factor["LSTM, forget bias 1"].min(), "with a bias of 1 it should shrink more slowly"
assert factor["LSTM, forget bias 1"].max() < 0.95, "but still geometrically"
opened = factor["LSTM, forget bias 4"]
assert opened.min() > 0.97 and opened.max() < 1.1, f"with a bias of 4 it should hardly change: {opened.tolist()}"
