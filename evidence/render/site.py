"""The pages as the Markdown engines see them: texts without a path, that have to be recognised."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from evidence.read.pages import Page, read_site

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
    files = [*sorted((root / "docs").rglob("*.md")), *sorted((root / "snippets").rglob("*.py"))]
    state = hash(tuple((file, file.stat().st_mtime_ns) for file in files))
    looked = time.monotonic() - began
    if site is None or site.state != state:
        _SITES.clear()
        site = _SITES[root] = _Site(state, [(page, _normalized(root / page.path)) for page in read_site(root)])
    site.rested = time.monotonic() + REST * looked
    return site.pages


def find_page(root: Path, text: str) -> tuple[Page, int]:
    """Find the page whose text an engine hands over (without its path, and without front matter).

    Returns:
        The page as the whole site sees it, and how many lines of front matter stand before the text. A text that is no
        page's is read as a page without a name.
    """
    for look in (False, True):
        for page, whole in site_of(root, look):
            if whole.endswith(text.strip("\n")):
                return page, whole[: len(whole) - len(text.strip("\n"))].count("\n")
    return Page("(a text that is no page)"), 0


def _normalized(file: Path) -> str:
    """A page as Python-Markdown's first preprocessor leaves it."""
    return re.sub(r"(?<=\n) +\n", "\n", file.read_text(encoding="utf-8", errors="replace").expandtabs(4)).rstrip()
