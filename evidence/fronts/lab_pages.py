"""Whole pages for the labs in a site whose engine knows no notebooks, and links to them.

Zensical runs no hooks and takes pages from Markdown files alone. What it makes of docs/labs/index.md has everything that stands
around a page's text; a lab's page is that page with the lab in it.
"""

import posixpath
import re
import shutil
from functools import partial
from html import escape, unescape
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from evidence.errors import EvidenceError
from evidence.fronts.lab_html import LabHtml
from evidence.fronts.mkdocs_labs import write_notebooks
from evidence.read.labs import FOLDER, read_labs
from evidence.read.navigation import navigation
from evidence.read.pages import read_site

LINK = re.compile(r'\b(?P<name>href|src)="(?P<to>[^"]*)"(?P<download> download)?')
LABS = "labs"  # their folder in the site
ACTIVE = " md-nav__link--active"
ARTICLE = re.compile(r"(<article [^>]*>\s*(?:<a id=\"__skip\"[^>]*></a>)?).*?(</article>)", re.S)
CONTENTS = re.compile(r'(<nav class="md-nav md-nav--secondary" aria-label="([^"]*)">).*?(</nav>(?:\s*</div>){3})', re.S)


def write_lab_pages(root: Path, site: Path) -> None:
    """Make the pages of the labs in a built site, and let all links to their scripts lead to them.

    Raises:
        EvidenceError: there is no page after which to make them.
    """
    file = site / LABS / "index.html"
    if not file.exists():
        message = "is not there, and the pages of the labs are made after it; write it, with links to the labs"
        raise EvidenceError(f"{FOLDER}/index.md", 1, message)
    labs = {PurePosixPath(lab.path).stem: lab for lab in read_labs(root)}
    for built in site.rglob("*.html"):
        text = built.read_text(encoding="utf-8")
        if (led := _led(text, built.parent.relative_to(site).as_posix(), set(labs))) != text:
            built.write_text(led, encoding="utf-8")
    shell = file.read_text(encoding="utf-8")
    titles = {page.path: page.title for page in [*read_site(root), *labs.values()]}
    order = [path for path in navigation(root) or [] if path in titles]
    html = LabHtml(root)
    for path, notebook in write_notebooks(root).items():
        name = PurePosixPath(path).stem
        body = html.page(nbformat.read(notebook, as_version=4))  # type: ignore[no-untyped-call]
        at = order.index(path) if path in order else -1
        around = {"prev": order[at - 1] if at > 0 else "", "next": order[at + 1] if 0 <= at < len(order) - 1 else ""}
        page = _titled(_rebased(shell, LABS, f"{LABS}/{name}"), titles[path])
        page = ARTICLE.sub(partial(_with, body), page)
        page = _here(CONTENTS.sub(lambda found: f"{found[1]}{_contents(html.tokens, found[2])}{found[3]}", page))
        for which, other in around.items():
            page = _beside(page, which, _way(f"{LABS}/{name}", other) if other else "", titles.get(other, ""))
        folder = site / LABS / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(page, encoding="utf-8")
        shutil.copy(notebook, folder)
        (site / LABS / f"{name}.py").unlink(missing_ok=True)  # which such an engine copies as a file


def _with(body: str, article: re.Match[str]) -> str:
    return f"{article[1]}\n{body}{article[2]}"


def _led(html: str, folder: str, labs: set[str]) -> str:
    """A page with its links to the scripts of labs as links to their pages; a download stays one."""

    def link(found: re.Match[str]) -> str:
        path, sign, anchor = unescape(found["to"]).partition("#")
        name = PurePosixPath(path).stem
        place = path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
        if found["download"] or name not in labs or ":" in path or not f"/{place}".endswith(f"/{LABS}/{name}.py"):
            return found[0]
        return f'{found["name"]}="{escape(path.removesuffix(".py"))}/{sign}{escape(anchor)}"'

    return LINK.sub(link, html)


