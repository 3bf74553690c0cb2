"""The code cells of notebooks: run one after the other in one namespace, as a kernel does, and read for what they leave behind.

python notebook_cells.py FILE.json …      each file: the texts of a notebook's code cells, in their order
"""

import ast
import builtins
import json
import os
import symtable
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

# What changes a library for all cells that follow, and how it is set back.
DEFAULTS = {"set_default_dtype": "torch.float32", "set_grad_enabled": "True", "use_deterministic_algorithms": "False"}
HARMLESS = {"set_num_threads", "set_num_interop_threads", "set_rng_state"}  # of speed alone, or of draws that a cell seeds anew
SETTERS = {"seterr", "setbufsize", "setrecursionlimit", "use_deterministic_algorithms", "setattr"}


def leaks(cells: list[str]) -> list[str]:
    """What a cell leaves behind that another cell would meet: a builtin with another meaning, a library that is set otherwise."""
    found: list[str] = []
    given: dict[str, int] = {}  # by which cell a name was given its meaning
    for number, cell in enumerate(cells, 1):
        table = symtable.symtable(cell, "cell", "exec")
        own = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
        for name in sorted((_globals(table) - own) & set(dir(builtins)) & set(given)):
            found.append(f"cell {number} uses the builtin {name}, which cell {given[name]} gives another meaning")
        given |= dict.fromkeys(own, number)
        found += [f"cell {number}, line {line}: {text}" for line, text in _settings(ast.parse(cell))]
    return found


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that a cell and its functions look up among the globals."""
    top = table.get_type() == "module"
    own = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return own.union(*(_globals(child) for child in table.get_children()))


def _settings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a cell sets a library otherwise and does not set it back."""
    modules = {a.asname or a.name.partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    last: dict[str, ast.Call] = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute | ast.Subscript)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and _root(node) in modules
        ):
            yield node.lineno, f"changes {ast.unparse(node)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _root(node.func) in modules:
            name, whole = node.func.attr, ast.unparse(node.func)
            if "rcParams" in whole or ".style.use" in whole or whole.endswith(".rc"):
                yield node.lineno, f"calls {whole}"
            elif (name.startswith("set_") and name not in HARMLESS) or name in SETTERS:
                last[name] = max(node, last.get(name, node), key=lambda call: call.lineno)
    for name, call in last.items():
        if not call.args or ast.unparse(call.args[0]) != DEFAULTS.get(name):
            yield call.lineno, f"ends with {ast.unparse(call)}; set it back, {name}({DEFAULTS.get(name, '…')})"


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def execute(file: Path) -> int:
    """Run the cells in this process; say what fails, and in which cell. Return the exit status."""
    space = {"__name__": "__main__"}
    for number, cell in enumerate(json.loads(file.read_text(encoding="utf-8")), 1):
        try:
            exec(compile(cell, f"{file.stem}, cell {number}", "exec"), space)
        except BaseException:
            print(f"{file.stem}, cell {number}:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            return 1
    return 0


def main() -> int:
    """Run each notebook in a fork of this process, in which the libraries that one of them names are there already."""
    texts = "".join(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
    if "matplotlib" in texts:
        import matplotlib.pyplot as plt

        plt.show = lambda *_, **__: plt.close("all")
    if "sklearn" in texts:
        import sklearn.datasets  # noqa: F401
    if "torch" in texts:
        import torch

        torch.set_num_threads(1)
    failed = 0
    for name in sys.argv[1:]:
        if (child := os.fork()) == 0:
            os._exit(execute(Path(name)))
        failed |= os.waitpid(child, 0)[1]
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
