"""Fences that are read and do not run: what may be shown in them, so that nobody takes for tested what is not.

The rule, for every language of such a fence: a text that is Python as a whole may name things, state values and hold what a
program prints, and may not do anything. What does something: an import, an assertion, a definition, `print`, a jump; a loop,
a condition or a class that assigns; a call by a name with dots (`model.train()`), but for the names of classes and of NumPy's
numbers, as they are printed (`torch.Size([1, 2])`, `np.float64(0.5)`); a call whose value is kept or that takes what the text
has kept (`net = build(size)`). So words, numbers, `y = w * x + b`, `softmax(z)`, `tensor([0.5], device=cpu)` may be shown.
"""

import ast
import re
from textwrap import dedent

from evidence.read.syntax import LIKE_AN_INCLUDE, SHELL, SHOWN

JUMPS = (ast.Raise, ast.Return, ast.Delete, ast.Await, ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal)
DOES = (ast.Assert, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *JUMPS)
ASSIGNS = (ast.Assign, ast.AugAssign, ast.AnnAssign)
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match, ast.ClassDef)
TYPE = re.compile(r"[A-Z]\w*|(?:u?int|float|complex|bool|str)(?:\d+|_)")  # the last name of what `repr` writes as a call


def listing_fault(language: str, text: str) -> str:
    """Say why a fence of this language may not be shown, or ""."""
    if language in SHELL:
        return f"found a `{language}` fence: it would be executed; write `console` for commands to read"
    if language not in SHOWN:
        known = ", ".join(sorted({"python"} | SHOWN))
        return f"found a fence with the language {language!r}; expected `python`, which runs, or one of {known}"
    lines = text.split("\n")
    if any(LIKE_AN_INCLUDE.match(line) for line in lines):
        return f"found an include in a `{language}` fence, which does not run; write `python`"
    if any(line.lstrip().startswith((">>> ", "In [")) for line in lines):
        return f"found a Python session in a `{language}` fence: nothing tells whether it prints that; write a `python` fence"
    if found := _does(text):
        return (
            f"found Python in a `{language}` fence, which does not run: {found!r} does something; write `python` and let it "
            "assert what it is to show (a formula stands between dollar signs)"
        )
    return ""


def _does(text: str) -> str:
    """The first piece of a text by which a reader takes it for a script, where it is Python as a whole; else ""."""
    try:
        tree = ast.parse(dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept = {name.id for name in ast.walk(tree) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    found = next((node for node in ast.walk(tree) if _doing(node, kept)), None)
    return ast.unparse(found).partition("\n")[0] if found else ""


def _doing(node: ast.AST, kept: set[str]) -> bool:
    """Whether a node does something; `kept` are the names to which its text assigns."""
    if isinstance(node, BLOCKS):
        return any(isinstance(inner, ASSIGNS) and inner.value for inner in ast.walk(node))
    if isinstance(node, (*ASSIGNS, ast.NamedExpr)):
        calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
        of_another = isinstance(node, ast.Assign) and any(isinstance(target, ast.Attribute) for target in node.targets)
        return bool(calls and of_another) or not all(_printed(call) for call in calls)
    if isinstance(node, ast.Call) and not _printed(node):
        if not isinstance(node.func, ast.Name):
            return not (isinstance(node.func, ast.Attribute) and TYPE.fullmatch(node.func.attr))
        return node.func.id == "print" or any(isinstance(inner, ast.Name) and inner.id in kept for inner in ast.walk(node))
    return isinstance(node, DOES)


def _printed(call: ast.Call) -> bool:
    """Whether a call is the text of a value, as a program prints it: `tensor([1., nan], dtype=torch.float64)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Name) and call.func.id != "print":
        name = "Type"
    whole = [*call.args, *(word.value for word in call.keywords if not isinstance(word.value, ast.Attribute | ast.Name))]
    return bool(TYPE.fullmatch(name)) and all(_value(argument) for argument in whole)


def _value(node: ast.expr) -> bool:
    """Whether an expression is the text of a value."""
    if isinstance(node, ast.Call):
        return _printed(node)
    if isinstance(node, ast.Dict):
        return all(key is not None and _value(key) for key in node.keys) and all(_value(value) for value in node.values)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(_value(element) for element in node.elts)
    if isinstance(node, ast.UnaryOp | ast.BinOp):  # -1, 1 + 2j
        return all(_value(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
    return isinstance(node, ast.Constant) or isinstance(node, ast.Name) and node.id in ("nan", "inf")
