"""The interactive pieces, by their files: which there are, on which page each stands, and a browser that shows it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page
from visits import settle

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/assets/explorers"
FRAME = FOLDER / "frame.js"  # loaded before each of them
EXPLORERS = sorted(set(FOLDER.glob("*.js")) - {FRAME})


def pages_of(name: str, docs: Path = ROOT / "docs") -> list[str]:
    """The addresses of the pages on which an explorer stands."""
    mark = f"<!-- explorer: {name} -->"
    found = [page for page in docs.rglob("*.md") if mark in page.read_text(encoding="utf-8").splitlines()]
    return ["/".join([*page.relative_to(docs).with_suffix("").parts, ""]).removesuffix("index/") for page in sorted(found)]


@contextlib.contextmanager
def shown(browser: Browser, origin: str, name: str, **context: Any) -> Iterator[tuple[Page, Locator]]:
    """An explorer where a reader meets it: the browser's page, and the explorer's place there."""
    opened = browser.new_context(**context)
    page = opened.new_page()
    page.goto(f"{origin}/{pages_of(name)[0]}")
    place = page.locator(f"[data-explorer={name}]")
    assert place.count() == 1, f"the explorer {name} is not on its page; is the answer that holds it withheld?"
    place.scroll_into_view_if_needed()
    settle(page)
    yield page, place
    opened.close()
