"""Which page is converted is what the engine says, not what the text looks like; and what a new question writes down."""

import os
import subprocess
import sys

import markdown
import pytest
from conftest import QUIET, ROOT, Book

from evidence.errors import EvidenceError
from evidence.fronts.new_question import new_question
from evidence.read.pages import read_page
from evidence.records.store import Records, job_of
from evidence.render.extension import EvidenceExtension
from evidence.run.job import Outcome

TEXT = '# Page\n\n```python\n--8<-- "snippets/one.py"\n```\n'
SETTINGS = "site_name: Book\nmarkdown_extensions: [attr_list, pymdownx.superfences, evidence]\n"


@pytest.fixture
def twins(book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book with one text on two pages, on different floors."""
    book.write("snippets/one.py", "x = 1\n")
    book.page(TEXT, "docs/a.md")
    book.page("---\ntitle: B\n---\n" + TEXT, "docs/deep/er/b.md")
    for path in ("docs/a.md", "docs/deep/er/b.md"):
        fence = read_page(book.root, path).fences[0]
        Records(book.root).save(fence, Outcome(job_of(fence)))
    monkeypatch.chdir(book.root)
    return book


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_two_pages_with_one_text_link_each_from_its_own_place(twins: Book, engine: str) -> None:
    (twins.root / "evidence").symlink_to(ROOT / "evidence")
    twins.write("mkdocs.yml", SETTINGS + "hooks: [evidence/fronts/mkdocs_page.py]\n")
    done = subprocess.run(
        [sys.executable, "-m", engine, "build"], cwd=twins.root, capture_output=True, text=True, env=os.environ | QUIET
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page, link in (("a", "../snippets/one.py"), ("deep/er/b", "../../../snippets/one.py")):
        assert f'href="{link}"' in (twins.root / f"site/{page}/index.html").read_text(), page


def test_without_an_engine_two_pages_with_one_text_are_refused_by_name(twins: Book) -> None:
    with pytest.raises(EvidenceError, match=r"docs/a\.md:1: has the same text as docs/deep/er/b\.md"):
        markdown.markdown(TEXT, extensions=["attr_list", "pymdownx.superfences", EvidenceExtension()])


def test_a_page_with_a_control_character_is_refused_by_its_name(twins: Book) -> None:
    twins.write("mkdocs.yml", SETTINGS)
    twins.page("# Page\n\nText \x02wzxhzdk:0\x03.\n", "docs/odd.md")
    (twins.root / "docs/a.md").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=twins.root, capture_output=True, text=True, env=os.environ | QUIET
    )
    assert done.returncode == 1 and "docs/odd.md:3: holds the character U+0002" in done.stderr, done.stderr


NAV = "nav:\n  - Home: index.md\n  - Training:\n      - training/a.md\n      - B: training/b.md\n  - More:\n      - more/c.md\n"


def test_a_new_page_is_named_in_the_navigation_beside_the_pages_of_its_folder(book: Book) -> None:
    book.write("mkdocs.yml", NAV)
    said = new_question(book.root, "training/new", "it-is", "What's $x$ of `y`?")
    assert "named training/new.md in the navigation of mkdocs.yml" in said
    assert "      - B: training/b.md\n      - training/new.md\n  - More:\n" in (book.root / "mkdocs.yml").read_text()
    assert "## What's $x$ of `y`? { #it-is }\n" in (book.root / "docs/training/new.md").read_text()
    again = new_question(book.root, "training/new", "it-was", "Why?")
    assert (book.root / "mkdocs.yml").read_text().count("training/new.md") == 1 and not any("named" in line for line in again)


@pytest.mark.parametrize("page", ["other/new", "new"])
def test_or_it_is_said_what_to_add(book: Book, page: str) -> None:
    book.write("mkdocs.yml", NAV)
    said = new_question(book.root, page, "it-is", "Why?")
    assert any(f"add `- {page}.md` below `nav:`" in line for line in said) and (book.root / "mkdocs.yml").read_text() == NAV


@pytest.mark.parametrize("ask", ["What's dropout?", r"What is $p(y \mid x)$?", 'Is "a" `b` & {c}; #d \\?'])
def test_make_hands_a_question_over_as_it_is(book: Book, ask: str) -> None:
    book.write("Makefile", (ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt", "tests/package-lock.json"):
        book.write(name, "")
    python = book.write(".venv/bin/python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    book.write(".venv/installed", "")
    done = subprocess.run(
        ["make", "new-question", "PAGE=page", "ID=it-is", f"ASK={ask}"],
        cwd=book.root,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"## {ask} {{ #it-is }}\n" in (book.root / "docs/page.md").read_text()
