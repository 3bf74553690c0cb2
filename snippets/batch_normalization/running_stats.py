"""PyTorch's running statistics are an average in which `momentum` weighs the NEW batch, with the unbiased variance."""
import torch

torch.manual_seed(0)
bn = torch.nn.BatchNorm2d(3)  # momentum=0.1, eps=1e-5 by default
cumulative = torch.nn.BatchNorm2d(3, momentum=None)
running_mean, running_var = torch.zeros(3), torch.ones(3)  # where every BatchNorm starts
means = []

for step in range(50):
    x = 2 + 3 * torch.randn(4, 3, 2, 2)  # (N, C, H, W), true mean 2, true variance 9
    y = bn(x)
    cumulative(x)
    mean = x.mean((0, 2, 3))  # (C,)
    biased = x.var((0, 2, 3), unbiased=False)  # divided by n = N·H·W = 16
    unbiased = x.var((0, 2, 3), unbiased=True)  # divided by n - 1 = 15
    running_mean = 0.9 * running_mean + 0.1 * mean  # momentum 0.1 weighs the new value
    running_var = 0.9 * running_var + 0.1 * unbiased
    by_hand = (x - mean[:, None, None]) / (biased[:, None, None] + 1e-5).sqrt()
    assert torch.allclose(y, by_hand, atol=1e-6), "training output should use the batch mean and the biased variance"
    means.append(mean)
    if step in (0, 9, 49):
        r, v = bn.running_mean[0].item(), bn.running_var[0].item()
        print(f"step {step + 1:2d}: running mean {r:5.2f}, running variance {v:5.2f}")

assert torch.allclose(bn.running_mean, running_mean, atol=1e-6), "the mean's update should be 0.9 old + 0.1 new"
assert torch.allclose(bn.running_var, running_var, atol=1e-5), "the variance's update should use the unbiased estimate"
average = torch.stack(means).mean(0)
assert torch.allclose(cumulative.running_mean, average, atol=1e-6), "momentum=None should be a plain average"
near = (bn.running_mean - 2).abs().max().item()  # 0.9^50 = 0.005: the start is forgotten
assert near < 1, f"after 50 batches the running mean should be near the true 2, off by {near:.2f}"
assert 6 < bn.running_var.mean() < 12, f"and the running variance near the true 9, is {bn.running_var.mean():.1f}"
assert bn.num_batches_tracked == 50, f"50 batches went through, the module counted {bn.num_batches_tracked}"

swapped = torch.nn.BatchNorm1d(1, momentum=0.9)  # an optimizer's habit, taken over by mistake
swapped(torch.tensor([[9.0], [11.0]]))  # one batch with mean 10
print(f"momentum 0.9, one batch of mean 10: running mean {swapped.running_mean.item():.1f}")
assert abs(swapped.running_mean.item() - 9.0) < 1e-5, "with momentum 0.9 one batch should go nine tenths of the way"
