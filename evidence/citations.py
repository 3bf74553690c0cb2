"""`[@key, sec. 2; @other]` in a page becomes links to the sources of docs/references.bib.

In a sentence it reads "Ioffe & Szegedy (2015), sec. 2", and as `([@key, sec. 2])` after one "(Ioffe & Szegedy, 2015, sec. 2)".
"""

import re
import xml.etree.ElementTree as etree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from pybtex.database import Entry, parse_string

CITATION = r"\[(@[a-z][\w-]*(?:[^\[\]@]|;\s*@)*)\]"
ONE = re.compile(r"@([a-z][\w-]*)(?:,\s*([^;]+))?")


@dataclass(frozen=True)
class Source:
    """An entry of the bibliography as a page shows it."""

    key: str
    label: str  # "Ioffe & Szegedy (2015)"
    title: str
    authors: str
    venue: str
    year: str
    url: str

    def named(self, text: str, start: int, end: int) -> str:
        """The label as the citation at text[start:end] shows it: a year between parentheses needs none of its own."""
        between = text[:start].endswith("(") and text[end:].startswith(")")
        return re.sub(r" \((\d{4}[a-h]?)\)$", r", \1", self.label) if between else self.label


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Source]:
    found = {key: _source(key, entry) for key, entry in parse_string(text, "bibtex").entries.items()}
    shared = Counter(source.label for source in found.values())
    letters: dict[str, Iterator[str]] = {label: iter("abcdefgh") for label, count in shared.items() if count > 1}
    for key, source in found.items():  # "He et al. (2016a)" and "(2016b)", in the order of the bibliography
        if source.label in letters:
            found[key] = replace(source, label=f"{source.label.removesuffix(')')}{next(letters[source.label])})")
    return found


def sources(root: Path) -> dict[str, Source]:
    """All entries of docs/references.bib by their keys; none where there is no such file."""
    file = root / "docs" / "references.bib"
    return _parsed(file.read_text(encoding="utf-8")) if file.exists() else {}


def _source(key: str, entry: Entry) -> Source:
    fields = {name: value.replace("{", "").replace("}", "") for name, value in entry.fields.items()}
    people = entry.persons["author"]
    names = [" ".join(p.prelast_names + p.last_names).strip("{}") for p in people]
    full = [" ".join([*p.first_names, *p.middle_names, *p.prelast_names, *p.last_names]).strip("{}") for p in people]
    who = f"{names[0]} et al." if len(names) > 2 or "others" in names else " & ".join(names)
    label = fields.get("shorthand") or f"{who} ({fields['year']})"
    authors = ", ".join(name if name != "others" else "et al." for name in full)
    venue = next((fields[k] for k in ("journal", "booktitle", "publisher", "howpublished") if k in fields), "")
    return Source(key, label, fields["title"], authors, venue, fields["year"], fields["url"])


class Citations(InlineProcessor):
    """Turns citations into links; the title of a link is the full entry."""

    def __init__(self, md: Markdown, known: dict[str, Source], once: bool = False) -> None:
        super().__init__(CITATION, md)
        self.known = known
        self.once = once  # give the full entry of a source at its first citation alone, which makes long pages lighter
        self.told: set[str] = set()  # the sources whose entry was given since this was last cleared

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        span = etree.Element("span", {"class": "citation"})
        for n, one in enumerate(ONE.finditer(m[1])):
            source = self.known.get(one[1])
            if source is None:
                raise UnknownKey(one[1])
            link = etree.SubElement(span, "a", {"href": source.url})
            if not (self.once and source.key in self.told):
                link.set("title", f"{source.title}. {source.authors}. {source.venue}")
                self.told.add(source.key)
            link.text = source.named(data, m.start(0), m.end(0))
            link.tail = f", {one[2].strip()}" if one[2] else ""
            if n:
                previous = span[n - 1]
                previous.tail = (previous.tail or "") + "; "
        return span, m.start(0), m.end(0)


class UnknownKey(KeyError):
    """A page cites what the bibliography does not hold."""
