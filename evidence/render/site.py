"""The pages as the Markdown engines see them: which page it is that an engine converts."""

import re
from contextvars import ContextVar
from pathlib import Path

from markdown import Markdown
from markdown.util import ETX, STX

from evidence.errors import EvidenceError
from evidence.read.pages import FRONT_MATTER, Page, parse, read_site

_SITES: dict[tuple[Path, int], list[tuple[Page, str]]] = {}
NOWHERE = "docs/(a text that is no page)"
CURRENT: ContextVar[str] = ContextVar("CURRENT", default="")  # the page that MkDocs converts, relative to the project


def site_of(root: Path) -> list[tuple[Page, str]]:
    """Every page of the site with its text, read again only where a file has changed."""
    files = [*sorted((root / "docs").rglob("*.md")), *sorted((root / "snippets").rglob("*.py"))]
    state = hash(tuple((file, file.stat().st_mtime_ns) for file in files))
    if (root, state) not in _SITES:
        _SITES.clear()
        _SITES[root, state] = [(page, _normalized(root / page.path)) for page in read_site(root)]
    return _SITES[root, state]


def page_of(md: Markdown, root: Path, text: str) -> Page:
    """The page that an engine converts, as the whole site sees it.

    Zensical hands its path over with the Markdown, MkDocs by a hook (evidence/fronts/mkdocs_page.py). Without either, as
    under `markdown.markdown`, it is the one page with this text; a text that is no page's is read as a page without a name.

    Raises:
        EvidenceError: neither engine says which page it is, and two pages have this text.
    """
    path = CURRENT.get()
    if "rendering_context" in md.preprocessors:
        path = f"docs/{md.preprocessors['rendering_context'].page.path}"  # type: ignore[attr-defined]
    site = site_of(root)
    if path:
        known = next(((page, whole) for page, whole in site if page.path == path), None)
    else:
        same = [(page, whole) for page, whole in site if whole == text.strip("\n")]
        if len(same) > 1:
            others = ", ".join(page.path for page, _ in same[1:])
            raise EvidenceError(same[0][0].path, 1, f"has the same text as {others}, and nothing says which is meant")
        known = same[0] if same else None
    if known is None:
        return parse(root, path or NOWHERE, text)
    page, whole = known
    if whole == text.strip("\n"):
        return page
    edited = parse(root, page.path, text)  # since it was read, or by another plugin: its records decide what it may show
    edited.problems = page.problems or edited.problems
    return edited


def _normalized(file: Path) -> str:
    """A page as Python-Markdown's first preprocessor leaves it, without front matter."""
    text = file.read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff").replace(STX, "").replace(ETX, "")
    if front := FRONT_MATTER.match(text):
        text = text[front.end() :]
    return re.sub(r"(?<=\n) +\n", "\n", text.expandtabs(4)).rstrip().strip("\n")
