"""The glossary: one file of Markdown abbreviations, whose meanings show where the terms are used on any page."""

import re
import xml.etree.ElementTree as etree
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions.abbr import AbbrExtension, AbbrTreeprocessor
from markdown.treeprocessors import Treeprocessor

from evidence.read.words import terms
from evidence.render.foreign import Made
from evidence.render.order import register

UNMARKED = {"a", "abbr", "code", "h1", "h2", "h3", "h4", "strong", "th"}


def listed(root: Path) -> list[str]:
    """The glossary as a list of definitions, one line of HTML."""
    rows, used = [], Counter[str]()
    for term, meaning in terms(root).items():
        name = re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-") or "sign"
        used[name] += 1  # C and C++ have one name
        name += f"-{used[name]}" if used[name] > 1 else ""
        rows.append(f"<dt id='term-{name}'>{escape(term)}</dt><dd>{escape(meaning)}</dd>")
    return [Made(f"<dl class='glossary'>{''.join(rows)}</dl>")]


def explain(md: Markdown, root: Path) -> None:
    """Let a Markdown instance mark the terms of the glossary, each at its first use in a section."""
    known = terms(root)
    if known:
        extension: Any = AbbrExtension(glossary=known)
        extension.extendMarkdown(md)
        register(md, "abbr", Terms(md, extension.abbrs))
        register(md, "first-uses", FirstUses(md))


class Terms(AbbrTreeprocessor):
    """Marks terms also where they begin or end with a sign, as "i.i.d." and "C++" do."""

    def run(self, root: etree.Element) -> None:
        signs = "|".join(re.escape(term) for term in sorted(self.abbrs, key=len, reverse=True))
        if signs:
            self.RE = re.compile(rf"(?<!\w)(?:{signs})(?!\w)")
            self.iter_element(root)


class FirstUses(Treeprocessor):
    """Keeps the mark of a term's first use in each section, reachable by keyboard, and takes away the others."""

    def run(self, root: etree.Element) -> None:
        self.seen: set[str] = set()
        self._visit(root, False)

    def _visit(self, parent: etree.Element, unmarked: bool) -> None:
        for child in list(parent):
            if child.tag == "h2":
                self.seen = set()
            if child.tag == "abbr" and child.get("title"):
                if unmarked or str(child.text) in self.seen:
                    _unwrap(parent, child)
                else:
                    self.seen.add(str(child.text))
                    child.set("tabindex", "0")
            else:
                self._visit(child, unmarked or child.tag in UNMARKED)


def _unwrap(parent: etree.Element, child: etree.Element) -> None:
    """Put an element's text in its place."""
    index = list(parent).index(child)
    text = (child.text or "") + (child.tail or "")
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(child)
