"""What a fence that does not run may show: no Python that does something, and everything else."""

import pytest

from evidence.read.listings import listing_fault

DOES = {
    "import torch": "import torch",
    "assert x": "assert x",
    "print(1)": "print(1)",
    "model.train()": "model.train()",
    "    model.train()": "model.train()",
    "torch.manual_seed(0)": "torch.manual_seed(0)",
    "for module in model.modules():\n    module.eval()": "model.modules()",
    "optimizer = torch.optim.Adam([{'lr': 1e-4}, {'lr': head.rate}])": "optimizer = ",
    "net = build(size)": "net = build(size)",
    "net = build()\nfreeze(net)": "freeze(net)",
    "model.fc = nn.Linear(3, 5)": "model.fc = ",
    "x += step(y)": "x += step(y)",
    "Net()(x)": "Net()(x)",
    "layers[0](x)": "layers[0](x)",
    "def f(x):\n    return x": "def f(x):",
    "f = lambda x: x": "lambda x: x",
    "class Net(Module):\n    size = 3": "class Net(Module):",
    "while steps:\n    w = w - lr * g": "while steps:",
    "raise ValueError": "raise ValueError",
}
SHOWS = [
    "",
    "relu",
    "0.5",
    "relu\nsigmoid\ntanh",
    "yes, no",
    "pass\nfail",
    "y = w * x + b",
    "w -= lr * g",
    "softmax(z)",
    "max(0, x)",
    "Conv2d(in_channels, out_channels, kernel_size)",
    "accuracy: 0.91\nloss: 0.2",
    "class cat: 0.98\nclass dog: 0.5",
    "with dropout:\n    accuracy: 0.91",
    "loss = tensor(0.25)\nshape = torch.Size([1, -2])",
    "np.float64(0.5)",
    "tensor([1., nan], dtype=torch.float64, device=cuda)",
    "OrderedDict([('a', tensor([1]))])\n{'a': (1, 2), 'b': {3}}",
    "# a comment",
    "model.train() and then model.eval()",  # a sentence: no Python as a whole
]


@pytest.mark.parametrize("language", ["text", "console", "yaml"])
@pytest.mark.parametrize("text", DOES)
def test_python_that_does_something_is_refused_where_it_does_not_run(language: str, text: str) -> None:
    fault = listing_fault(language, f"{text}\n")
    assert f"found Python in a `{language}` fence" in fault and f"{DOES[text]}" in fault and "write `python`" in fault


@pytest.mark.parametrize("text", SHOWS)
def test_words_values_formulas_and_output_are_shown(text: str) -> None:
    assert listing_fault("text", f"{text}\n") == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("json", '{"lr": 0.1, "names": ["a"], "whole": true}\n'),
        ("toml", "[tool.ruff]\nline-length = 130\n"),
        ("toml", 'size = 3\ntool.name = "x"\n'),
        ("yaml", "site_name: Notes\n"),
        ("console", "$ make site\n"),
        ("diff", "-x = 1\n+x = 2\n"),
    ],
)
def test_settings_data_and_commands_are_shown(language: str, text: str) -> None:
    assert listing_fault(language, text) == ""
