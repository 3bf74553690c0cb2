"""`[@key, sec. 2; @other]` in a page becomes links to the sources of docs/references.bib.

In a sentence it reads "Ioffe & Szegedy (2015), sec. 2", and as `([@key, sec. 2])` after one "(Ioffe & Szegedy, 2015, sec. 2)".
"""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.blockprocessors import ReferenceProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from evidence.errors import Unshowable
from evidence.read.sources import Source
from evidence.read.syntax import CITATION, ONE
from evidence.render.converting import Converting
from evidence.render.order import register

SOURCE = re.compile(r"^[ ]{0,3}\[@", re.M)


def cite(md: Markdown, known: dict[str, Source], at: Converting, once: bool = False) -> "Citations":
    """Let a Markdown instance read citations."""
    citations = Citations(md, known, at, once)
    register(md, "citations", citations)
    register(md, "reference", Definitions(md.parser))
    return citations


class Citations(InlineProcessor):
    """Turns citations into links; the title of a link is the full entry."""

    def __init__(self, md: Markdown, known: dict[str, Source], at: Converting, once: bool) -> None:
        super().__init__(CITATION, md)
        self.known, self.at = known, at
        self.once = once  # give the full entry of a source at its first citation alone, which makes long pages lighter
        self.told: set[str] = set()  # the sources whose entry was given since this was last cleared

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | str, int, int]:  # type: ignore[override]
        span = etree.Element("span", {"class": "citation"})
        for n, one in enumerate(ONE.finditer(m[1])):
            source = self.known.get(one[1])
            if source is None:
                return self.md.htmlStash.store(self.at.met(UnknownKey(one[1]))), m.start(0), m.end(0)
            link = etree.SubElement(span, "a", {"href": source.url})
            if not (self.once and source.key in self.told):
                link.set("title", f"{source.title}. {source.authors}. {source.venue}")
                self.told.add(source.key)
            link.text = AtomicString(source.named(data, m.start(0), m.end(0)))  # a name is no Markdown
            link.tail = f", {one[2].strip()}" if one[2] else ""
            if n:
                previous = span[n - 1]
                previous.tail = (previous.tail or "") + "; "
        return span, m.start(0), m.end(0)


class Definitions(ReferenceProcessor):
    """Reads addresses of links, `[name]: address`; `[@key]: AdamW.` is a source and a word, and its block is prose."""

    def run(self, parent: etree.Element, blocks: list[str]) -> bool:
        return not SOURCE.search(blocks[0]) and bool(super().run(parent, blocks))


class UnknownKey(Unshowable):
    """A page cites what the bibliography does not hold."""

    def __init__(self, key: str) -> None:
        super().__init__(f"@{key}", f"cites @{key}, which docs/references.bib does not hold")
