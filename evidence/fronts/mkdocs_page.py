"""A MkDocs hook: tells the Markdown extension which page is converted (Zensical does by itself), and a preview what is stale."""

import os
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from evidence.read.topics import is_topic, pages_of
from evidence.records.store import FOLDER, slug
from evidence.render.site import CURRENT, site_of

State = tuple[tuple[str, int], ...]
_seen: dict[str, State] = {}  # what each page is made of, as it was when the build began, by where its HTML goes
_built: dict[str, State] = {}  # the same when it was last built


def states(root: Path) -> dict[str, State]:
    """What each page is made of: its own file, the snippets that it shows and what is kept of their runs, with their times.

    A topic tells the answers of its questions, and is made of what they are made of.
    """
    kept: dict[str, list[Path]] = {}
    for file in sorted((root / FOLDER).glob("*.*")):
        kept.setdefault(file.name.partition(".")[0], []).append(file)
    out = {}
    site = [page for page, _ in site_of(root, look=True)]
    for page in site:
        parts = pages_of(page, site) if is_topic(page.path) else [page]
        files = [root / name for name in sorted({name for part in parts for name in (part.path, *part.includes)})]
        snippets = sorted({slug(fence.snippet) for part in parts for fence in part.fences})
        out[page.path] = tuple(map(_timed, [*files, *(file for name in snippets for file in kept.get(name, []))]))
    return out


def _timed(file: Path) -> tuple[str, int]:
    try:
        return str(file), file.stat().st_mtime_ns
    except FileNotFoundError:  # an editor or a run is just replacing it
        return str(file), 0


@event_priority(-100)  # after mkdocs_labs.py has put the recorded notebooks into the place of the labs
def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Let a preview build a page again where something that it is made of has another time than when it was built.

    MkDocs asks of the page's own file alone, and whether its time is later than the HTML's; clocks are set back.
    """
    if os.environ.get("EVIDENCE_PREVIEW"):
        known = states(Path(config.config_file_path).parent)
        for file in files.documentation_pages():
            if file.abs_src_path:
                made_of = known.get(f"docs/{file.src_uri}") or (_timed(Path(file.abs_src_path)),)
                _seen[file.abs_dest_path] = made_of
                file.is_modified = partial(_modified, file)  # type: ignore[method-assign]
    return files


def _modified(file: File) -> bool:
    return not os.path.isfile(file.abs_dest_path) or _built.get(file.abs_dest_path) != _seen[file.abs_dest_path]


def on_serve(server: LiveReloadServer, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
    """Build again when a snippet is edited or a run has ended; the pages themselves MkDocs watches."""
    root = Path(config.config_file_path).parent
    for folder in (root / "snippets", root / FOLDER):
        folder.mkdir(exist_ok=True)
        server.watch(str(folder), recursive=folder.name != FOLDER)  # what a build keeps below that one is no news
    return server


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
