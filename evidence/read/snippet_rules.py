"""The rules of a snippet, so that a reader can copy it and trust it."""

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from evidence.errors import EvidenceError
from evidence.read.model import Fence
from evidence.read.tree import calls, nodes_of, tree_of

ALLOWED = set(sys.stdlib_module_names) | {"numpy", "torch", "matplotlib", "sklearn"}
LONGEST_LINE = 130  # characters
SHIFTS = 10  # by which seeds are shifted at most


def snippet_faults(fence: Fence) -> Iterator[EvidenceError]:
    """What is wrong with the form of a snippet that stands in a fence, each thing with the line of its own file."""
    for number, fault in faults(fence.code):
        origin = fence.origin[min(number, len(fence.origin)) - 1]
        yield EvidenceError(origin.path, origin.number, fault)


@lru_cache(maxsize=1024)  # a site is read anew with each edit, and most snippets are as they were
def faults(source: str) -> tuple[tuple[int, str], ...]:
    """What is wrong with a snippet, with its lines; nothing where it is well formed or is no Python at all."""
    try:
        tree, nodes = tree_of(source), nodes_of(source)  # once for all rules
    except (SyntaxError, ValueError):
        return ()  # its run says so, better than a rule could
    return tuple(sorted({*_claim(tree), *_assertions(nodes), *_imports(nodes), *_clock(nodes), *_seeds(nodes), *_lines(source)}))


def _claim(tree: ast.Module) -> Iterator[tuple[int, str]]:
    docstring = ast.get_docstring(tree)
    if not docstring or "\n" in docstring.strip():
        yield 1, "expected a docstring of one line, the claim that is proved"


def _assertions(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[int, str]]:
    asserts = [node for node in nodes if isinstance(node, ast.Assert)]
    if not asserts:
        yield 1, 'asserts nothing; end with the claim: `assert found < expected, f"… should …, was {found}"`'
    for node in asserts:
        if node.msg is None:
            yield node.lineno, "found an assertion without a message; say what should be and what was"
        if isinstance(node.test, ast.Constant | ast.Tuple):
            yield node.lineno, "found an assertion that cannot fail"


def _imports(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.partition(".")[0] not in ALLOWED:
                has = "a reader has the standard library, NumPy, PyTorch, Matplotlib, scikit-learn"
                yield getattr(node, "lineno", 1), f"imports {name}; {has}"


def _clock(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name == "process_time":
            message = "found process_time, which Linux counts in ticks where a limit of CPU time is set; take thread_time"
            yield getattr(node, "lineno", 1), message


def _seeds(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[int, str]]:
    for values in _seed_values(nodes):
        if _near(values):
            found = f"`{ast.unparse(values)}`: a shift by 1 to {SHIFTS} brings seeds back; take range(0, 300, 100)"
            yield values.lineno, f"found the seeds {found}"


def _seed_values(nodes: tuple[ast.AST, ...]) -> list[ast.expr]:
    """What a name `seed` or `seeds` runs over or is set to, where it can be read off."""
    found: list[tuple[ast.expr, ast.expr]] = []
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            target, values = node.target, node.iter
            if calls(values, "enumerate"):
                target = target.elts[-1] if isinstance(target, ast.Tuple) else target
                values = values.args[0]
            found.append((target, values))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            found += zip(node.targets[0].elts, node.value.elts, strict=False)
        elif isinstance(node, ast.Assign):
            found.append((node.targets[0], node.value))
    return [value for target, value in found if isinstance(target, ast.Name) and target.id in ("seed", "seeds")]


def _near(values: ast.expr) -> bool:
    """Whether seeds are so near each other that a shift of all by 1 to 10 brings some of them back."""
    if calls(values, "range"):
        if len(values.args) < 3:
            return True
        step = values.args[2]
        return isinstance(step, ast.Constant) and isinstance(step.value, int) and step.value <= SHIFTS
    elements = values.elts if isinstance(values, ast.Tuple | ast.List) else []
    numbers = [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, int)]
    return any(0 < b - a <= SHIFTS for a, b in pairwise(sorted(numbers)))


def _lines(source: str) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(source.split("\n"), 1):
        if "TODO" in text:
            yield number, f"is not filled in: {text.strip()}"
        if len(text) > LONGEST_LINE:
            yield number, f"found {len(text)} characters in a line, at most {LONGEST_LINE} are read"
