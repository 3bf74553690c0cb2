"""For inference a convolution and the BN after it fold into one convolution: same outputs, fewer operations."""
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
x = torch.tensor(load_digits().images, dtype=torch.float32)[:, None] / 16  # (1797, 1, 8, 8)
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 8, 3, padding=1, bias=False), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
    torch.nn.Conv2d(8, 16, 3, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU())  # one without a bias, one with
for bn in (model[1], model[4]):  # as after training: gamma and beta are not 1 and 0
    torch.nn.init.uniform_(bn.weight, 0.5, 1.5)
    torch.nn.init.normal_(bn.bias)
for batch in x.split(100):
    model(batch)  # fills the running statistics
model.eval()

folded = torch.nn.Sequential()
for conv, bn in ((model[0], model[1]), (model[3], model[4])):
    scale = bn.weight / (bn.running_var + bn.eps).sqrt()  # (C_out,)
    bias = 0 if conv.bias is None else conv.bias
    new = torch.nn.Conv2d(conv.in_channels, conv.out_channels, 3, padding=1)
    with torch.no_grad():
        new.weight.copy_(conv.weight * scale[:, None, None, None])  # one factor per output channel
        new.bias.copy_((bias - bn.running_mean) * scale + bn.bias)
    folded.extend([new, torch.nn.ReLU()])

count = {}
for name, net in (("conv + BN", model), ("folded", folded)):
    count[name], out = 0, x[:1]
    for layer in net:
        out = layer(out)
        if isinstance(layer, torch.nn.Conv2d):
            count[name] += out.numel() * layer.weight[0].numel()  # multiply-adds
        if isinstance(layer, torch.nn.BatchNorm2d):
            count[name] += out.numel()  # in eval() one multiply-add a value
    print(f"{name:9s}: {len(net)} layers, {sum(p.numel() for p in net.parameters()):,} parameters,"
          f" {count[name]:,} multiply-adds an image")

with torch.no_grad():
    difference = (model(x) - folded(x)).abs().max().item()
library = torch.nn.utils.fuse_conv_bn_eval(model[3], model[4])
print(f"largest difference of the outputs: {difference:.0e}")

assert difference < 1e-5, f"the folded network should give the same outputs, difference {difference:.1e}"
assert torch.allclose(library.weight, folded[2].weight, atol=1e-6), "fuse_conv_bn_eval should give the same weights"
assert torch.allclose(library.bias, folded[2].bias, atol=1e-6), "fuse_conv_bn_eval should give the same bias"
assert count["folded"] == 64 * (8 * 9 + 16 * 72), f"only the convolutions should be left, {count['folded']:,}"
assert count["conv + BN"] - count["folded"] == (8 + 16) * 64, "one multiply-add a value should be saved"
