"""In training mode an example's output depends on its batch mates; the noise's variance falls as 1 / batch size."""
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
    torch.nn.Conv2d(8, 16, 3, stride=2, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU(),
    torch.nn.Flatten(), torch.nn.Linear(16 * 4 * 4, 10),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(3):
    for batch in torch.randperm(len(y)).split(64):
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def noise_variance(batch_size, examples=6, draws=80):
    """Variance of an example's logits over random batch mates, averaged over the logits and a few examples."""
    variances = []
    for i in range(examples):
        mates = torch.randint(examples, len(y), (draws, batch_size - 1))
        outputs = torch.stack([model(torch.cat([x[i][None], x[m]]))[0] for m in mates])  # (draws, 10)
        variances.append(outputs.var(0).mean().item())
    return np.mean(variances)


sizes = [4, 8, 16, 32, 64, 128]
model.train()  # each batch is normalized with its own statistics
noise = [noise_variance(size) for size in sizes]
model.eval()  # every batch is normalized with the running statistics
noise_in_eval = noise_variance(4)
accuracy = (model(x).argmax(1) == y).float().mean().item()
slope, offset = np.polyfit(np.log(sizes), np.log(noise), 1)

figure, axis = plt.subplots(figsize=(5, 3.2))
axis.loglog(sizes, noise, "C0o", label="measured")
axis.loglog(sizes, noise[2] * 16 / np.array(sizes), "C1--", label="proportional to 1 / batch size")
axis.set_xlabel("batch size N")
axis.set_ylabel("variance of a logit")
axis.set_xticks(sizes, sizes)
axis.minorticks_off()
axis.legend()
plt.show()

print("variance of a logit, train():", ", ".join(f"{v:.3f} (N = {size})" for size, v in zip(sizes, noise)))
print(f"variance of a logit, eval():  {noise_in_eval:.3f} (N = 4)")
print(f"slope in log-log scale: {slope:.2f}")
assert accuracy > 0.9, f"the network should know the digits, accuracy {accuracy:.2f}"
assert noise[0] > 0.02, f"the same example should get different logits among different mates, variance {noise[0]:.3f}"
assert noise_in_eval < 1e-8, f"in eval() the mates should not matter, variance {noise_in_eval:.1e}"
assert all(1.2 < a / b < 3 for a, b in zip(noise, noise[1:])), "each doubling of N should about halve the variance"
assert -1.1 < slope < -0.8, f"the variance should fall about as 1 / N, slope {slope:.2f}"
