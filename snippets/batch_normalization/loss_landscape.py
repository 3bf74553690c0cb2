"""Once training is under way, the loss varies 8 times and the gradient 4 times less along the gradient with BN."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
lr, num_steps, batch_size = 0.05, 100, 64  # a rate at which both networks train
lengths = [0.5 * lr, lr, 2 * lr, 4 * lr]  # the same trial steps for both


def make_model(batch_norm):
    layers = []
    for i in range(8):
        conv = torch.nn.Conv2d(16 if i else 1, 16, 3, stride=2 if i == 2 else 1, padding=1)
        torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        layers += [conv, torch.nn.BatchNorm2d(16), torch.nn.ReLU()] if batch_norm else [conv, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(16 * 4 * 4, 10))


def loss_and_gradient(model, weights, batch):
    vector_to_parameters(weights, model.parameters())
    loss = F.cross_entropy(model(x[batch]), y[batch])  # batch statistics, as in training
    return loss.item(), parameters_to_vector(torch.autograd.grad(loss, list(model.parameters())))


def probe(batch_norm, seed):
    torch.manual_seed(seed)  # both networks start from the same weights and see the same batches
    model = make_model(batch_norm)
    weights = parameters_to_vector(model.parameters()).detach()
    records = []
    for step in range(num_steps):
        batch = torch.randint(len(y), (batch_size,))
        loss, gradient = loss_and_gradient(model, weights, batch)
        if step % 10 == 4:
            trials = [loss_and_gradient(model, weights - length * gradient, batch) for length in lengths]
            losses = [trial[0] for trial in trials]
            turns = [(trial[1] - gradient).norm().item() for trial in trials]
            records.append([loss, max(losses) - min(losses), max(turns)])
        weights = weights - lr * gradient  # plain SGD
    return torch.tensor(records)  # (10, 3): loss, range of the loss, largest change of the gradient


plain = torch.stack([probe(False, seed) for seed in range(0, 300, 100)])  # (3, 10, 3)
normed = torch.stack([probe(True, seed) for seed in range(0, 300, 100)])
figure, axes = plt.subplots(1, 2, figsize=(7, 3.2))
for records, label, style in ((plain, "without BN", "C1--"), (normed, "with BN", "C0-")):
    steps = torch.arange(5, num_steps, 10)
    for axis, values in zip(axes, (records[..., 1], records[..., 2])):
        axis.semilogy(steps, values.median(0).values, style, label=label)
        axis.fill_between(steps, values.amin(0), values.amax(0), color=style[:2], alpha=0.25)
        axis.set_xlabel("training step")
axes[0].set_ylabel("range of the loss (nats)")
axes[1].set_ylabel("change of the gradient (L2)")
axes[1].legend()
plt.show()

# Compare where both are equally far: not stuck at the start (2.3) and not finished.
plain_mid, normed_mid = [r[(r[..., 0] > 0.2) & (r[..., 0] < 1.5)].median(0).values for r in (plain, normed)]
early_plain, early_normed = plain[:, 0, 1].mean(), normed[:, 0, 1].mean()
print("                                          without BN    with BN")
print(f"loss 0.2 to 1.5: range of the loss          {plain_mid[1]:8.2f}   {normed_mid[1]:8.2f}")
print(f"loss 0.2 to 1.5: change of the gradient     {plain_mid[2]:8.2f}   {normed_mid[2]:8.2f}")
print(f"at step 5: range of the loss                {early_plain:8.2f}   {early_normed:8.2f}")
ratio = plain_mid / normed_mid
lowest = max(plain[..., 0].amin(1).max(), normed[..., 0].amin(1).max())
assert lowest < 1.5, f"both networks should train at this rate for every seed, the worst reaches {lowest:.2f}"
assert ratio[1] > 8, f"the loss should vary 8 times less with BN, the ratio is {ratio[1]:.1f}"
assert ratio[2] > 4, f"the gradient should change 4 times less with BN, the ratio is {ratio[2]:.1f}"
assert early_normed > 2 * early_plain, "at the very start, on its plateau, the plain network should vary less"
