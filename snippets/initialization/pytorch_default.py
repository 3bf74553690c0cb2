"""PyTorch draws the weights and biases of its Linear and Conv2d layers from U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""
import math

import torch

seed = 0
torch.manual_seed(seed)
layers = {  # fan_in is what one output sums over; a transposed convolution is counted by its output channels
    "Linear(300, 200)": (torch.nn.Linear(300, 200), 300),
    "Conv2d(32, 64, 3)": (torch.nn.Conv2d(32, 64, 3), 32 * 3 * 3),
    "Conv2d(32, 64, 3, groups=4)": (torch.nn.Conv2d(32, 64, 3, groups=4), 32 // 4 * 3 * 3),
    "ConvTranspose2d(32, 64, 3)": (torch.nn.ConvTranspose2d(32, 64, 3), 64 * 3 * 3),
}

for name, (layer, fan_in) in layers.items():
    torch.manual_seed(seed)
    layer.reset_parameters()  # the draw that the constructor makes
    weight, bound = layer.weight.detach(), 1 / math.sqrt(fan_in)
    ratio = weight.var().item() * 3 * fan_in  # a uniform draw from -b..b has variance b^2 / 3
    print(f"{name:28s} bound {bound:.4f}, largest |w| {weight.abs().max():.4f}, variance x 3 fan_in {ratio:.2f}")
    assert 0.99 * bound < weight.abs().max() <= bound, f"{name}: weights should fill -{bound:.4f} to {bound:.4f}"
    assert abs(ratio - 1) < 0.05, f"{name}: the variance should be 1 / (3 fan_in), it is {ratio:.3f} times that"
    assert 0.9 * bound < layer.bias.abs().max() <= bound, f"{name}: the bias should be drawn from the same interval"
    torch.manual_seed(seed)
    by_hand = torch.empty_like(weight).uniform_(-bound, bound)
    assert torch.allclose(weight, by_hand, atol=1e-7), f"{name}: the same seed should give the same weights by hand"
    torch.manual_seed(seed)
    kaiming = torch.nn.init.kaiming_uniform_(torch.empty_like(weight), a=math.sqrt(5))
    assert torch.equal(weight, kaiming), f"{name}: the weights should be kaiming_uniform_ with a = sqrt(5)"
