"""A NaN from log(0) is no matter of the rate: a lower one only delays it."""

import torch
from torch import nn

# region: the digits
from sklearn.datasets import load_digits

digits = load_digits()
labels = torch.tensor(digits.target)  # (1797,)
images = torch.tensor(digits.images, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8)
images = (images - images.mean()) / images.std()


def split(seed, train_size=1000):
    """Draw train_size digits to train on; the others are left to test on."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, test = order[:train_size], order[train_size:]
    return images[train], labels[train], images[test], labels[test]


# endregion
# region: a hundred zeros and ones, one of them on another scale
two = (labels < 2).nonzero()[:100, 0]  # separable, so the logits grow
x, y = images[two].flatten(1), labels[two].float()  # (100, 64), 0 or 1
x[y.nonzero()[0, 0]] *= 4  # one picture of a one was stored on another scale
# endregion


def by_hand(logits, y):
    """The cross-entropy as it stands in books."""
    p = logits.sigmoid()  # rounds to 1 in float32 from a logit of about 17 on
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()  # 0 * log(0) is NaN


# region: training
def train(loss_function, lr, num_steps=400):
    """The loss of each step, up to the first NaN."""
    w, b = torch.zeros(64, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    losses = []
    for _ in range(num_steps):
        loss = loss_function(x @ w + b, y)
        losses.append(loss.item())
        if loss.isnan():
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# endregion
lr = 0.1  # try: 0.03, 0.01
hand = train(by_hand, lr)
stable = train(nn.functional.binary_cross_entropy_with_logits, lr)
print(f"rate {lr}, loss by hand: NaN at step {len(hand)}")
print("the steps before it:", *[f"{loss:.4f}" for loss in hand[-5:]])
print(f"loss on the logits: {stable[-1]:.4f} at step {len(stable)}")

# %% proof: three rates; the logarithm cut off at -100; anomaly detection names the line
steps = {}
for lr in (0.1, 0.03, 0.01):
    hand = train(by_hand, lr)
    stable = train(nn.functional.binary_cross_entropy_with_logits, lr)
    steps[lr] = len(hand)
    assert hand[-1] != hand[-1], f"by hand the loss should become NaN at rate {lr}"
    risen = max(b - a for a, b in zip(hand[:-1], hand[1:-1], strict=False))
    assert risen < 0, f"until then it should fall in each step, it rose by {risen}"
    assert hand[-2] < 0.15 < hand[0], f"and be low before, {hand[-2]:.3f}"
    apart = max(abs(a - b) for a, b in zip(hand[:-1], stable, strict=False))
    assert apart < 1e-4, f"until then the two should agree, they differ by {apart:.1e}"
    assert len(stable) == 400, f"on the logits no NaN should come, step {len(stable)}"
    further = stable[-1] / hand[-2]
    assert further < 0.8, f"and the loss should fall on, {further:.2f} of it is left"
    print(f"rate {lr}: NaN at step {len(hand)}, before it {hand[-2]:.3f}")
delay = steps[0.01] / steps[0.1]
assert 8 < delay < 12, f"a tenth of the rate should delay the NaN tenfold, {steps}"

logit = torch.tensor([20.0], requires_grad=True)  # surely 1, and the target says 0
loss = nn.functional.binary_cross_entropy(logit.sigmoid(), torch.zeros(1))
through = torch.autograd.grad(loss, logit)[0].item()
assert loss == 100 and through == 0, f"cut off at 100, no gradient: {loss}, {through}"
stable = nn.functional.binary_cross_entropy_with_logits(logit, torch.zeros(1))
on_logit = torch.autograd.grad(stable, logit)[0].item()
assert abs(on_logit - 1) < 1e-6, f"on the logit it should be 1, is {on_logit}"
print(f"a confident mistake: gradient {through:.0f} through the probability", end=", ")
print(f"{on_logit:.0f} on the logit")

rounded = [z for z in range(10, 25) if torch.tensor(float(z)).sigmoid() == 1]
assert rounded[0] == 17, f"sigmoid should be 1 from about 17 on, from {rounded[0]}"
try:
    with torch.autograd.detect_anomaly(check_nan=True):
        z = torch.tensor([20.0], requires_grad=True)
        by_hand(z, torch.ones(1)).backward()
    said = "nothing"
except RuntimeError as error:
    said = str(error)
assert "returned nan values" in said, f"anomaly detection should name it, said {said}"
print(said)
half = torch.tensor(70000.0).half()
assert half.isinf() and (half - half).isnan(), "70,000 should be inf in float16"
measured = {"delay": delay}
