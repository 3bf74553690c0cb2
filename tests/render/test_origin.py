"""A site that knows its repository: it links there and asks nobody but its own host, under both engines."""

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Book
from visits import listen

REPOSITORY = "https://github.com/nobody/nothing"
ASKS = 'data-md-component="source"'  # what makes the theme's script ask the repository's host


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Book(tmp_path_factory.mktemp("origin"))
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    book.write("mkdocs.yml", f"{settings.partition('nav:')[0]}nav: [index.md]\nmarkdown_{settings.partition('markdown_')[2]}")
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    shutil.copytree(ROOT / "docs/assets", book.root / "docs/assets")
    book.write("docs/synonyms.txt", "lr = learning rate\n")
    book.write("docs/robots.txt", "User-agent: *\n")
    done = book.build(request.param, "--strict", REPOSITORY_URL=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    return book.root / "site"


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_the_link_to_the_repository_is_a_link_alone(built: Path) -> None:
    for file in built.rglob("*.html"):
        links = re.findall(r'<a [^>]*class="md-source"[^>]*>', file.read_text(encoding="utf-8"))
        assert links and all(f'href="{REPOSITORY}"' in link and ASKS not in link for link in links), f"{file}: {links}"


def test_a_visit_asks_no_other_origin(browser, served: str, built: Path) -> None:
    index = built / "index.html"
    html = index.read_text(encoding="utf-8")
    asked = {}
    for name, text in (
        ("as it is", html),
        ("as Material writes it", html.replace('class="md-source"', f'class="md-source" {ASKS}')),
    ):
        index.write_text(text, encoding="utf-8")
        context = browser.new_context()
        page = context.new_page()
        asked[name] = listen(page, served)
        page.goto(served, wait_until="networkidle")
        context.close()
    index.write_text(html, encoding="utf-8")
    assert asked["as it is"] == []
    assert any(fault.startswith("asks https://api.github.com/") for fault in asked["as Material writes it"]), asked


def test_the_words_for_the_search_are_no_file_of_the_site(built: Path) -> None:
    assert (built / "robots.txt").exists() and not (built / "synonyms.txt").exists()
