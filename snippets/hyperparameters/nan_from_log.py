"""A NaN can come from log(0) in the loss: a lower rate only delays it, and the loss on the logits never meets it."""
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

torch.manual_seed(0)
digits = load_digits()
two = (digits.target < 2).nonzero()[0][:100]  # zeros against ones: separable, so the logits grow
train_x = torch.tensor(digits.data[two], dtype=torch.float32)  # (100, 64), pixels 0 to 16
train_y = torch.tensor(digits.target[two], dtype=torch.float32)
train_x[1] *= 4  # one picture, of a one, was stored on another scale


def by_hand(logits, y):
    p = logits.sigmoid()  # rounds to exactly 1 in float32 from a logit of about 17 on
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()  # then 0 * log(0) = 0 * -inf = NaN


def train(loss_function, lr, num_steps=400):
    torch.manual_seed(0)
    model = torch.nn.Linear(64, 1)
    torch.nn.init.zeros_(model.weight)  # no matter here: with a single layer the loss is convex
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        loss = loss_function(model(train_x)[:, 0], train_y)
        losses.append(loss.item())
        if loss.isnan():
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


steps = []
for lr in (0.003, 0.001, 0.0003):
    hand, stable = train(by_hand, lr), train(binary_cross_entropy_with_logits, lr)
    steps.append(len(hand))
    print(f"rate {lr:6.4f}: by hand NaN at step {len(hand):3d}, loss before it {hand[-2]:.3f}; "
          f"on the logits {stable[-1]:.3f} at step 400")
    assert hand[-1] != hand[-1], f"the loss by hand should become NaN at rate {lr}"
    assert hand[-2] < 0.1 < hand[0] == max(hand[:-1]), "until then the loss should fall, never above its start"
    apart = max(abs(a - b) for a, b in zip(hand[:-1], stable))
    assert apart < 1e-4, f"until then the two ways to write the loss should agree, they differ by {apart}"
    assert len(stable) == 400 and stable[-1] < 0.8 * hand[-2], "on the logits the same rate should train on"
assert 8 < steps[2] / steps[0] < 12, f"a tenth of the rate should delay the NaN tenfold, seen at steps {steps}"

logit = torch.tensor([20.0], requires_grad=True)  # surely 1, and the target says 0
loss = binary_cross_entropy(logit.sigmoid(), torch.zeros(1))  # PyTorch cuts the logarithm off at -100
on_probability = torch.autograd.grad(loss, logit)[0].item()
on_logit = torch.autograd.grad(binary_cross_entropy_with_logits(logit, torch.zeros(1)), logit)[0].item()
print(f"a confident mistake: gradient {on_probability:.0f} through the probability, {on_logit:.0f} on the logit")
assert loss == 100 and on_probability == 0, "on a rounded probability the loss is cut off and passes no gradient"
assert abs(on_logit - 1) < 1e-6, "on the logit the gradient of a confident mistake should be 1"
