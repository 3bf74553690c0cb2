"""ELU's mean is nearer zero than ReLU's, it saturates at -alpha, and its slope has no jump for alpha = 1 only."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
y = torch.tensor(digits.target)
mean = {}
for name, activation in (("ReLU", nn.ReLU), ("ELU", nn.ELU)):
    for seed in range(0, 300, 100):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), activation(), nn.Linear(64, 64), activation(), nn.Linear(64, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
        mean[name, "before", seed] = model[:2](x).mean().item()  # over all digits and units of layer 1
        for _ in range(3):
            for batch in torch.randperm(1797).split(50):
                loss = F.cross_entropy(model(x[batch]), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        mean[name, "after", seed] = model[:2](x).mean().item()
        accuracy = (model(x).argmax(1) == y).float().mean().item()
        assert accuracy > 0.5, f"three epochs should train the network, accuracy {accuracy:.0%}"
for when in ("before", "after"):
    relu, elu = [[mean[name, when, seed] for seed in range(0, 300, 100)] for name in ("ReLU", "ELU")]
    print(f"mean {when:6s} training: ReLU {min(relu):.2f} to {max(relu):.2f}, ELU {min(elu):5.2f} to {max(elu):.2f}")
    gain = max(abs(e) / r for r, e in zip(relu, elu, strict=True))  # pairs with the same initial weights
    assert gain < 1, f"ELU's mean should be nearer 0 than ReLU's {when} training, is up to {gain:.2f} of it"

for alpha in (0.5, 1.0, 2.0):
    z = torch.tensor([-20.0, -1e-6, 1e-6], requires_grad=True)
    out = F.elu(z, alpha)
    slope, = torch.autograd.grad(out.sum(), z)
    print(f"alpha {alpha}: output at -20 {out[0].item():5.2f}, slope at 0 {slope[1]:.2f} left, {slope[2]:.2f} right")
    assert abs(out[0].item() + alpha) < 1e-6, f"ELU should saturate at -{alpha}, is {out[0].item():.4f}"
    assert abs(slope[1].item() - alpha) < 1e-4, f"left of 0 the slope should be {alpha}, is {slope[1].item():.4f}"
    assert (abs(slope[1] - slope[2]) < 1e-4) == (alpha == 1), f"only alpha = 1 should have no jump, not {alpha}"
    assert slope[2].item() == 1, f"right of 0 the slope should be 1 for every alpha, is {slope[2].item():.4f}"
