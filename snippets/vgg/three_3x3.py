"""Three 3x3 layers see 7x7 pixels with 27C² weights where one 7x7 layer has 49C², and ReLU makes them more than one."""
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
C, N = 16, 15


def stack(F, depth, relu):
    layers = []
    for _ in range(depth):
        layers += [nn.Conv2d(C, C, F, padding=F // 2, bias=False), *[nn.ReLU()] * relu]
    return nn.Sequential(*layers).double()


def influence(model):  # size of the gradient of the unit in the middle at each pixel, over many inputs
    x = torch.randn(64, C, N, N, dtype=torch.float64, requires_grad=True)
    model(x)[:, :, N // 2, N // 2].sum().backward()
    return x.grad.pow(2).mean((0, 1)).sqrt()  # (N, N)


views = {}
for name, F, depth, side in (("one 3x3", 3, 1, 3), ("two 3x3", 3, 2, 5), ("three 3x3", 3, 3, 7), ("one 7x7", 7, 1, 7)):
    model = stack(F, depth, relu=True)
    views[name] = influence(model)
    view = views[name] > 0
    weights = sum(p.numel() for p in model.parameters())
    square = view[(N - side) // 2 : (N + side) // 2, (N - side) // 2 : (N + side) // 2]
    print(f"{name:9s} sees {side}x{side} pixels, {weights / C**2:2.0f} C² weights, {depth} ReLU")
    assert square.all() and view.sum() == side**2, f"{name} should see {side}x{side}, sees {view.sum()} pixels"
    assert weights == F**2 * depth * C**2, f"{name} should have {F**2 * depth}C² weights, has {weights / C**2:.1f}C²"
middle = {name: (view[N // 2, N // 2] / view[N // 2 - 3, N // 2 - 3]).item() for name, view in views.items()}
assert middle["three 3x3"] > 3, f"in the stack the middle should count over 3 times the corner: {middle['three 3x3']:.1f}"
assert 0.5 < middle["one 7x7"] < 2, f"in one random 7x7 layer all pixels should count alike: {middle['one 7x7']:.1f}"

linear, bent = stack(3, 3, relu=False), stack(3, 3, relu=True)
bent.load_state_dict(dict(zip(bent.state_dict(), linear.state_dict().values(), strict=True)))  # the same weights
impulse = torch.eye(C, dtype=torch.float64)[:, :, None, None] * torch.zeros(1, 1, N, N, dtype=torch.float64)
impulse[range(C), range(C), N // 2, N // 2] = 1  # one channel at a time
response = linear(impulse)[:, :, 4:11, 4:11]  # (C in, C out, 7, 7)
merged = nn.Conv2d(C, C, 7, bias=False).double()
with torch.no_grad():
    merged.weight.copy_(response.transpose(0, 1).flip(2, 3))
x = torch.randn(4, C, N, N, dtype=torch.float64)
inside, one = (slice(None), slice(None), slice(3, 12), slice(3, 12)), merged(x)  # away from the padded border
gaps = [((m(x)[inside] - one).norm() / m(x)[inside].norm()).item() for m in (linear, bent)]
print(f"merged into one 7x7 layer: gap {gaps[0]:.0e} without ReLU, {gaps[1]:.1f} times the output with ReLU")
assert gaps[0] < 1e-12, f"without ReLU the stack should be one 7x7 layer, gap {gaps[0]:.1e}"
assert gaps[1] > 0.3, f"with ReLU it should not be, gap {gaps[1]:.2f}"

fig, axes = plt.subplots(1, 4, figsize=(7, 1.9))
for ax, (name, view) in zip(axes, views.items(), strict=True):
    ax.imshow(view.where(view > 0, torch.nan), cmap="cividis", vmin=0)
    ax.set(title=name, xticks=[], yticks=[])
plt.show()
