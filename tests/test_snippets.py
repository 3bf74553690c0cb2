"""What every snippet of the site keeps to, so that a reader can copy it and trust it."""

import ast
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from evidence.read.pages import read_site

ROOT = Path(__file__).parent.parent
SHOWN = {fence.snippet: fence.question for page in read_site(ROOT) for fence in page.fences}
SNIPPETS = sorted((ROOT / "snippets").rglob("*.py"))
ALLOWED = set(sys.stdlib_module_names) | {"numpy", "torch", "matplotlib", "sklearn"}


def seeds(tree: ast.AST) -> list[tuple[str, ast.expr]]:
    """What each name of a snippet runs over or is set to, where it can be read off: ("seed", range(0, 300, 100))."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            counted = isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "enumerate"
            target = node.target.elts[-1] if counted and isinstance(node.target, ast.Tuple) else node.target
            found.append((ast.unparse(target), node.iter.args[0] if counted else node.iter))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            found += [(ast.unparse(name), value) for name, value in zip(node.targets[0].elts, node.value.elts, strict=True)]
        elif isinstance(node, ast.Assign):
            found.append((ast.unparse(node.targets[0]), node.value))
    return [(name, value) for name, value in found if name in ("seed", "seeds")]


def near(values: ast.expr) -> bool:
    """Whether seeds are so near each other that a shift of all by 1 to 10 brings some of them back."""
    if isinstance(values, ast.Call) and ast.unparse(values.func) == "range":
        return len(values.args) < 3 or (isinstance(values.args[2], ast.Constant) and values.args[2].value <= 10)
    numbers = [e.value for e in values.elts if isinstance(e, ast.Constant)] if isinstance(values, ast.Tuple | ast.List) else []
    return any(0 < b - a <= 10 for a, b in pairwise(sorted(numbers)))


def faults(source: str) -> list[str]:
    """Say what is wrong with a snippet's form; nothing where it is well formed."""
    tree = ast.parse(source)
    found = []
    docstring = ast.get_docstring(tree)
    if not docstring or "\n" in docstring.strip():
        found.append("line 1: expected a docstring of one line, the claim that is proved")
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    if not asserts:
        found.append('it asserts nothing; end it with the claim: `assert found < expected, f"… should …, was {found}"`')
    for node in asserts:
        if node.msg is None:
            found.append(f"line {node.lineno}: this assertion has no message; say what should be and what was")
        if isinstance(node.test, ast.Constant | ast.Tuple):
            found.append(f"line {node.lineno}: this assertion cannot fail")
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [
            f"line {node.lineno}: imports {name}; a reader has the standard library, NumPy, PyTorch, Matplotlib, scikit-learn"
            for name in names
            if name.partition(".")[0] not in ALLOWED
        ]
    found += [
        f"line {values.lineno}: `{ast.unparse(values)}`: a shift by 1 to 10 brings seeds back; take range(0, 300, 100)"
        for _, values in seeds(tree)
        if near(values)
    ]
    found += [f"line {n} is not filled in: {x.strip()}" for n, x in enumerate(source.splitlines(), 1) if "TODO" in x]
    found += [f"line {n}: {len(x)} characters, at most 130" for n, x in enumerate(source.splitlines(), 1) if len(x) > 130]
    return found


@pytest.mark.parametrize(
    "path", SNIPPETS, ids=lambda p: f"{p.relative_to(ROOT).as_posix()}:{SHOWN.get(p.relative_to(ROOT).as_posix(), '')}"
)
def test_a_snippet_states_its_claim_and_asserts_it(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = [f"{name}: {fault}" for fault in faults(path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\nassert x == 1, 'm'\n", "expected a docstring"),
        ('"""Two\nlines."""\nassert 1 == 1, "m"\n', "expected a docstring of one line"),
        ('"""Claim."""\nx = 1\n', "asserts nothing"),
        ('"""Claim."""\nassert 1 == 1\n', "line 2: this assertion has no message"),
        ('"""Claim."""\nfor n, seed in enumerate(range(3)):\n    assert n < 3, "m"\n', "line 2: `range(3)`: a shift by 1 to 10"),
        ('"""Claim."""\nfor seed in range(0, 30, 10):\n    assert seed < 30, "m"\n', "line 2: `range(0, 30, 10)`: a shift"),
        ('"""Claim."""\nx, seeds = 1, (0, 5)\nassert x, "m"\n', "line 2: `(0, 5)`: a shift by 1 to 10"),
        ('"""Claim."""\nassert (1 == 2, "m"), "m"\n', "line 2: this assertion cannot fail"),
        ('"""Claim."""\nimport torchvision\nassert 1 == 1, "m"\n', "line 2: imports torchvision"),
        ('"""Claim."""\nx = 1  # TODO: more\nassert x == 1, "m"\n', "line 2 is not filled in: x = 1  # TODO: more"),
        (f'"""Claim."""\nassert 1 == 1, "{"m" * 130}"\n', "line 2: 147 characters"),
    ],
)
def test_a_snippet_out_of_form_is_named(source: str, said: str) -> None:
    assert any(said in fault for fault in faults(source)), faults(source)


@pytest.mark.parametrize("path", sorted((ROOT / "docs/labs").glob("*.py")), ids=lambda path: path.stem)
def test_a_lab_asserts_its_answer_and_needs_no_more_than_a_snippet(path: Path) -> None:
    found = [
        fault for fault in faults(path.read_text(encoding="utf-8")) if "docstring" not in fault and "characters" not in fault
    ]
    assert not found, "\n".join(f"{path.relative_to(ROOT)}: {fault}" for fault in found)
