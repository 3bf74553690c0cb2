"""Hold the snippets in the second form to ruff's format, for lines that do not wrap on a page; part of `make lint`."""

import subprocess
import sys
from pathlib import Path

from evidence.read.pages import read_site
from evidence.read.rules import WIDTH


def formed(root: Path) -> list[str]:
    """The snippets of a project that have a proof or a knob."""
    found = {fence.snippet for page in read_site(root) for fence in page.fences if fence.parts.formed}
    return sorted(name for name in found if name.endswith(".py"))


def unformatted(root: Path) -> str:
    """What ruff would change in them, or ""."""
    if not (names := formed(root)):
        return ""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(WIDTH), "--diff", "--no-cache"]
    done = subprocess.run([*command, *names], cwd=root, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


if __name__ == "__main__":
    if said := unformatted(Path.cwd()):
        sys.exit(f"{said}\nformat it: ruff format --isolated --line-length {WIDTH} snippets/…")
