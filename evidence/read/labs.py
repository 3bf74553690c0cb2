"""Labs: longer experiments in jupytext's percent format, read as pages whose cells are one run."""

import re
from pathlib import Path

from evidence.errors import EvidenceError, read_text
from evidence.read.includes import Line
from evidence.read.pages import Fence, Page, step

FOLDER = "docs/labs"
CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?\s*$")


def is_lab(path: Path, root: Path) -> bool:
    """Whether a file is a lab of the project."""
    return path.suffix == ".py" and path.parent == root / FOLDER


def read_labs(root: Path) -> list[Page]:
    """Every lab of the project, in the order of their names."""
    return [read_lab(root, file.relative_to(root).as_posix()) for file in sorted((root / FOLDER).glob("*.py"))]


def read_lab(root: Path, path: str) -> Page:
    """Read a lab as a page whose one fence holds the code of all its cells (`cells` holds them one by one).

    What is wrong with it stands in `problems`; nothing is raised.
    """
    page = Page(path)
    try:
        page.lines = _as_markdown(path, read_text(root / path, path))
    except EvidenceError as error:
        page.problems.append(error)
        return page
    index = 0
    while index < len(page.lines):
        index = step(page, index) + 1
    cells = page.fences
    whole = Fence(path, 1, 0, len(page.lines) - 1, "", [x for cell in cells for x in cell.origin], path, "", cells=cells)
    whole.figures = [figure for cell in cells for figure in cell.figures]
    page.fences = [whole]
    if not cells:
        page.problem(1, "holds no code cell; a cell starts with a line `# %%`, prose with `# %% [markdown]`")
    return page


def _as_markdown(path: str, text: str) -> list[Line]:
    """The lab as a page would say it: prose without its `# `, each code cell in a fence. Every line keeps its number."""
    out: list[Line] = []
    kind = ""
    for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
        if line.startswith("# %%"):
            match = CELL.match(line)
            if not match:
                raise EvidenceError(path, number, f"found {line!r}; expected `# %%` or `# %% [markdown]`")
            out += [Line("```", path, number - 1)] * (kind == "code") + [Line("", path, number)]
            kind = "markdown" if match["markdown"] else "code"
            out += [Line("```python", path, number)] * (kind == "code")
        elif kind == "code":
            out.append(Line(line, path, number))
        elif kind == "markdown" and (line.startswith("# ") or line in ("#", "")):
            out.append(Line(line[2:], path, number))
        elif line.strip():
            where = "in a Markdown cell, each of whose lines starts with `# `" if kind else "before the first cell (`# %%`)"
            raise EvidenceError(path, number, f"found {line!r} {where}")
    return out + [Line("```", path, len(out))] * (kind == "code")


def cells_fault(lab: Fence, drawn: list[int]) -> str:
    """Say which cell draws other figures than the prose below it describes, or ""."""
    for cell, count in zip(lab.cells, drawn, strict=True):
        if fault := cell.figures_fault(count):
            return f"its cell at line {cell.line} {fault}"
    return ""
