"""In train() BN uses the batch's statistics, in eval() the running ones; a forgotten eval() changes the predictions."""
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
y = torch.tensor(digits.target)
order = torch.randperm(len(y))
train, test = order[:1000], order[1000:]
conv, bn = torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.BatchNorm2d(8)
model = torch.nn.Sequential(
    conv, bn, torch.nn.ReLU(), torch.nn.Flatten(),
    torch.nn.Linear(8 * 8 * 8, 64), torch.nn.BatchNorm1d(64), torch.nn.ReLU(), torch.nn.Linear(64, 10),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for _ in range(3):
    for batch in train[torch.randperm(1000)].split(50):
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def normalize(h, mean, var):  # the same formula in both modes, only the statistics differ
    mean, var, gamma, beta = [v.view(1, -1, 1, 1) for v in (mean, var, bn.weight, bn.bias)]  # (1, C, 1, 1)
    return gamma * (h - mean) / (var + bn.eps).sqrt() + beta


with torch.no_grad():
    # 1. Both modes by hand
    h = conv(x[test[:32]])  # (32, 8, 8, 8)
    model.eval()
    before = bn.running_mean.clone()
    by_hand = normalize(h, bn.running_mean, bn.running_var)
    assert torch.allclose(bn(h), by_hand, atol=1e-6), "eval() should use the running statistics"
    assert torch.equal(bn.running_mean, before), "eval() should leave the buffers alone"
    model.train()
    by_hand = normalize(h, h.mean((0, 2, 3)), h.var((0, 2, 3), unbiased=False))
    assert torch.allclose(bn(h), by_hand, atol=1e-6), "train() should use the batch's mean and biased variance"
    assert not torch.equal(bn.running_mean, before), "train() should move the buffers, even under no_grad()"

    # 2. A forgotten eval(): the same 797 test images, batched in different ways
    by_class = test[y[test].argsort(stable=True)]
    readings = [("eval", "one by one", test, 1), ("eval", "sorted by class", by_class, 50),
                ("train", "shuffled", test, 50), ("train", "sorted by class", by_class, 50)]
    accuracy = []
    for mode, description, images, size in readings:
        model.train(mode == "train")
        predicted = torch.cat([model(x[part]).argmax(1) for part in images.split(size)])
        accuracy.append((predicted == y[images]).float().mean().item())
        print(f"{mode + '()':<7}  {description:<15}  batch size {size:2d}  test accuracy {accuracy[-1]:.3f}")

    # 3. One example in train(): BatchNorm2d still has 64 pixels to average, BatchNorm1d has a single value
    try:
        model.train()(x[test[:1]])
        message = "no error"
    except ValueError as error:
        message = str(error)
    print("train()  a single image: ValueError:", message)

assert accuracy[0] > 0.9, f"the network should have learned the digits, accuracy {accuracy[0]:.3f}"
assert abs(accuracy[0] - accuracy[1]) < 0.003, "in eval() an image's prediction should not depend on the batch"
assert accuracy[2] > 0.9, f"shuffled batches of 50 should hide the mistake, accuracy {accuracy[2]:.3f}"
assert accuracy[3] < 0.5, f"batches of one class should ruin the predictions in train(), accuracy {accuracy[3]:.3f}"
assert "Expected more than 1 value per channel when training" in message, f"one value per channel is refused: {message}"
