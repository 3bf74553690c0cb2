"""An in-place ReLU breaks what kept its input, and changes a shortcut in silence."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(8, 4)  # (N, features)
linear = nn.Linear(4, 4)
norm = nn.BatchNorm1d(4)


def add_in_place(x, inplace):
    y = F.relu(linear(x), inplace)
    y += x  # changes the output that ReLU has kept
    return y


def shortcut(x, inplace):
    x = linear(x)
    return x + F.relu(x, inplace)  # is the first x still what it was?


blocks = {
    "linear, ReLU": lambda x, inplace: F.relu(linear(x), inplace),
    "batch norm, ReLU": lambda x, inplace: F.relu(norm(linear(x)), inplace),
    "sigmoid, ReLU": lambda x, inplace: F.relu(linear(x).sigmoid(), inplace),
    "ReLU, then y += x": add_in_place,
    "x + ReLU(x)": shortcut,
}
# region: each block with and without, and the message
import textwrap


def run(block, inplace):
    """The block's output and the gradient of the weights, or the error."""
    linear.zero_grad()
    try:
        y = block(x, inplace)
        y.square().sum().backward()
    except RuntimeError as error:
        return error
    return torch.cat([y.detach(), linear.weight.grad.clone()])


print(f"{'':19}inplace=False  inplace=True")
found, messages = {}, []
for name, block in blocks.items():
    pair = run(block, False), run(block, True)
    words = []
    for one in pair:
        failed = isinstance(one, RuntimeError)
        messages += [str(one)] if failed else []
        words.append("RuntimeError" if failed else "runs")
    if words == ["runs", "runs"] and not torch.equal(*pair):
        words[1] = "another result"
    found[name] = words
    print(f"{name:19}{words[0]:13}  {words[1]}")
print(textwrap.fill(f"RuntimeError: {messages[0]}", 76))
# endregion

# %% proof: the message, the remedies, and what is kept for the backward pass
expected = {
    "linear, ReLU": ["runs", "runs"],
    "batch norm, ReLU": ["runs", "runs"],
    "sigmoid, ReLU": ["runs", "RuntimeError"],
    "ReLU, then y += x": ["RuntimeError", "RuntimeError"],
    "x + ReLU(x)": ["runs", "another result"],
}
assert found == expected, f"the blocks should do {expected}, did {found}"
begins = (
    "one of the variables needed for gradient computation has been modified by an "
    "inplace operation"
)
assert len(messages) == 3, f"three blocks should fail, {len(messages)}"
for message in messages:
    assert message.startswith(begins), f"should begin with {begins!r}: {message}"
named = [m.split("output 0 of ")[1].split(",")[0] for m in messages]
assert named == ["Sigmoid", "Relu", "Relu"], f"who kept the tensor is named: {named}"
counts = ["is at version 1; expected version 0", *["is at version"] * 2]
for message, count in zip(messages, counts, strict=True):
    assert count in message, f"the writes should be counted: {message}"


# The remedies: y = y + x, and a shortcut that is kept before the ReLU overwrites it
def added(x, inplace):
    y = F.relu(linear(x), inplace)
    return y + x


def kept(x, inplace):
    x = linear(x)
    return x + F.relu(x.clone(), inplace)


for name, block in (("y = y + x", added), ("x.clone()", kept)):
    first, second = run(block, False), run(block, True)
    assert torch.equal(first, second), f"{name} should give the same either way"
plain = run(shortcut, False)
assert torch.equal(plain, run(kept, True)), "the clone should give what was meant"
twice = run(lambda x, _: 2 * F.relu(linear(x)), False)
changed = run(shortcut, True)
assert torch.equal(twice[:8], changed[:8]), "in place it should be 2 ReLU(x)"

# Whoever keeps its output fails in front of an in-place ReLU, and so does ReLU in front
# of dropout in place.
for before in (torch.sigmoid, torch.tanh, torch.exp, lambda x: x.softmax(1)):
    reply = run(lambda x, inplace, f=before: F.relu(f(linear(x)), inplace), True)
    assert isinstance(reply, RuntimeError), "an output that is kept should be missed"
reply = run(lambda x, inplace: F.dropout(F.relu(linear(x)), 0.5, True, inplace), True)
assert isinstance(reply, RuntimeError), (
    "dropout in place should overwrite ReLU's output"
)
assert "of Relu" in str(reply), f"and ReLU should be named: {reply}"
for layer in (linear, norm, nn.LayerNorm(4)):
    pair = [
        run(lambda x, i, f=layer: F.relu(f(linear(x)), i), i) for i in (False, True)
    ]
    assert torch.equal(*pair), f"{layer} needs no output: the same result in place"

# More traps: a leaf, and a hook that sees the output changed
leaf = torch.ones(3, requires_grad=True)
try:
    F.relu(leaf, inplace=True)
    raise AssertionError("a leaf that requires grad should be refused")
except RuntimeError as error:
    said = str(error)
message = "a leaf Variable that requires grad is being used in an in-place operation."
assert said == message, f"the message should be {message!r}, is {said!r}"
features = []
handle = linear.register_forward_hook(lambda *call: features.append(call[2]))
nn.Sequential(linear, nn.ReLU(inplace=True))(x)
handle.remove()
least = features[0].min().item()
assert least == 0, f"a hook on the linear layer should find ReLU's output, {least}"

# What is kept for the backward pass of five blocks of conv, BN, activation
kinds = {"ReLU": nn.ReLU, "ReLU6": nn.ReLU6, "leaky ReLU": nn.LeakyReLU}
kinds |= {"ELU": nn.ELU, "SiLU": nn.SiLU}
images = torch.randn(4, 8, 32, 32)
maps = images.numel() * 4  # bytes of one feature map of the batch


def kept_maps(kind, inplace, blocks):
    """How many feature maps wait for the backward pass."""
    torch.manual_seed(0)
    layers = []
    for _ in range(blocks):
        layers.append(nn.Conv2d(8, 8, 3, padding=1, bias=False))
        layers += [nn.BatchNorm2d(8), kinds[kind](inplace=inplace)]
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes(), tensor  # held: no address twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = nn.Sequential(*layers)(images).sum()
    large = sum(nbytes for nbytes, _ in sizes.values() if nbytes >= maps)
    loss.backward()
    return large / maps


print("\nfeature maps kept for each block of convolution, BN, activation")
print("            inplace=False  inplace=True")
measured = {}
for kind in kinds:
    sides = []
    for inplace in (False, True):
        sides.append(kept_maps(kind, inplace, 6) - kept_maps(kind, inplace, 5))
    print(f"{kind:11} {sides[0]:13.1f}  {sides[1]:12.1f}")
    name = kind.split()[0].lower()
    measured |= {f"{name}_out": sides[0], f"{name}_in": sides[1]}
    should = {"ReLU": [2, 2], "leaky ReLU": [3, 2], "ELU": [3, 2]}.get(kind, [3, 3])
    assert sides == should, f"{kind} should keep {should} maps, keeps {sides}"
