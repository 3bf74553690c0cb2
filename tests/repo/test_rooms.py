"""The rooms of the house: who may import whom, nothing in a circle, and no module that has grown too long."""

import ast
from pathlib import Path

import pytest
from conftest import ROOT

from evidence.render.kept import MAKERS

# A room may import itself and what stands here; each door names its direction once.
MAY = {
    "errors": set(),
    "colours": set(),
    "read": {"errors"},
    "run": {"errors", "colours"},
    "records": {"errors", "read", "run"},
    "render": {"errors", "colours", "read", "records"},
    "export": {"errors", "read", "records", "render"},
    "fronts": {"errors", "colours", "read", "run", "records", "render", "export"},
    "__main__": {"errors", "fronts"},
}
LONGEST = 200  # lines of a module
LONGER: dict[str, int] = {}  # what is longer still; nothing is added


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module of the package below a folder, by its dotted name."""
    files = sorted((root / "evidence").rglob("*.py"))
    names = [".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in zip(names, files, strict=True)}


def imports(tree: ast.Module, known: set[str]) -> set[tuple[str, int]]:
    """(module, line) of each import of this package's own; those inside functions and for type checkers count too."""
    found = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in inner]
        elif isinstance(node, ast.ImportFrom):
            names = ["evidence.RELATIVE"]
        found |= {(name, node.lineno) for name in names if name.partition(".")[0] == "evidence"}
    return found


def room(module: str) -> str:
    return (module.split(".") + [""])[1]


def trespasses(root: Path) -> list[str]:
    """Imports against the directions of MAY."""
    known, found = modules(root), []
    for module, tree in known.items():
        may = MAY.get(room(module), set())
        for name, line in sorted(imports(tree, set(known))):
            if room(module) and room(name) not in may | {room(module)}:
                allowed = ", ".join(sorted(may)) or "nothing"
                found.append(f"{module}:{line}: imports {name}; {room(module)} may import {allowed}")
    return found


def circles(root: Path) -> list[str]:
    """Modules that lead back to themselves."""
    known = modules(root)
    graph = {module: {name for name, _ in imports(tree, set(known))} for module, tree in known.items()}
    return sorted(module for module in graph if module in _reach(graph, module))


def _reach(graph: dict[str, set[str]], start: str) -> set[str]:
    """All modules that a module leads to."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for name in graph.get(todo.pop(), set()) - found:
            found.add(name)
            todo.append(name)
    return found


def test_every_room_imports_what_it_may_and_no_more() -> None:
    assert trespasses(ROOT) == []


def test_what_is_kept_of_the_render_room_is_addressed_by_all_that_it_may_import() -> None:
    assert {name.removesuffix(".py") for name in MAKERS} == MAY["render"] | {"render"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(ROOT) == []


def test_no_module_is_too_long() -> None:
    lengths = {
        f.relative_to(ROOT).as_posix(): f.read_text(encoding="utf-8").count("\n") for f in (ROOT / "evidence").rglob("*.py")
    }
    assert {name: count for name, count in lengths.items() if count > LONGER.get(name, LONGEST)} == {}
    short = {name for name in LONGER if lengths.get(name, 0) <= LONGEST}
    assert not short, f"no longer too long, take it from the list: {short}"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "run/pool.py",
            "from evidence.read.pages import Page",
            "evidence.run.pool:1: imports evidence.read.pages; run may import",
        ),
        ("read/pages.py", "def f():\n    import evidence.records.store", "evidence.read.pages:2: imports evidence.records.store"),
        ("render/block.py", "from evidence.fronts import serve", "evidence.render.block:1: imports evidence.fronts"),
        ("export/site.py", "from ..fronts import serve", "evidence.export.site:1: imports evidence.RELATIVE"),
        ("attic/new.py", "from evidence.read import pages", "evidence.attic.new:1: imports evidence.read"),
        ("errors.py", "from evidence import colours", "evidence.errors:1: imports evidence.colours; errors may import nothing"),
    ],
)
def test_an_import_against_the_directions_is_found(tmp_path: Path, name: str, text: str, said: str) -> None:
    for module in ("fronts/serve.py", "colours.py", name):
        file = tmp_path / "evidence" / module
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if module == name else "")
    assert len(found := trespasses(tmp_path)) == 1 and found[0].startswith(said), found


def test_a_circle_is_found(tmp_path: Path) -> None:
    (tmp_path / "evidence/read").mkdir(parents=True)
    for name, other in {"a": "b", "b": "c", "c": "a", "d": "a"}.items():
        (tmp_path / f"evidence/read/{name}.py").write_text(f"def f():\n    from evidence.read import {other}\n")
    assert circles(tmp_path) == ["evidence.read.a", "evidence.read.b", "evidence.read.c"]
    (tmp_path / "evidence/read/c.py").write_text("")
    assert circles(tmp_path) == []
