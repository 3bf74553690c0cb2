"""Fences that are read and do not run: what may be shown in them, so that nobody takes for tested what is not."""

import ast

from evidence.read.syntax import LIKE_AN_INCLUDE, SHELL, SHOWN

CLAIMS = (ast.Assert, ast.Import, ast.ImportFrom)


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
    if _claims(text):
        return f"found Python that imports, prints or asserts in a `{language}` fence, which does not run; write `python`"
    return ""


def _claims(text: str) -> bool:
    """Whether a text is Python that a reader would take for a script: a few lines of advice are none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, CLAIMS) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
        for node in ast.walk(tree)
    )