def _rebased(html: str, old: str, new: str) -> str:
    """A page of one folder as it must stand in another one below it."""
    up = posixpath.relpath(old, new)

    def moved(to: str) -> str:
        if not to or to.startswith(("#", "/")) or re.match(r"[a-z]+:", to):
            return to
        path, sign, rest = to.partition("#")
        ends = "/" if path.endswith("/") or PurePosixPath(path).name in ("", "..") else ""
        return posixpath.relpath(posixpath.normpath(posixpath.join(old, path)), new) + ends + sign + rest

    html = LINK.sub(lambda found: f'{found["name"]}="{moved(found["to"])}"{found["download"] or ""}', html)
    html = re.sub(r'new URL\("([^"]*)",location\)', lambda found: f'new URL("{posixpath.join(up, found[1])}",location)', html)
    html = re.sub(r'"(base|search)":"(\.[^"]*)"', lambda found: f'"{found[1]}":"{posixpath.join(up, found[2])}"', html)
    own = re.compile(rf'(<link rel="canonical" href="|<meta property="og:url" content=")([^"]*{re.escape(old)}/)"')
    return own.sub(lambda found: f'{found[1]}{found[2]}{posixpath.relpath(new, old)}/"', html)


def _titled(html: str, title: str) -> str:
    """A page under another title."""
    said = escape(title)
    old = re.search(r'<meta property="og:title" content="([^"]*)">', html)
    html = re.sub(
        r"<title>.*?( - [^<]*)?</title>", lambda found: f"<title>{said}{found[1] or ''}</title>", html, count=1, flags=re.S
    )
    if old:
        html = html.replace(old[0], f'<meta property="og:title" content="{said}">')
    topic = re.compile(r'(data-md-component="header-topic">\s*<span class="md-ellipsis">).*?(</span>)', re.S)
    return topic.sub(lambda found: f"{found[1]}{said}{found[2]}", html)


def _here(html: str) -> str:
    """A page whose entry in the navigation is marked as the one that is read."""
    entry = re.compile(r'<li class="md-nav__item">(\s*)<a href="\./" class="md-nav__link">')
    marked = rf'<li class="md-nav__item md-nav__item--active">\1<a href="./" class="md-nav__link{ACTIVE}">'
    return entry.sub(marked, html.replace(ACTIVE, ""))


def _contents(tokens: list[Any], label: str) -> str:
    """The list of a page's headings as Material writes it."""
    if not tokens:
        return ""

    def rows(tokens: list[Any]) -> str:
        return "".join(
            f'<li class="md-nav__item"><a href="#{escape(token["id"])}" class="md-nav__link">'
            f'<span class="md-ellipsis">{escape(unescape(token["name"]))}</span></a>'
            + (f'<nav class="md-nav"><ul class="md-nav__list">{rows(token["children"])}</ul></nav>' if token["children"] else "")
            + "</li>"
            for token in tokens
        )

    title = f'<label class="md-nav__title" for="__toc"><span class="md-nav__icon md-icon"></span>{label}</label>'
    return f'{title}<ul class="md-nav__list" data-md-component="toc" data-md-scrollfix>{rows(tokens)}</ul>'


def _beside(html: str, which: str, way: str, title: str) -> str:
    """A page with another page before or behind it; with none, where the way is ""."""
    in_head = re.compile(rf'<link rel="{which}" href="[^"]*">')
    html = in_head.sub(f'<link rel="{which}" href="{way}">' if way else "", html)
    start = rf'<a href="[^"]*" (class="md-footer__link md-footer__link--{which}" aria-label="\w+: )[^"]*"'
    named = re.compile(r'(<div class="md-ellipsis">).*?(</div>)', re.S)
    said = escape(title)

    def link(found: re.Match[str]) -> str:
        inside = named.sub(lambda inner: f"{inner[1]}{said}{inner[2]}", found[2])
        return f'<a href="{way}" {found[1]}{said}"{inside}</a>' if way else ""

    return re.sub(rf"{start}(>.*?)</a>", link, html, flags=re.S)


def _way(start: str, page: str) -> str:
    """The link from a folder of the site to the address of a page."""
    path = PurePosixPath(page).relative_to("docs").with_suffix("")
    return posixpath.relpath(str(path.parent if path.name == "index" else path), start) + "/"
