"""A ReLU network keeps its function while its weight norm is changed at will; its path norm stays too."""
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
x = torch.tensor(load_digits().data, dtype=torch.float32) / 16  # (1797, 64)
model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
first, second = model[0], model[2]


def report(title):
    w1, w2 = first.weight, second.weight  # (32, 64), (10, 32)
    raw = (w1 ** 2).sum() + (w2 ** 2).sum()
    product = w1.norm() * w2.norm()
    path = ((w2 ** 2) @ (w1 ** 2)).sum().sqrt()  # each path: its two weights squared, multiplied
    print(f"{title:28s} squared norm {raw:9.1f}   product of norms {product:6.2f}   path norm {path:5.2f}")
    return model(x), raw, product, path


with torch.no_grad():
    logits, raw, product, path = report("as initialized")

    first.weight *= 10  # relu(10 z) = 10 relu(z), so the next layer can undo it
    first.bias *= 10
    second.weight /= 10
    logits_layer, raw_layer, product_layer, path_layer = report("layers times 10 and 1/10")

    factors = torch.rand(32) * 5 + 0.2  # now another factor for each hidden unit
    first.weight *= factors[:, None]
    first.bias *= factors
    second.weight /= factors
    logits_unit, raw_unit, product_unit, path_unit = report("another factor for each unit")

    second.weight *= 8  # larger weights at last: the output times 8
    second.bias *= 8
    logits_last, raw_last, product_last, path_last = report("last layer times 8")

close = {"rtol": 1e-4, "atol": 1e-5}
assert torch.allclose(logits_layer, logits, **close), "rescaling two layers by a and 1/a should keep the function"
assert torch.allclose(logits_unit, logits, **close), "rescaling single units should keep the function"
assert raw_layer > 20 * raw, f"the squared norm should grow without the function, {raw:.1f} -> {raw_layer:.1f}"
assert torch.isclose(product_layer, product, **close), "the product of norms should not see a rescaling of whole layers"
assert abs(product_unit / product - 1) > 0.05, "the product of norms should see a rescaling of single units"
assert torch.isclose(path_layer, path, **close), "the path norm should not see a rescaling of whole layers"
assert torch.isclose(path_unit, path, **close), "the path norm should not see a rescaling of single units"
assert torch.isclose(path_last, 8 * path, **close), "the path norm should see the eightfold output"
assert (logits_last.argmax(1) == logits.argmax(1)).all(), "an eightfold output should move no decision"
