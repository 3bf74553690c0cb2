"""A MkDocs hook: tells the Markdown extension which page is converted (Zensical does by itself), and a preview what is stale."""

import os
from functools import partial
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from evidence.render.site import CURRENT

_seen: dict[str, int] = {}  # the time of each page's file when the build began, by where its HTML goes
_built: dict[str, int] = {}  # the same when it was last built


def on_files(files: Files, **_: Any) -> Files:
    """Let a preview build a page again where its file has another time than when it was built.

    MkDocs asks whether the time is later than the HTML's, and clocks are set back.
    """
    for file in files.documentation_pages():
        if os.environ.get("EVIDENCE_PREVIEW") and file.src_uri.endswith(".md") and file.abs_src_path:
            _seen[file.abs_dest_path] = os.stat(file.abs_src_path).st_mtime_ns
            file.is_modified = partial(_modified, file)  # type: ignore[method-assign]
    return files


def _modified(file: File) -> bool:
    return not os.path.isfile(file.abs_dest_path) or _built.get(file.abs_dest_path) != _seen[file.abs_dest_path]


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Remember the page whose Markdown is converted next."""
    CURRENT.set(f"docs/{page.file.src_uri}")
    return markdown


def on_page_content(html: str, **_: Any) -> str:
    """Forget it again."""
    CURRENT.set("")
    return html


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Remember what has been built, now that nothing refuses it any more."""
    if page.file.abs_dest_path in _seen:
        _built[page.file.abs_dest_path] = _seen[page.file.abs_dest_path]
    return output
