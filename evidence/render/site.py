"""The pages as the Markdown engines see them: which page it is that an engine converts."""

import re
import time
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from markdown import Markdown
from markdown.util import ETX, STX

from evidence.errors import EvidenceError
from evidence.read.navigation import SETTINGS
from evidence.read.pages import FRONT_MATTER, Page, parse, read_site

NOWHERE = "docs/(a text that is no page)"
CURRENT: ContextVar[str] = ContextVar("CURRENT", default="")  # the page that MkDocs converts, relative to the project
ZENSICAL = "rendering_context"  # the name under which that engine hands over the page that it converts
REST = 20  # times as long as a look at every file takes, until the next one: 500 pages of 500 looks each took half a build


@dataclass
class _Site:
    """Every page of a site with its text, as it was when last looked at."""

    state: int
    pages: list[tuple[Page, str]]
    rested: float = 0.0  # when to look again, by time.monotonic()


_SITES: dict[Path, _Site] = {}


def site_of(root: Path, look: bool = False) -> list[tuple[Page, str]]:
    """Every page of the site with its text, read again only where a file has changed.

    Args:
        root: the project.
        look: look at the files now, also where that was done a moment ago.
    """
    site, began = _SITES.get(root), time.monotonic()
    if site and not look and began < site.rested:
        return site.pages
    settings = root.glob(SETTINGS)  # with the navigation, which names every page
    files = [*settings, *sorted((root / "docs").rglob("*.md")), *sorted((root / "snippets").rglob("*.py"))]
    state = hash(tuple((file, (it := file.stat()).st_mtime_ns, it.st_size) for file in files))
    looked = time.monotonic() - began
    if site is None or site.state != state:
        _SITES.clear()
        site = _SITES[root] = _Site(state, [(page, _normalized(root / page.path)) for page in read_site(root)])
    site.rested = time.monotonic() + REST * looked
    return site.pages


def page_of(md: Markdown, root: Path, text: str) -> Page:
    """The page that an engine converts, as the whole site sees it.

    Zensical hands its path over with the Markdown, MkDocs by a hook (evidence/fronts/mkdocs_page.py). Without either, as
    under `markdown.markdown`, it is the one page with this text; a text that is no page's is read as a page without a name.

    Raises:
        EvidenceError: neither engine says which page it is, and two pages have this text.
    """
    path = f"docs/{md.preprocessors[ZENSICAL].page.path}" if ZENSICAL in md.preprocessors else CURRENT.get()  # type: ignore[attr-defined]
    text = text.strip("\n")
    for look in (False, True):
        site = site_of(root, look)
        if path:
            known = next(((page, whole) for page, whole in site if page.path == path), None)
        else:
            same = [(page, whole) for page, whole in site if whole == text]
            if len(same) > 1:
                others = ", ".join(page.path for page, _ in same[1:])
                raise EvidenceError(same[0][0].path, 1, f"has the same text as {others}, and nothing says which is meant")
            known = same[0] if same else None
        if known and known[1] == text:
            return known[0]
    if known is None:
        return parse(root, path or NOWHERE, text)
    edited = parse(root, known[0].path, text)  # since it was read, or by another plugin: its records decide what it may show
    edited.problems = known[0].problems or edited.problems
    return edited


def relative_root(md: Markdown, page: str) -> str:
    """The way from a page's address (a folder, but for an index) to the site's root.

    MkDocs leaves links in HTML as they are; Zensical reads them as relative to the page's file and rewrites them.
    """
    path = PurePosixPath(page).relative_to("docs") if page.startswith("docs/") else PurePosixPath("index.md")
    is_file = path.stem in ("index", "README") or ZENSICAL in md.preprocessors
    return "../" * (len(path.parts) - (1 if is_file else 0))


def _normalized(file: Path) -> str:
    """A page as Python-Markdown's first preprocessor leaves it, without front matter."""
    text = file.read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff").replace(STX, "").replace(ETX, "")
    if front := FRONT_MATTER.match(text):
        text = text[front.end() :]
    return re.sub(r"(?<=\n) +\n", "\n", text.expandtabs(4)).rstrip().strip("\n")
