"""Labs: longer experiments in jupytext's percent format, read as pages whose cells are one run."""

import io
import re
import tokenize
from pathlib import Path

from evidence.errors import EvidenceError, read_text
from evidence.read.blocks import scan
from evidence.read.captions import EXPECTED, captions
from evidence.read.headings import heading_fault, read_heading
from evidence.read.includes import Line
from evidence.read.marks import citation_faults
from evidence.read.options import comment_fault
from evidence.read.pages import Fence, Page
from evidence.read.reader import CONTROL

FOLDER = "docs/labs"
CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?$")
LIKE_A_CELL = re.compile(r"^\s*#\s*%%")  # whatever jupytext takes for the start of a cell


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
    try:
        return _read(root, path)
    except Exception as error:  # as with a page: a fault of ours in one lab must not hide what the others have wrong
        return Page(path, problems=[EvidenceError(path, 1, f"cannot be read: {type(error).__name__}: {error}")])


def _read(root: Path, path: str) -> Page:
    page = Page(path)
    try:
        if (root / path).resolve() != root.resolve() / path:
            raise EvidenceError(path, 1, "is a link to somewhere else; a lab is a file of its own")
        text = read_text(root / path, path)
        raw = text.rstrip("\n").split("\n")
        _refuse_what_others_read_otherwise(path, text, raw)
        marks = [n for n, line in enumerate(raw) if CELL.match(line)]
        codes = [start for start in marks if raw[start] == "# %%"]
        texts = [_said(path, raw, marks, n) for n in range(len(raw))]
    except EvidenceError as error:
        page.problems.append(error)
        return page
    page.lines = [Line(said, path, n) for n, said in enumerate(texts, 1)]
    cells = []
    for start, following in zip(codes, [*codes[1:], len(raw)], strict=False):
        end = next((n for n in marks if n > start), len(raw))
        cell = Fence(path, start + 1, start, end - 1, "", page.lines[start + 1 : end], path, "")
        texts[start:end] = [""] * (end - start)  # what is left in the end is prose
        cell.figures, below, malformed = captions(texts[:following], end, "")
        if malformed is not None:
            page.problem(malformed + 1, EXPECTED)
            below = malformed + 1
        texts[end:below] = [""] * (below - end)
        cells.append(cell)
    _read_prose(page, texts)
    code = {k for cell in cells for k in range(cell.first, cell.last + 1)}
    page.problems += citation_faults(root, path, [(x.number, "" if k in code else x.text) for k, x in enumerate(page.lines)])
    whole = Fence(path, 1, 0, len(page.lines) - 1, "", [x for cell in cells for x in cell.origin], path, "", cells=cells)
    whole.figures = [figure for cell in cells for figure in cell.figures]
    page.fences = [whole]
    if not cells:
        page.problem(1, "holds no code cell; a cell starts with a line `# %%`, prose with `# %% [markdown]`")
    return page


def _said(path: str, raw: list[str], marks: list[int], index: int) -> str:
    """A line as a page would say it: code as it is, prose without its `# `, a mark as nothing."""
    line = raw[index]
    if index in marks:
        return ""
    mark = next((raw[n] for n in reversed(marks) if n < index), "")
    if mark == "# %%" or not line:
        return line
    if mark and (line.startswith("# ") or line == "#"):
        return line[2:]
    if not line.strip():
        return ""
    where = "in a Markdown cell, each of whose lines starts with `# `" if mark else "before the first cell (`# %%`)"
    raise EvidenceError(path, index + 1, f"found {line!r} {where}")


def _refuse_what_others_read_otherwise(path: str, text: str, raw: list[str]) -> None:
    """Refuse what jupytext or an editor takes for the end of a line or for the start of a cell, and we do not."""
    for number, line in enumerate(raw, 1):
        if match := CONTROL.search(line):
            found = f"holds the character U+{ord(match[0]):04X}, which ends a line for some readers; write it as an escape"
            raise EvidenceError(path, number, found)
        if LIKE_A_CELL.match(line) and not CELL.match(line):
            raise EvidenceError(path, number, f"found {line!r}; expected `# %%` or `# %% [markdown]`")
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            for number in range(token.start[0] + 1, token.end[0] + 1):  # of a string over several lines
                if LIKE_A_CELL.match(raw[number - 1]):
                    message = f"found {raw[number - 1]!r} inside the string that starts at line {token.start[0]}"
                    raise EvidenceError(path, number, f"{message}; a line that starts a cell stands outside of strings")
    except (tokenize.TokenError, SyntaxError, IndexError):
        return  # the run says what is wrong with the code, and where


def _read_prose(page: Page, texts: list[str]) -> None:
    """Read a lab's prose, where code cells are empty lines: headings, and what has no place in it."""
    found = scan(texts)
    for index, message in found.problems:
        page.problem(index + 1, message)
    for block in found.blocks.values():
        page.problem(block.first + 1, "found a fence in the prose of a lab; code is a cell (`# %%`), short code stands in `…`")
    for index, text in enumerate(texts):
        if index in found.apart or index in found.blocks:
            continue
        if fault := heading_fault(text, texts[index - 1] if index else "") or comment_fault(text):
            page.problem(index + 1, fault)
        elif (heading := read_heading(text, index + 1)) and heading.id:
            page.headings.append(heading)


def cells_fault(lab: Fence, drawn: list[int]) -> str:
    """Say which cell draws other figures than the prose below it describes, or ""."""
    for cell, count in zip(lab.cells, drawn, strict=True):
        if fault := cell.figures_fault(count):
            return f"its cell at line {cell.line} {fault}"
    return ""
