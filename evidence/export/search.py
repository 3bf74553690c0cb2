"""What the search knows: each question and each page of the built site, with the words by which it is to be found."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from evidence.read.words import aliases, synonyms

INDEX = "assets/search/index.js"
ENGINES = ("search/search_index.json", "search.json")  # the engines' own indexes, which nothing on the site reads
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {"p", "li", "dt", "dd", "tr", "td", "th", "div", "pre", "figure", "figcaption", "h2", "h3", "h4"}  # words end there
HIDDEN_TAGS = {"annotation", "svg", "script", "style", "button", "form", "nav"}
HIDDEN = {
    "headerlink",
    "page-bar",
    "citation",
    "question-also",
    "evidence-bar",
    "evidence-provenance",
    "evidence-choices",
    "explorer",
    "withheld",
}
WORD = re.compile(r"\w+(?:[-.]\w+)*")
NAME = re.compile(r"\b(?:\w*[a-z][A-Z]\w*|[A-Z][a-z]+\w*\d\w*|\w+_\w+)\b")  # of an API: BatchNorm2d, running_var


@dataclass
class Section:
    """What stands below one heading: a page's own text below its first, a question's below one of level 2 with an id."""

    id: str = ""
    title: str = ""
    short: str = ""
    text: str = ""
    code: str = ""
    proved: bool = False
    asked: str = ""  # the id of the question that it answers as a whole page


@dataclass
class Sections(HTMLParser):
    """Reads the article of a built page into its sections."""

    sections: list[Section] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []  # the tags that we are in, each with what its text is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        classes = set((known.get("class") or "").split())
        if tag in VOID or not (self.open or tag == "article"):
            return
        if "data-question" in known and len(self.sections) == 1:
            self.sections[0].asked = known["data-question"] or ""
        kind = self.open[-1][1] if self.open else "text"
        if tag == "h1" or (tag == "h2" and known.get("id")):
            self.sections.append(Section(known.get("id") or "" if tag == "h2" else ""))
        if tag in BLOCKS and self.sections:
            self.sections[-1].text += " "
        if tag in HIDDEN_TAGS or classes & HIDDEN or "data-search-exclude" in known:
            kind = "hidden"
        elif tag == "math" and kind == "text":
            kind = "hidden"  # single signs are no words; an answer in brief is shown, and keeps them
        elif kind == "text" and tag in ("h1", "h2"):
            kind = "title"
        elif kind == "text" and tag == "pre":
            kind = "code"
        elif kind == "text" and tag == "p" and self.sections and not (self.sections[-1].short or classes & {"claim", "verdict"}):
            kind = "short"
        if "evidence" in classes and self.sections:
            self.sections[-1].proved = True
        self.open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        while tag in (known for known, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.open or not self.sections or (kind := self.open[-1][1]) == "hidden":
            return
        section = self.sections[-1]
        setattr(section, kind, getattr(section, kind) + data)


def write_search(root: Path, site: Path) -> None:
    """Write the index of the search into a built site, and take the engine's own away.

    It is a script, so that it can be read from the file system too.
    """
    also = synonyms(root)
    pages = read(site)
    rows = [row for address in pages for row in documents(pages, address, also)]
    for name in ENGINES:
        (site / name).unlink(missing_ok=True)
    index = json.dumps({"aliases": aliases(root), "documents": rows}, ensure_ascii=False, separators=(",", ":"))
    target = site / INDEX
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"const SEARCH_INDEX = {index};\n", encoding="utf-8")


def read(site: Path) -> dict[str, list[Section]]:
    """The sections of every page of a built site, by its address."""
    out = {}
    for file in sorted(site.rglob("index.html")):
        reader = Sections()
        reader.feed(file.read_text(encoding="utf-8"))
        if reader.sections:
            out["" if file.parent == site else file.parent.relative_to(site).as_posix() + "/"] = reader.sections
    return out


def documents(pages: dict[str, list[Section]], address: str, also: dict[str, str]) -> list[list[str]]:
    """What can be found on a page: itself, and its questions, each as address, title, other words, topic, answer, words, names.

    Sections without evidence belong to their page where that answers a question or holds evidence itself, as a lab does.
    Elsewhere they are lists that repeat what other pages say, and are left out.
    """
    page, *below = pages[address]
    whole = bool(page.asked) or address.startswith("labs/")
    asked = [section for section in below if section.proved and not whole]
    if page.proved or whole:
        page.text += " ".join(f"{part.title} {part.short} {part.text}" for part in below if part not in asked)
        page.code += " ".join(part.code for part in below if part not in asked)
    folder, _, name = address.rstrip("/").rpartition("/")
    topic = _plain(pages[f"{folder}/"][0].title) if page.asked else ""
    return [_row(address, page, topic, also.get(name, ""))] + [
        _row(f"{address}#{section.id}", section, _plain(page.title), also.get(section.id, "")) for section in asked
    ]


def _row(address: str, section: Section, topic: str, also: str) -> list[str]:
    """Each word of the text once: how often it occurs says little, and the reader waits for every byte."""
    said = set(_words(f"{section.title} {section.short}"))
    words = sorted(word for word in _words(section.text) if word not in said)  # in this order they pack best
    names = dict.fromkeys(NAME.findall(section.code))
    return [address, _plain(section.title), also, topic, _plain(section.short), " ".join(words), " ".join(names)]


def _words(text: str) -> list[str]:
    words = (word for word in WORD.findall(text) if any(map(str.isalpha, word)))  # nobody looks for a number that was measured
    return list(dict.fromkeys(word.lower() if word.istitle() else word for word in words))


def _plain(text: str) -> str:
    return " ".join(text.split())
