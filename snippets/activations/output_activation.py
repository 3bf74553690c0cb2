"""Losses on logits do not overflow, and their gradient is prediction minus target."""

import torch
from torch.nn import functional as F

size = 100.0  # try: 1.0, 10.0
logits = size * torch.tensor([[1.0, 0.5, -1.0]])  # (N, classes)
y = torch.tensor([1])  # the second class is right

# The formula as it stands, and with the largest logit taken off first.
naive = logits.exp() / logits.exp().sum(1, keepdim=True)
shifted = (logits - logits.amax(1, keepdim=True)).exp()  # the largest is e^0
stable = shifted / shifted.sum(1, keepdim=True)
for name, p in (("naive", naive), ("shifted", stable)):
    loss = -p[0, y].log().item()
    print(f"{name:7} softmax:", *[f"{one:8.1e}" for one in p[0]], f"  loss {loss:.1f}")
print(f"cross_entropy(logits, y):{'':24}loss {F.cross_entropy(logits, y):.1f}")

# One yes/no question, as large a logit, and the answer is no.
logit, no = torch.tensor([size]), torch.zeros(1)
by_hand = -(1 - torch.sigmoid(logit)).log()
kept = F.binary_cross_entropy_with_logits(logit, no)
print(f"yes/no: {by_hand.item():.1f} by hand, {kept:.1f} from the logit")

# %% proof: the identities over many logits, and what the wrong output costs
assert naive.isnan().any(), "exp(100) should overflow and give nan"
assert -naive[0, y].log() == torch.inf, "and the right class a loss without end"
ends = torch.tensor([88.0, 89.0]).exp().isinf().tolist()
assert ends == [False, True], f"exp should leave float32 between 88 and 89, {ends}"
assert -stable[0, y].log() > 49, "from the shifted probability the loss is right here"
measured = {"loss": F.cross_entropy(logits, y).item(), "yes_no": kept.item()}
assert by_hand.isinf(), f"by hand it should be infinite, {by_hand.item()}"
assert abs(kept - size) < 1e-4, f"from the logit it should be {size}, {kept:.4f}"
for lead in (0.0, 1.0, 50.0, 103.0, 104.0, 1000.0):
    z = torch.tensor([[0.0, lead]])
    exact = F.cross_entropy(z.double(), torch.tensor([0])).item()
    loss = F.cross_entropy(z, torch.tensor([0])).item()
    assert abs(loss - exact) < 1e-4 * max(1, exact), f"from logits {loss}, not {exact}"
    rounded = -z.softmax(1)[0, 0].log().item()  # of a probability that may be 0
    assert (rounded == torch.inf) == (lead > 103.5), f"at {lead}: {rounded}"

torch.manual_seed(0)
for scale in (0.1, 1.0, 10.0, 300.0):
    z = scale * torch.randn(50, 10)  # (N, classes)
    top = z.amax(1, keepdim=True)
    e = (z - top).exp()
    gap = (e / e.sum(1, keepdim=True) - z.softmax(1)).abs().max().item()
    assert gap < 1e-6, f"scale {scale}: the shift should change nothing, {gap:.1e}"
    y = torch.randint(10, (50,))
    by_formula = top[:, 0] - z[torch.arange(50), y] + e.sum(1).log()
    loss = F.cross_entropy(z, y, reduction="none")
    gap = (by_formula - loss).abs().max().item()
    assert gap < 1e-3, f"scale {scale}: the loss by the formula is off by {gap:.1e}"

# A sigmoid is a softmax over the scores z and 0.
z = torch.linspace(-20, 20, 81)
pair = torch.stack([z, torch.zeros(81)], 1).softmax(1)[:, 0]
gap = (torch.sigmoid(z) - pair).abs().max().item()
assert gap < 1e-6, f"sigmoid should be a softmax over z and 0, gap {gap:.1e}"

# The gradient at the logits is prediction minus target in all three cases.
x = 3 * torch.randn(6, 10)  # (N, classes)
y = torch.arange(6)
a, target = x[:, 0].clone(), torch.rand(6)  # (N,)
x.requires_grad_()
a.requires_grad_()
losses = {
    "softmax": (F.cross_entropy(x, y, reduction="sum"), x),
    "sigmoid": (F.binary_cross_entropy_with_logits(a, target, reduction="sum"), a),
    "identity": (F.mse_loss(a, target, reduction="sum") / 2, a),
    "sigmoid, squared": (F.mse_loss(a.sigmoid(), target, reduction="sum") / 2, a),
}
expected = {
    "softmax": x.softmax(1) - F.one_hot(y, 10),
    "sigmoid": a.sigmoid() - target,
    "identity": a - target,
    "sigmoid, squared": a.sigmoid() - target,  # does not hold for this pair
}
for name, (loss, at) in losses.items():
    (gradient,) = torch.autograd.grad(loss, at)
    gap = (gradient - expected[name]).abs().max().item()
    print(f"gradient, {name:16}: prediction - target, off by {gap:.0e}")
    assert (gap < 1e-6) == (name != "sigmoid, squared"), f"{name}: off by {gap:.1e}"

# The wrong output for the task.
perfect = torch.full((10, 10), -1e4).fill_diagonal_(1e4)
floor = F.cross_entropy(perfect.softmax(1), torch.arange(10)).item()
measured["floor"] = floor
assert F.cross_entropy(perfect, torch.arange(10)) == 0, "once: a perfect answer costs 0"
by_formula = torch.log(torch.tensor(torch.e + 9)).item() - 1
assert abs(floor - by_formula) < 1e-5, (
    f"twice: {floor:.4f}, by formula {by_formula:.4f}"
)
both = torch.linspace(-20, 20, 41)
two_true = torch.stack([both, both, torch.zeros(41)], 1).softmax(1)[:, :2]
most = two_true.amin(1).max().item()
assert 0.499 < most <= 0.5, f"two true labels share at most a half each, {most:.3f}"
