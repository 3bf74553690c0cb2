"""The one parser of pages: the run and the build both read a page through it, so what is shown is what ran."""

import re
from collections.abc import Iterator
from pathlib import Path

from evidence.errors import EvidenceError, read_text
from evidence.read.answer_rules import answer_faults
from evidence.read.files import front_matter_fault, stray_files
from evidence.read.headings import Heading
from evidence.read.model import Fence, Listing, Page
from evidence.read.navigation import navigation, outside
from evidence.read.reader import Reader
from evidence.read.rules import unlike
from evidence.read.snippet_rules import snippet_faults
from evidence.read.sources import bibliography_faults
from evidence.read.topics import topic_faults
from evidence.read.words import words_faults

__all__ = ["Fence", "Heading", "Listing", "Page", "parse", "read_page", "read_site"]

FRONT_MATTER = re.compile(r"-{3}[ \t]*\n.*?\n(?:\.{3}|-{3})[ \t]*\n", re.S)
NAMED = re.compile(r'--8<-- "([^"]+)"')


def read_page(root: Path, path: str) -> Page:
    """Read one page of the project. What is wrong with it stands in `problems`; nothing is raised."""
    try:
        if (root / path).resolve() != root.resolve() / path:
            raise EvidenceError(path, 1, "is a link to somewhere else; a page is a file of its own")
        text = read_text(root / path, path)
        page = parse(root, path, text)
        line, found = front_matter_fault(text)
        if found:
            page.problem(line, found)
        if page.asks:  # the rules are those of an answer; an example on another page is none
            page.problems += answer_faults(page)
            page.problems += [fault for fence in page.fences for fault in snippet_faults(fence)]
        return page
    except EvidenceError as error:
        return Page(path, includes=_named(root / path), problems=[error])
    except Exception as error:  # a fault of ours in one page must not hide what the others have wrong
        problem = EvidenceError(path, 1, f"cannot be read: {type(error).__name__}: {error}")
        return Page(path, includes=_named(root / path), problems=[problem])


def _named(file: Path) -> set[str]:
    """The files that a page names which could not be read, so that they are not taken for files that nobody shows."""
    try:
        return set(NAMED.findall(file.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return set()


def parse(root: Path, path: str, text: str, offset: int = 0) -> Page:
    """Parse a page's Markdown.

    Args:
        root: the project.
        path: the page, relative to root.
        text: its Markdown.
        offset: how many lines (of front matter) stand before the text in the file.
    """
    if front := FRONT_MATTER.match(text):
        text = "\n" * front[0].count("\n") + text[front.end() :]
    return Reader(root, path, text.split("\n"), offset).read()


def read_site(root: Path) -> list[Page]:
    """Read every page under docs/, in the learning order, and hold them against each other.

    The learning order is that of the navigation in mkdocs.yml; what it does not name comes last, by its path. An id
    that two headings share is a problem of the second, and a page outside the navigation one of its own; what is wrong beside
    the pages (a snippet that no page shows, a file that must not be published, the bibliography, the search's other words, a lab
    outside the navigation) is one of the first page.
    """
    order = {path: n for n, path in enumerate(navigation(root) or [])}
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
    for page, fault in [*topic_faults(pages)]:
        page.problems.append(fault)
    if pages:
        known = {page.path: page for page in pages}
        for problem in outside(root, list(known)):
            known.get(problem.path.as_posix(), pages[0]).problems.append(problem)
        pages[0].problems += [*stray_files(root), *bibliography_faults(root), *words_faults(root)]
        pages[0].problems += unlike(pages)
        pages[0].problems += _unshown(root, {name for page in pages for name in page.includes})
    return pages


def _unshown(root: Path, shown: set[str]) -> Iterator[EvidenceError]:
    """The snippets that no page shows."""
    for file in sorted((root / "snippets").rglob("*.py")):
        path = file.relative_to(root).as_posix()
        if path not in shown:
            yield EvidenceError(path, 1, f'is shown on no page, so nobody sees it run; include it: --8<-- "{path}"')
