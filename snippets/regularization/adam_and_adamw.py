"""For SGD and Adam weight_decay is the L2 term; AdamW decays the weights past Adam's statistics and goes elsewhere."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data[:300], dtype=torch.float64) / 16  # (300, 64), float64 so that rounding hides no difference
y = torch.tensor(digits.target[:300])
torch.manual_seed(0)
start = 0.1 * torch.randn(10, 64, dtype=torch.float64)
weight_decay, num_steps = 0.1, 200


def run(optimizer_class, penalty=0.0, **settings):
    """Train from the same start, with ½ penalty |w|² in the loss, and return the weights after each step."""
    w = start.clone().requires_grad_()
    optimizer = optimizer_class([w], **settings)
    path = []
    for step in range(num_steps):
        optimizer.zero_grad()
        (F.cross_entropy(x @ w.T, y) + 0.5 * penalty * (w ** 2).sum()).backward()
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path)  # (200, 10, 64)


def adamw_by_hand(lr, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v, path = start.clone(), torch.zeros_like(start), torch.zeros_like(start), []
    for t in range(1, num_steps + 1):
        w.requires_grad_()
        grad, = torch.autograd.grad(F.cross_entropy(x @ w.T, y), w)
        w = w.detach() * (1 - lr * weight_decay)  # the decay goes past m and v
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad ** 2
        w = w - lr * (m / (1 - beta1 ** t)) / ((v / (1 - beta2 ** t)).sqrt() + eps)
        path.append(w)
    return torch.stack(path)


def gap(a, b):
    return (a - b).abs().max().item()


sgd = gap(run(torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=weight_decay),
          run(torch.optim.SGD, lr=0.1, momentum=0.9, penalty=weight_decay))
adam_l2 = run(torch.optim.Adam, lr=0.01, penalty=weight_decay)
adam = gap(run(torch.optim.Adam, lr=0.01, weight_decay=weight_decay), adam_l2)
adamw = run(torch.optim.AdamW, lr=0.01, weight_decay=weight_decay)
by_hand, apart = gap(adamw, adamw_by_hand(lr=0.01)), gap(adamw, adam_l2)
print(f"SGD:   weight_decay against the L2 term     largest difference {sgd:.0e}")
print(f"Adam:  weight_decay against the L2 term     largest difference {adam:.0e}")
print(f"AdamW: weight_decay against Adam's L2 term  largest difference {apart:.2f}")
print(f"AdamW: torch against by hand                largest difference {by_hand:.0e}")

assert sgd < 1e-6, f"for SGD weight_decay and the L2 term should give one trajectory, difference {sgd:.0e}"
assert adam < 1e-6, f"Adam's weight_decay should be the L2 term, difference {adam:.0e}"
assert by_hand < 1e-6, f"AdamW should be reproduced by hand, difference {by_hand:.0e}"
assert apart > 0.1, f"AdamW and Adam with L2 should part, largest difference {apart:.2f}"
