"""No test passes or fails by the clock: machines are slow, and busy."""

import ast
from pathlib import Path

import pytest
from conftest import ROOT

FILES = sorted(file for pattern in ("*.py", "*/*.py") for file in (ROOT / "tests").glob(pattern))
CLOCKS = {
    "time",
    "monotonic",
    "perf_counter",
    "process_time",
    "thread_time",
    "monotonic_ns",
    "perf_counter_ns",
    "process_time_ns",
}


def timed(tree: ast.AST) -> list[int]:
    """The lines of assertions in which a clock, a name that was computed from one, or the seconds of a run take part."""
    found = []
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
        names: set[str] = set()
        assigned = [node for node in ast.walk(scope) if isinstance(node, ast.Assign | ast.AugAssign | ast.NamedExpr)]
        for _ in assigned:  # as often as a chain of names could be long
            for node in assigned:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if _clock(node.value, names):
                    names |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        tests = [node.test for node in ast.walk(scope) if isinstance(node, ast.Assert)]
        spans = [test for test in tests if any(getattr(n, "attr", "") in ("seconds", "duration") for n in ast.walk(test))]
        found += [test.lineno for test in tests if test in spans or _clock(test, names)]
    return sorted(set(found))


def _clock(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression calls a clock or holds one of the names."""
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    read = any(isinstance(call, ast.Attribute) and call.attr in CLOCKS for call in calls)
    return read or any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_assertion_reads_a_clock(file: Path) -> None:
    lines = timed(ast.parse(file.read_text(encoding="utf-8")))
    helps = "asserts on seconds; hold it against work that is timed beside it, in tools/bench.py"
    assert not lines, f"{file.relative_to(ROOT)}:{lines[0]}: {helps}"


@pytest.mark.parametrize(
    "body",
    [
        "began = time.monotonic()\n    work()\n    assert time.monotonic() - began < 60",
        "began = time.perf_counter()\n    took = time.perf_counter() - began\n    rest = 2 * took\n    assert rest < 60",
        "assert records.load(fence).seconds <= 60",
    ],
)
def test_an_assertion_that_reads_a_clock_is_found(body: str) -> None:
    assert len(timed(ast.parse(f"def test():\n    {body}\n"))) == 1


def test_a_wait_and_a_comparison_of_counts_are_no_such_assertion() -> None:
    source = "def test():\n    end = time.monotonic() + 60\n    while time.monotonic() < end:\n        step()\n    assert count\n"
    assert timed(ast.parse(source)) == []
