"""Ten lines of NumPy give the same outputs as nn.RNN, nn.LSTM and nn.GRU, in float64, for 135 sizes."""
import itertools

import numpy as np
import torch
from torch import nn


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn_step(x, h, c, W, U, b, d):  # W (H, inputs) for the input, U (H, H) for the state, b and d their biases
    return np.tanh(x @ W.T + b + h @ U.T + d), c


def lstm_step(x, h, c, W, U, b, d):  # W (4H, inputs): input gate, forget gate, candidate, output gate
    i, f, g, o = np.split(x @ W.T + b + h @ U.T + d, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)  # the cell: kept in part, added to in part
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, c, W, U, b, d):  # W (3H, inputs): reset gate, update gate, candidate
    (r, z, n), (hr, hz, hn) = np.split(x @ W.T + b, 3, axis=1), np.split(h @ U.T + d, 3, axis=1)
    n = np.tanh(n + sigmoid(r + hr) * hn)  # PyTorch resets after the product with U, bias included
    z = sigmoid(z + hz)
    return (1 - z) * n + z * h, c


cells = {"RNN": (nn.RNN, rnn_step, 1), "LSTM": (nn.LSTM, lstm_step, 4), "GRU": (nn.GRU, gru_step, 3)}
worst, count = dict.fromkeys(cells, 0.0), 0
for name, (module, step, gates) in cells.items():
    for inputs, H, T, N in itertools.product((1, 3, 8), (1, 5, 16), (1, 2, 7, 20, 50), (1, 4, 32)):
        torch.manual_seed(inputs + 10 * H + 100 * T + N)
        layer = module(inputs, H, dtype=torch.float64)
        x = torch.randn(T, N, inputs, dtype=torch.float64)  # (T, N, inputs): time first by default
        with torch.no_grad():
            output, _ = layer(x)  # (T, N, H)
        weights = [p.detach().numpy() for p in layer.parameters()]  # W, U, b, d
        assert weights[0].shape == (gates * H, inputs), f"{name} should stack {gates} blocks of {H} rows"
        h = c = np.zeros((N, H))
        for t in range(T):
            h, c = step(x[t].numpy(), h, c, *weights)
            worst[name] = max(worst[name], np.abs(h - output[t].numpy()).max())
        count += 1
for name, (module, _, gates) in cells.items():
    parameters = sum(p.numel() for p in module(8, 32).parameters())
    print(f"{name:4s} {parameters:5d} parameters for 8 inputs and 32 units, largest difference {worst[name]:.0e}")
    assert parameters == gates * (32 * 8 + 32 * 32 + 2 * 32), f"{name} should have {gates} times an RNN's parameters"
    assert worst[name] < 1e-12, f"{name} by hand should equal torch's, differs by {worst[name]:.0e}"
print(f"{count} settings, {count // 3} for each cell")
assert count == 3 * 135, f"the sweep should cover 135 sizes for each cell, covered {count}"
