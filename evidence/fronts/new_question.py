"""`make new-question`: the skeleton of a section and of its snippet, which fails the tests until it is filled in."""

import contextlib
import os
import re
from pathlib import Path

from evidence.errors import EvidenceError, unwritten
from evidence.read.headings import heading_fault
from evidence.read.pages import read_site

SECTION = """
## {ask} {{ #{id} }}

TODO: the short answer, at most 60 words that stand alone and commit themselves.

TODO: one sentence on what to look at.

```python
--8<-- "{snippet}"
```

TODO: one sentence on what was seen.

### Why

TODO: the mechanism; derive what a few lines can derive, and define each symbol.

### In practice

TODO: what to do, with the PyTorch call.

### Sources

- TODO: a key of docs/references.bib and the place in the source, `[@key, sec. 3.1]`, and what stands there.
"""

SNIPPET = '''"""TODO: the claim that this snippet proves, in one sentence."""
import torch

seed = 0
torch.manual_seed(seed)
found, expected = 1.0, 2.0  # TODO: 10 to 40 lines that a reader follows from top to bottom
print(f"found {found:.2f}")
assert found > expected, f"TODO: say what should be; found {found:.2f}"
'''


def new_question(root: Path, page: str, name: str, ask: str) -> list[str]:
    """Write a new question's skeleton.

    Args:
        root: the project.
        page: the page below docs/, as `training/dropout`; made if there is none.
        name: the question's id, the anchor of its answer.
        ask: the question as a reader would ask it.

    Returns:
        What to do next, line by line.

    Raises:
        EvidenceError: an id that is malformed or taken, a page outside docs/, a question that no heading can hold, or a file
            that cannot be written.
    """
    path = Path("docs") / f"{page.removesuffix('.md').removeprefix('docs/')}.md"
    ask = " ".join(ask.split())
    if not page or ".." in path.parts:
        raise EvidenceError(path, 1, "found a page outside docs/; write PAGE=training/dropout")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise EvidenceError(path, 1, f"found the id {name!r}; expected lower-case words with hyphens, ID=dropout-at-test-time")
    if not ask:
        raise EvidenceError(path, 1, 'found no question; write ASK="How is … ?"')
    if fault := heading_fault(f"## {ask} {{ #{name} }}", ""):
        raise EvidenceError(path, 1, fault)
    for known in read_site(root):
        for heading in known.headings:
            if heading.id == name:
                raise EvidenceError(known.path, heading.line, f"has the id {name!r} already; choose another")
    snippet = Path("snippets") / path.stem.replace("-", "_") / f"{name.replace('-', '_')}.py"
    if (root / snippet).exists():
        raise EvidenceError(snippet, 1, "exists already; choose another id")
    file = root / path
    new = not file.exists()
    before = f"# {path.stem.replace('-', ' ').capitalize()}\n" if new else file.read_text(encoding="utf-8")
    section = SECTION.format(ask=ask, id=name, snippet=snippet.as_posix())
    _write(root, snippet, SNIPPET)
    try:
        _write(root, path, before.rstrip("\n") + "\n" + section)
    except EvidenceError:
        (root / snippet).unlink()  # a snippet that no page shows would refuse the site
        raise
    nav = _into_navigation(root, path.relative_to("docs").as_posix()) if new else ""
    return [
        f"wrote {path.as_posix()} (section #{name}) and {snippet.as_posix()}",
        *([nav] if nav else []),
        "1. write the snippet until it proves the claim:  python " + snippet.as_posix(),
        f"2. fill in what is marked TODO in {path.as_posix()}",
        f"3. see it while you write:                       make serve, then open {page.removeprefix('docs/')}/#{name}",
        f"4. check this one question:                      make test Q={name}",
        "5. check that no claim hangs on a lucky seed:    make reseed",
    ]


def _write(root: Path, path: Path, text: str) -> None:
    """Write a file of the project, whole or not at all.

    Raises:
        EvidenceError: it cannot be written.
    """
    file = root / path
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise EvidenceError(path, 1, unwritten(error)) from error


def _into_navigation(root: Path, page: str) -> str:
    """Name a new page in the navigation of mkdocs.yml, below the last one of its folder; say what was done or is to do."""
    file = root / "mkdocs.yml"
    settings = file.read_text(encoding="utf-8") if file.exists() else ""
    folder = page.rpartition("/")[0]
    beside = rf"^( +- )(?:[^:\n]+: )?{re.escape(folder)}/[\w.-]+\.md\n"
    found = list(re.finditer(beside, settings, re.M)) if folder else []
    if not found:
        return f"the navigation in mkdocs.yml has no part for it yet: add `- {page}` below `nav:`, or the site is refused"
    at = found[-1].end()
    _write(root, Path("mkdocs.yml"), f"{settings[:at]}{found[-1][1]}{page}\n{settings[at:]}")
    return f"named {page} in the navigation of mkdocs.yml"
