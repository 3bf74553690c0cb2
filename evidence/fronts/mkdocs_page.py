"""A MkDocs hook: tells the Markdown extension which page is converted. (Zensical tells it by itself.)"""

from typing import Any

from mkdocs.structure.pages import Page

from evidence.render.site import CURRENT


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Remember the page whose Markdown is converted next."""
    CURRENT.set(f"docs/{page.file.src_uri}")
    return markdown


def on_page_content(html: str, **_: Any) -> str:
    """Forget it again."""
    CURRENT.set("")
    return html
