"""Which page is converted is what the engine says, not what the text looks like; and what a new question writes down."""

import os
import subprocess
import sys

import markdown
import pytest
from conftest import ROOT, Book

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
    done = twins.build(engine)
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
    done = twins.build("mkdocs")
    assert done.returncode == 1 and "docs/odd.md:3: holds the character U+0002" in done.stderr, done.stderr


NAV = """nav:
  - Home: index.md
  - Training:
      - Dropout:
          - training/dropout/index.md
          - training/dropout/where.md
      - Activations:
          - training/activations/index.md
  - More:
      - more/c.md
"""


def named(book: Book, topic: str, name: str = "it-is") -> tuple[list[str], str]:
    """What is said of a new question, and the navigation after it."""
    book.write("mkdocs.yml", NAV)
    said = new_question(book.root, topic, name, "What's $x$ of `y`?")
    return said, (book.root / "mkdocs.yml").read_text()


def test_a_new_question_is_named_in_the_navigation_below_its_topic(book: Book) -> None:
    book.page("# Dropout\n", "docs/training/dropout/index.md")
    said, nav = named(book, "training/dropout")
    assert "named training/dropout/it-is.md in the navigation of mkdocs.yml" in said
    assert "          - training/dropout/where.md\n          - training/dropout/it-is.md\n      - Activations:\n" in nav
    assert (book.root / "docs/training/dropout/it-is.md").read_text().startswith("# What's $x$ of `y`? { #it-is }\n")
    assert (book.root / "docs/training/dropout/index.md").read_text() == "# Dropout\n"


def test_a_new_topic_gets_a_first_page_and_is_named_behind_the_others_of_its_part(book: Book) -> None:
    said, nav = named(book, "training/data-loading")
    assert said[0].startswith("wrote docs/training/data-loading/index.md, docs/training/data-loading/it-is.md and snippets/data_")
    new = "      - Data loading:\n          - training/data-loading/index.md\n          - training/data-loading/it-is.md\n"
    assert f"          - training/activations/index.md\n{new}  - More:\n" in nav
    assert (book.root / "docs/training/data-loading/index.md").read_text().startswith("# Data loading\n")
    _, nav = named(book, "more/lists", "so")
    assert nav.endswith("      - more/c.md\n      - Lists:\n          - more/lists/index.md\n          - more/lists/so.md\n")


@pytest.mark.parametrize("topic", ["other/new", "new"])
def test_or_it_is_said_what_to_add(book: Book, topic: str) -> None:
    said, nav = named(book, topic)
    assert any(f"add `- {topic}/index.md`, `- {topic}/it-is.md` below `nav:`" in line for line in said) and nav == NAV


@pytest.mark.parametrize("ask", ["What's dropout?", r"What is $p(y \mid x)$?", 'Is "a" `b` & {c}; #d \\?'])
def test_make_hands_a_question_over_as_it_is(book: Book, ask: str) -> None:
    book.write("Makefile", (ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt", "tests/package-lock.json"):
        book.write(name, "")
    python = book.write(".venv/bin/python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    book.write(".venv/installed", "")
    done = subprocess.run(
        ["make", "new-question", "TOPIC=page", "ID=it-is", f"ASK={ask}"],
        cwd=book.root,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"# {ask} {{ #it-is }}\n" in (book.root / "docs/page/it-is.md").read_text()
