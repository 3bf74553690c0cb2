"""The bibliography, docs/references.bib, and how a page cites it: `[@key, sec. 2; @other]`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, product
from pathlib import Path
from string import ascii_lowercase

from pybtex.database import BibliographyDataError, Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from evidence.errors import EvidenceError, read_text


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
        return re.sub(r" \((\d{4}[a-z]*)\)$", r", \1", self.label) if between else self.label


BIBLIOGRAPHY = "docs/references.bib"
ADDRESS = re.compile(r"https?://[^\s<>\"'\\`|{}^\[\]\x00-\x20\x7f]+")


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Source]:
    try:
        entries = parse_string(text, "bibtex").entries
        found = {key: _source(key, entry, _line(text, key)) for key, entry in entries.items()}
    except PybtexError as error:
        line = getattr(error, "lineno", 0) or _line(text, str(error).split()[-1], -1)
        twice = isinstance(error, BibliographyDataError)
        raise EvidenceError(BIBLIOGRAPHY, line, f"{error}{'; give the second another key' if twice else ''}") from error
    shared = Counter(source.label for source in found.values())
    letters = {label: _letters() for label, often in shared.items() if often > 1}
    for key, source in found.items():  # "He et al. (2016a)" and "(2016b)", in the order of the bibliography
        if source.label in letters:
            found[key] = replace(source, label=f"{source.label.removesuffix(')')}{next(letters[source.label])})")
    return found


def _letters() -> Iterator[str]:
    """What tells the years of sources with one label apart, without end: a, b, … z, aa, ab, …"""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))


def _line(text: str, key: str, which: int = 0) -> int:
    """The line at which an entry begins."""
    starts = [text[: m.start()].count("\n") + 1 for m in re.finditer(rf"@\w+\s*\{{\s*{re.escape(key)}\s*,", text)]
    return starts[which] if starts else 1


def sources(root: Path) -> dict[str, Source]:
    """All entries of docs/references.bib by their keys; none where there is no such file.

    Raises:
        EvidenceError: the file is no BibTeX, or an entry lacks what a page shows of it.
    """
    file = root / BIBLIOGRAPHY
    return _parsed(read_text(file, BIBLIOGRAPHY)) if file.exists() else {}


def bibliography_faults(root: Path) -> list[EvidenceError]:
    """What is wrong with docs/references.bib: its first fault, or nothing."""
    try:
        sources(root)
    except EvidenceError as error:
        return [error]
    return []


def _source(key: str, entry: Entry, line: int) -> Source:
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    fields["url"] = re.sub(r"[{}]", "", entry.fields.get("url", "")).strip()  # an address is no LaTeX: its ~ stays
    people = entry.persons.get("author", [])
    lacking = [name for name in ("title", "year", "url") if not fields.get(name)] + ["author"] * (not people)
    if lacking:
        raise EvidenceError(BIBLIOGRAPHY, line, f"the entry {key!r} has no {', no '.join(lacking)}; a page shows all of them")
    if not re.fullmatch(r"[a-z][\w-]*", key):
        raise EvidenceError(BIBLIOGRAPHY, line, f"found the key {key!r}; expected small letters and digits, as in `he2016`")
    if not ADDRESS.fullmatch(fields["url"]) or fields["url"].count("(") != fields["url"].count(")"):
        expected = "expected one that begins with https:// or http:// and holds no space or sign of markup (write it as %..)"
        raise EvidenceError(BIBLIOGRAPHY, line, f"the entry {key!r} has the url {fields['url']!r}; {expected}")
    names = [_plain(" ".join(p.prelast_names + p.last_names)) for p in people]
    full = [_plain(" ".join([*p.first_names, *p.middle_names, *p.prelast_names, *p.last_names])) for p in people]
    who = f"{names[0]} et al." if len(names) > 2 or "others" in names else " & ".join(names)
    label = fields.get("shorthand") or f"{who} ({fields['year']})"
    authors = ", ".join(name if name != "others" else "et al." for name in full)
    venue = next((fields[k] for k in ("journal", "booktitle", "publisher", "howpublished") if k in fields), "")
    return Source(key, label, fields["title"], authors, venue, fields["year"], fields["url"])


def _plain(value: str) -> str:
    """A field as text: accents and signs written in LaTeX become letters, braces and control characters go."""
    text = str(Text.from_latex(value)).replace("{", "").replace("}", "")
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
