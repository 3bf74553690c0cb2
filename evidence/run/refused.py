"""What no snippet needs, refused by its line before anything runs: ways round the end of a program, and into its judge.

A name can be hidden from this check (`getattr(os, "_ex" + "it")`); then the process's own walls stand. The check is there so
that a reviewer never has to look for these names.
"""

import ast
from collections.abc import Iterator

MODULES = frozenset({"evidence", "ctypes", "_ctypes", "gc", "_posixsubprocess", "_socket", "_thread", "_testcapi", "cffi"})
CALLS = frozenset(
    {"os.fork", "os.forkpty", "os._exit", "os.abort", "os.dup2", "os.closerange", "atexit._clear"}
    | {"sys.settrace", "sys.setprofile", "sys.modules", "sys.meta_path", "sys.path", "sys.excepthook", "sys.unraisablehook"}
    | {"sys.addaudithook", "threading.excepthook", "threading._shutdown", "atexit.unregister", "faulthandler", "resource"}
    | {"os.*", "sys.*", "threading.*", "atexit.*"}
)
ATTRIBUTES = frozenset(
    {"_getframe", "_current_frames", "f_back", "f_globals", "f_locals", "f_builtins", "tb_frame", "gi_frame", "cr_frame"}
    | {"ag_frame", "__globals__", "__closure__", "cell_contents", "__subclasses__", "__builtins__", "__loader__", "__spec__"}
)


def refusals(code: str) -> list[tuple[int, str]]:
    """The lines of a snippet that name what is refused, with the name.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(code)
    names = dict(_imported(tree))
    return sorted({(node.lineno, found) for node in ast.walk(tree) if (found := _refused(node, names))})  # type: ignore[attr-defined]


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield one.asname or one.name.partition(".")[0], one.name if one.asname else one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield from ((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)


def _refused(node: ast.AST, names: dict[str, str]) -> str:
    """What a node of the tree names that is refused, or ""."""
    if isinstance(node, ast.Import):
        found = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom):
        found = [str(node.module), *(f"{node.module}.{one.name}" for one in node.names)]
    elif isinstance(node, ast.Attribute):
        found = [_dotted(node, names), node.attr]
    elif isinstance(node, ast.Name):
        found = [node.id] if node.id in ATTRIBUTES else []
    else:
        found = []
    for name in found:
        if name in ATTRIBUTES or name in CALLS or not isinstance(node, ast.Attribute) and _module(name):
            return name
    return ""


def _module(name: str) -> bool:
    return name in CALLS or name.partition(".")[0] in MODULES


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    """`os.path.join` for the tree of it, with the names that imports gave resolved; "" for what is no such name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    base = _dotted(node.value, names) if isinstance(node, ast.Attribute) else ""
    return f"{base}.{node.attr}" if isinstance(node, ast.Attribute) and base else ""
