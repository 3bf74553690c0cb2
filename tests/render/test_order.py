"""The one table of priorities: each of our processors of Markdown stands between the two that it belongs between, by name."""

import re

import pytest
import yaml
from conftest import ROOT, Book
from markdown import Markdown

from evidence.render import order
from evidence.render.order import ORDER

# Whom each one comes after and before, in a page of this site. A change of a library that moves one of them shows here.
NEIGHBOURS = {
    "evidence": ("normalize_whitespace", "fenced_code_block"),
    "reference": ("abbr", "paragraph"),
    "citations": ("footnote", "reference"),
    "formulas": ("footnote-duplicate", "prettify"),
    "abbr": ("attr_list", "first-uses"),
    "first-uses": ("abbr", "anchors"),
    "anchors": ("first-uses", "toc"),
    "answers": ("toc", "unescape"),
    "whole": ("unescape", ""),
    "raw_html": ("", "footnote"),
    "checked": ("amp_substitute", "settled"),
    "settled": ("checked", ""),
}


class Settings(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags are for MkDocs."""


Settings.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node)[-1])


def made(book: Book) -> Markdown:
    """The Markdown instance of this site, in a book with a glossary."""
    book.write("docs/glossary.md", "# Glossary\n\n*[BN]: batch normalization\n")
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        listed = yaml.load(file, Settings)["markdown_extensions"]
    settings = {name: set_ or {} for one in listed for name, set_ in (one.items() if isinstance(one, dict) else [(one, {})])}
    return Markdown(extensions=list(settings), extension_configs=settings)


def stands(md: Markdown, name: str, before: str, after: str) -> bool:
    """Whether a processor comes directly behind one and directly before another of its kind; "" is the end of the row."""
    kind = ORDER[name][0]
    registry = getattr(md.parser if kind == "blockprocessors" else md, kind)
    at = registry.get_index_for_name(name)
    first = registry.get_index_for_name(before) + 1 if before else 0
    last = registry.get_index_for_name(after) - 1 if after else len(registry) - 1
    return bool(first == at == last)


def misplaced(md: Markdown) -> list[str]:
    """Those that stand elsewhere than between their neighbours."""
    return [name for name, (before, after) in NEIGHBOURS.items() if not stands(md, name, before, after)]


@pytest.fixture
def here(book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.chdir(book.root)
    return book


def test_each_processor_stands_between_its_neighbours(here: Book) -> None:
    assert ORDER.keys() == NEIGHBOURS.keys() and misplaced(made(here)) == []


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_one_that_is_moved_is_found(here: Book, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kind, priority = ORDER[name]
    monkeypatch.setitem(order.ORDER, name, (kind, 0.5 if priority > 4 else 60))
    assert name in misplaced(made(here))


def test_no_priority_stands_beside_the_table() -> None:
    files = [file for file in (ROOT / "evidence").rglob("*.py") if file.name != "order.py"]
    assert [file.name for file in files if re.search(r"(?:patterns|processors)\.register\(", file.read_text(), re.I)] == []
