"""The one parser of pages: the run and the build both read a page through it, so what is shown is what ran."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pytest_codeblocks import CodeBlock

from evidence.errors import EvidenceError, read_text
from evidence.read.files import front_matter_fault, stray_files
from evidence.read.includes import Line, expand
from evidence.read.options import read_options, reason_of
from evidence.read.sources import bibliography_faults

FENCE = re.compile(r"^(?P<prefix>[> \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*?)[ \t]*$")
LATE_FENCE = re.compile(r"^[> \t]*(?:[-*+]|\d+[.)])[ \t]+(?:`{3,}|~{3,})")
LANGUAGE = re.compile(r"^\{?[ \t]*\.?(?P<lang>[\w#.+-]+)")
HEADING = re.compile(r"^(?P<level>#{1,6})[ \t]+(?P<title>.+?)[ \t]*\{[^}]*#(?P<id>[\w-]+)[^}]*\}[ \t]*$")
FIGURE = re.compile(r"<!--\s*figure:\s*(?P<alt>.*?)\s*-->", re.S)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # a form feed may stand in a snippet
PYTHON = {"python", "py", "python3", "py3"}
SHOWN = {"text", "console", "markdown", "md", "yaml", "toml", "json", "html", "css", "bibtex", "diff", "pycon"}
SHELL = {"sh", "bash", "zsh", "shell"}


@dataclass
class Fence:
    """A runnable Python fence of a page."""

    page: str
    line: int  # of the opening fence, counted from 1
    first: int  # index of its first and last expanded line, with the comments and captions that belong to it
    last: int
    prefix: str  # what stands before the fence: indentation, quote marks
    origin: list[Line]  # the code, line by line, with the place each line was written
    snippet: str  # the one file it shows, relative to the project, else page:line
    question: str  # the id of the heading above, or ""
    figures: list[tuple[str, str]] = field(default_factory=list)  # (alt text, caption) in the order they are shown
    cells: list["Fence"] = field(default_factory=list)  # of a lab, whose fence this is as a whole
    block: CodeBlock = field(default_factory=lambda: CodeBlock("", 0, "python"))  # its options, as pytest-codeblocks reads them

    @property
    def code(self) -> str:
        return "".join(line.text + "\n" for line in self.origin)

    @property
    def skip_reason(self) -> str:
        """The visible reason why this fence may be without a record, or ""."""
        if self.block.importorskip:
            return f"needs {self.block.importorskip}"
        return next((reason for mark in self.block.marks if (reason := reason_of(mark))), "")

    def figures_fault(self, drawn: int) -> str:
        """Say how the figures that were drawn and those that the page describes differ, or ""."""
        if drawn == len(self.figures):
            return ""
        return (
            f"draws {drawn} figures, and the page describes {len(self.figures)}; below the fence write for each, in their "
            "order: `<!-- figure: what is to be seen -->` and on the next line `Figure: its message.`"
        )


@dataclass(frozen=True)
class Heading:
    """A heading with an id of its own; on level 2 it is a question."""

    level: int
    title: str
    id: str
    line: int


@dataclass
class Page:
    """A page as it was read, with everything that is wrong with it."""

    path: str
    lines: list[Line] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    problems: list[EvidenceError] = field(default_factory=list)

    def problem(self, line: int, message: str) -> None:
        """Note something that is wrong at a line of this page."""
        self.problems.append(EvidenceError(self.path, line, message))


def read_page(root: Path, path: str) -> Page:
    """Read one page of the project. What is wrong with it stands in `problems`; nothing is raised."""
    try:
        text = read_text(root / path, path)
    except EvidenceError as error:
        return Page(path, problems=[error])
    page = parse(root, path, text)
    line, fault = front_matter_fault(text)
    if fault:
        page.problem(line, fault)
    return page


def parse(root: Path, path: str, text: str, offset: int = 0) -> Page:
    """Parse a page's Markdown.

    Args:
        root: the project.
        path: the page, relative to root.
        text: its Markdown.
        offset: how many lines (of front matter) stand before the text in the file.
    """
    page = Page(path)
    try:
        page.lines = expand(root, path, text)
    except EvidenceError as error:
        page.problems.append(error)
        return page
    page.lines = [Line(x.text, x.path, x.number + offset) if x.path == path else x for x in page.lines]
    for x in page.lines:
        if found := CONTROL.search(x.text):
            fault = f"found the control character U+{ord(found[0]):04X}, which is not seen; take it out"
            page.problems.append(EvidenceError(x.path, x.number, fault))
    index = 0
    while index < len(page.lines):
        index = step(page, index) + 1
    read_options(page)
    return page


def step(page: Page, index: int) -> int:
    """Read what starts at this line; return the index of its last line."""
    line = page.lines[index]
    number = _page_line(page, index)
    if heading := HEADING.match(line.text):
        page.headings.append(Heading(len(heading["level"]), heading["title"], heading["id"], number))
        if re.search(r"\]\s*[(\[]", heading["title"]):
            page.problem(number, "found a link in a heading, and the heading is itself the text of links; put the link below it")
    if LATE_FENCE.match(line.text):
        page.problem(number, "found a fence behind a list marker; start it on a line of its own, indented below the item")
    match = FENCE.match(line.text)
    if not match or (match["fence"][0] == "`" and "`" in match["info"]):
        return index
    closing = re.compile(rf"^[> \t]*{re.escape(match['fence'][0])}{{{len(match['fence'])},}}[ \t]*$")
    end = next((k for k in range(index + 1, len(page.lines)) if closing.match(page.lines[k].text)), None)
    if end is None:
        opening = match["fence"] + match["info"]
        page.problem(number, f"opens a fence ({opening}) that is never closed; close it with {match['fence']}")
        return len(page.lines)
    found = LANGUAGE.match(match["info"])
    language = found["lang"].lower() if found else ""
    if language in PYTHON:
        return _python_fence(page, match["prefix"], index, end)
    if language in SHELL:
        page.problem(number, f"found a `{language}` fence: it would be executed; write `console` for commands to read")
    elif language not in SHOWN:
        known = ", ".join(sorted({"python"} | SHOWN))
        page.problem(number, f"found a fence with the language {language!r}; expected `python`, which runs, or one of {known}")
    return end


def _python_fence(page: Page, prefix: str, index: int, end: int) -> int:
    origin = []
    width = len(prefix)
    for x in page.lines[index + 1 : end]:
        text = x.text[width:] if not x.text[:width].strip(" \t>") else x.text.lstrip("> \t")
        if "\t" in text:
            page.problems.append(EvidenceError(x.path, x.number, "found a tab in code that runs; indent with spaces"))
        origin.append(Line(text, x.path, x.number))
    files = {x.path for x in origin}
    line = _page_line(page, index)
    whole = len(files) == 1 and page.path not in files and [x.number for x in origin] == list(range(1, len(origin) + 1))
    snippet = files.pop() if whole else f"{page.path}:{line}"
    question = page.headings[-1].id if page.headings else ""
    fence = Fence(page.path, line, index, end, prefix, origin, snippet, question)
    _read_figures(page, fence)
    page.fences.append(fence)
    return fence.last


def _read_figures(page: Page, fence: Fence) -> None:
    """Read the alt texts and captions that follow a fence: `<!-- figure: alt -->` and a paragraph `Figure: caption`."""
    texts = [line.text.removeprefix(fence.prefix).strip() for line in page.lines]
    k = fence.last + 1
    while True:
        while k < len(texts) and not texts[k]:
            k += 1
        if k >= len(texts) or not texts[k].startswith("<!-- figure:"):
            return
        stop = next((j for j in range(k, len(texts)) if "-->" in texts[j]), k)
        alt = FIGURE.search(" ".join(texts[k : stop + 1]))
        end = next((j for j in range(stop + 1, len(texts)) if not texts[j]), len(texts))
        caption = " ".join(texts[stop + 1 : end])
        if not alt or not alt["alt"] or not caption.startswith("Figure:"):
            expected = "`<!-- figure: what is to be seen -->` and below it `Figure: the caption`"
            page.problem(_page_line(page, k), f"expected {expected}")
            return
        fence.figures.append((alt["alt"], caption.removeprefix("Figure:").strip()))
        fence.last, k = end - 1, end


def _page_line(page: Page, index: int) -> int:
    """The line of the page itself at or before an expanded line."""
    return next((x.number for x in reversed(page.lines[: index + 1]) if x.path == page.path), 1)


def read_site(root: Path) -> list[Page]:
    """Read every page under docs/, in the learning order, and hold them against each other.

    The learning order is that of the navigation in mkdocs.yml; what it does not name comes last, by its path. An id
    that two headings share is a problem of the second; what is wrong beside the pages (a snippet that no page shows, a file
    that must not be published, the bibliography) is one of the first page.
    """
    nav = (root / "mkdocs.yml").read_text(encoding="utf-8") if (root / "mkdocs.yml").exists() else ""
    order = {f"docs/{path}": n for n, path in enumerate(re.findall(r"[\w./-]+\.md\b", nav))}
    paths = sorted(file.relative_to(root).as_posix() for file in (root / "docs").rglob("*.md"))
    pages = [read_page(root, path) for path in sorted(paths, key=lambda path: order.get(path, len(order)))]
    seen: dict[str, tuple[str, int]] = {}
    for page in pages:
        for heading in page.headings:
            if heading.id in seen:
                other, line = seen[heading.id]
                page.problem(heading.line, f"found the id {heading.id!r} a second time; the first is at {other}:{line}")
            else:
                seen[heading.id] = (page.path, heading.line)
    if pages:
        pages[0].problems += [*stray_files(root), *bibliography_faults(root)]
    shown = {line.path for page in pages for line in page.lines}
    for file in sorted((root / "snippets").rglob("*.py")):
        name = file.relative_to(root).as_posix()
        if name not in shown and pages:
            message = f'is shown on no page, so nobody sees it run; include it: --8<-- "{name}"'
            pages[0].problems.append(EvidenceError(name, 1, message))
    return pages
