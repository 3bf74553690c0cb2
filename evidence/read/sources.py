"""The bibliography, docs/references.bib, and how a page cites it: `[@key, sec. 2; @other]`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

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
