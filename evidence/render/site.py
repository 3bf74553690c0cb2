"""The pages as the Markdown engines see them: texts without a path, that have to be recognised."""

import re
from pathlib import Path

from evidence.read.pages import Page, read_site

_SITES: dict[tuple[Path, int], list[tuple[Page, str]]] = {}


def site_of(root: Path) -> list[tuple[Page, str]]:
    """Every page of the site with its text, read again only where a file has changed."""
    files = [*sorted((root / "docs").rglob("*.md")), *sorted((root / "snippets").rglob("*.py"))]
    state = hash(tuple((file, file.stat().st_mtime_ns) for file in files))
    if (root, state) not in _SITES:
        _SITES.clear()
        _SITES[root, state] = [(page, _normalized(root / page.path)) for page in read_site(root)]
    return _SITES[root, state]


def find_page(root: Path, text: str) -> tuple[Page, int]:
    """Find the page whose text an engine hands over (without its path, and without front matter).

    Returns:
        The page as the whole site sees it, and how many lines of front matter stand before the text. A text that is no
        page's is read as a page without a name.
    """
    for page, whole in site_of(root):
        if whole.endswith(text.strip("\n")):
            return page, whole[: len(whole) - len(text.strip("\n"))].count("\n")
    return Page("(a text that is no page)"), 0


def _normalized(file: Path) -> str:
    """A page as Python-Markdown's first preprocessor leaves it."""
    return re.sub(r"(?<=\n) +\n", "\n", file.read_text(encoding="utf-8", errors="replace").expandtabs(4)).rstrip()
