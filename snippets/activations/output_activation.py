"""Softmax, sigmoid and identity share the gradient prediction - target, and losses on logits do not overflow."""
import math

import torch
import torch.nn.functional as F

torch.manual_seed(0)

logits = torch.tensor([[1000.0, 999.0, 0.0]])  # (N, classes)
naive = logits.exp() / logits.exp().sum(1, keepdim=True)
shifted = (logits - logits.amax(1, keepdim=True)).exp()  # the largest exponent is now 0
stable = shifted / shifted.sum(1, keepdim=True)
print("naive softmax: ", [f"{p:.3f}" for p in naive[0].tolist()])
print("stable softmax:", [f"{p:.3f}" for p in stable[0].tolist()])
assert naive[0, :2].isnan().all(), "exp(1000) should overflow and give nan"
assert torch.allclose(stable, logits.softmax(1)) and abs(stable.sum() - 1) < 1e-6, "the shift should not change softmax"

z = torch.linspace(-8, 8, 17)
two_class = torch.stack([z, torch.zeros(17)], 1).softmax(1)[:, 0]  # scores z and 0
assert torch.allclose(torch.sigmoid(z), two_class, atol=1e-7), "sigmoid(z) should be a softmax over z and 0"

confident = torch.tensor([40.0])  # surely yes, and wrong
lost = -(1 - torch.sigmoid(confident)).log()
kept = F.binary_cross_entropy_with_logits(confident, torch.zeros(1))
print(f"yes/no loss at logit 40: {lost.item():.0f} by hand, {kept.item():.0f} from the logit")
assert lost.isinf() and abs(kept - 40) < 1e-4, f"by hand it should overflow, from the logit be 40: {lost}, {kept}"

x = 3 * torch.randn(6, 10)  # (N, classes)
y = torch.arange(6)
assert torch.allclose(F.cross_entropy(x, y), -x.log_softmax(1)[y, y].mean()), "cross_entropy should take log-softmax"
perfect = 100 * torch.eye(10)
floor = F.cross_entropy(perfect.softmax(1), torch.arange(10)).item()  # the mistake: softmax twice
print(f"loss of a perfect ten-class answer: {F.cross_entropy(perfect, torch.arange(10)).item():.2f} from logits, "
      f"{floor:.2f} after a softmax too many")
assert abs(floor - (math.log(math.e + 9) - 1)) < 1e-5, f"softmax twice should stop at log(e + 9) - 1, it is {floor:.4f}"

# the gradient at the logits is prediction minus target in all three cases, with half the squared error for identity
a, target = x[:, 0].clone(), torch.rand(6)  # (N,)
for logits in (x, a):
    logits.requires_grad_()
one_of_many = torch.autograd.grad(F.cross_entropy(x, y, reduction="sum"), x)[0]
yes_no = torch.autograd.grad(F.binary_cross_entropy_with_logits(a, target, reduction="sum"), a)[0]
number = torch.autograd.grad(F.mse_loss(a, target, reduction="sum") / 2, a)[0]
assert torch.allclose(one_of_many, x.softmax(1) - F.one_hot(y, 10), atol=1e-6), "softmax: should be prediction - target"
assert torch.allclose(yes_no, torch.sigmoid(a) - target, atol=1e-6), "sigmoid: should be prediction - target"
assert torch.allclose(number, a - target, atol=1e-6), "identity: should be prediction - target"

line = 4 * z - 10  # a regression target from -42 to 22
best_squashed = (line - line.clamp(0, 1)).square().mean()  # no output in (0, 1) can come closer
slope = torch.linalg.lstsq(torch.stack([z, torch.ones(17)], 1), line[:, None]).solution
exact = (torch.stack([z, torch.ones(17)], 1) @ slope - line[:, None]).square().mean()
print(f"regression: mean squared error {exact:.1f} with identity, at least {best_squashed:.0f} behind a sigmoid")
assert torch.allclose(slope[:, 0], torch.tensor([4.0, -10.0]), atol=1e-4), f"the fit should find 4 and -10: {slope}"
assert exact < 1e-6 and best_squashed > 100, f"only identity should reach the targets: {exact:.2g}, {best_squashed:.0f}"
