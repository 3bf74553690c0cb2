"""Which files may lie under docs/ and snippets/: what lies there is published, so nothing lies there that nobody looks at."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from evidence.errors import EvidenceError

ANYWHERE = {".md", ".bib", ".txt", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"}  # nothing of it runs in a browser
IN_ASSETS = {".js", ".css", ".svg", ".woff2"}  # the theme's own; who changes it changes the machinery
ASSETS, LABS, WORKER = "docs/assets/", "docs/labs/", "docs/sw.js"
YAML = re.compile(r"-{3}[ \t]*\n(?P<fields>.*?\n)?(?:\.{3}|-{3})[ \t]*\n", re.S)
FIELD = re.compile(r"(?:title|description): [^<>&\"'\x00-\x1f\x7f:#{}\[\]|*!%@`]+")
FENCED = re.compile(r"^(?:-{3}|\.{3})\s*$", re.M)
FIELD_LIKE = re.compile(r"[ ]{0,3}[\w-]+:(?:\s|$)", re.ASCII)


def stray_files(root: Path) -> Iterator[EvidenceError]:
    """What lies under docs/ and snippets/ and must not be published."""
    for top in ("docs", "snippets"):
        for folder, folders, files in os.walk(root / top):
            folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
            for name in (*folders, *sorted(files)):
                path = Path(folder) / name
                shown = path.relative_to(root).as_posix()
                if path.is_symlink():
                    yield EvidenceError(shown, 1, "is a link to another file, which would be published; put the file itself here")
                elif name in files and not name.startswith(".") and (fault := _fault(shown)):
                    yield EvidenceError(shown, 1, fault)


def _fault(path: str) -> str:
    """Say why a file may not lie where it lies, or ""."""
    kind = Path(path).suffix.lower()
    if path.startswith("snippets/"):
        return "" if kind == ".py" else "is no snippet; under snippets/ lie Python files that pages show, and nothing else"
    if kind == ".ipynb":
        return "is a notebook, whose outputs no run here produced; write the lab as docs/labs/NAME.py, its notebook is made of it"
    if kind == ".py":
        ours = Path(path).parent == Path(LABS)
        return "" if ours else "is a script that is never run; a lab stands in docs/labs/ itself, a snippet under snippets/"
    if kind in ANYWHERE or path == WORKER or kind in IN_ASSETS and path.startswith(ASSETS):
        return ""
    known = ", ".join(sorted(ANYWHERE))
    return (
        f"is of a kind that is not published from here; expected one of {known} (and {', '.join(sorted(IN_ASSETS))} in {ASSETS})"
    )


def front_matter_fault(text: str) -> tuple[int, str]:
    """The line and the fault of what stands before a page's text; (0, "") where nothing is wrong.

    A theme puts these fields into the head of the page as they are, so they are few and plain.
    """
    if found := YAML.match(text):
        for number, line in enumerate((found["fields"] or "").splitlines(), 2):
            if line.strip() and not FIELD.fullmatch(line.rstrip()):
                return number, f"found {line!r} before the page's text; expected `title: …` or `description: …` in plain words"
    elif FIELD_LIKE.match(text) or text.startswith("---") and FENCED.search(text[3:]):
        line = text.split("\n")[0]
        return 1, f"found {line!r} in the first line, where it is read as a field of the page; begin with its title, `# …`"
    return 0, ""
