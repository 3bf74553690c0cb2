"""The built site: every answer is whole, every link leads somewhere, and both engines show the same evidence."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conftest import ROOT

from evidence.read.pages import Page, read_site
from evidence.read.questions import questions


class Elements(HTMLParser):
    """Collects (tag, attributes) of a page, its ids and the text of its formulas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.formulas = ""
        self._in_math = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))
        self._in_math += tag == "math"

    def handle_endtag(self, tag: str) -> None:
        self._in_math -= tag == "math"

    def handle_data(self, data: str) -> None:
        self.formulas += data if self._in_math else ""


def evidence_of(html: str) -> list[tuple[str, str, str]]:
    return re.findall(r'class="evidence" data-snippet="([^"]+)" data-status="([^"]+)" data-seconds="([^"]+)"', html)


def html_of(site: Path, page: Page) -> str:
    path = Path(page.path).relative_to("docs").with_suffix("")
    folder = path.parent if path.name == "index" else path
    return (site / folder / "index.html").read_text(encoding="utf-8")


SITE = read_site(ROOT)
QUESTIONS = {question.id: question for question in questions(SITE)}


def test_each_runnable_fence_is_shown_once_as_passed(site: Path) -> None:
    for page in SITE:
        shown = evidence_of(html_of(site, page))
        assert [name for name, _, _ in shown] == [fence.snippet for fence in page.fences]
        assert {status for _, status, _ in shown} <= {"passed"}


def test_both_engines_show_the_same_evidence(site: Path, zensical_site: Path) -> None:
    for page in SITE:
        one, other = (
            re.findall(
                r'<div class="evidence".*?<p class="evidence-provenance">.*?</p>',
                html_of(s, page).replace(" data-search-exclude", ""),  # Zensical takes it out once it has heeded it
                re.S,
            )
            for s in (site, zensical_site)
        )
        assert one == other, f"{page.path}: MkDocs and Zensical differ"


def test_nothing_is_loaded_from_another_origin(site: Path) -> None:
    for file in site.rglob("*.html"):
        for tag, attributes in Elements(file.read_text(encoding="utf-8")).found:
            loaded = attributes.get("src") or (
                attributes.get("href") if tag == "link" and attributes.get("rel") != "canonical" else ""
            )
            assert not urlsplit(loaded or "").netloc, f"{file.relative_to(site)}: <{tag}> loads {loaded}"
    for file in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", file.read_text(encoding="utf-8")), f"{file} loads from elsewhere"


def broken_links(site: Path) -> list[str]:
    """Internal links whose file or anchor is not in the site."""
    pages = {file: Elements(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}
    ids = {file: {a["id"] for _, a in page.found if "id" in a} for file, page in pages.items()}
    found = []
    for file, page in pages.items():
        if file.name == "404.html":
            continue
        for tag, attributes in page.found:
            if attributes.get("rel") == "canonical":  # its own address, which Zensical writes from the root of the host
                continue
            link = urlsplit(attributes.get("href", "") if tag in ("a", "link") else attributes.get("src", ""))
            if link.scheme or link.netloc or not (link.path or link.fragment):
                continue
            target = (file.parent / unquote(link.path)).resolve() if link.path else file
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                found.append(f"{file.relative_to(site)}: {link.geturl()}: no such file")
            elif link.fragment and target.suffix == ".html" and unquote(link.fragment) not in ids[target] | {"__skip"}:
                found.append(f"{file.relative_to(site)}: {link.geturl()}: no such anchor")
    return found


def test_no_internal_link_is_broken(site: Path, zensical_site: Path) -> None:
    assert not broken_links(site) and not broken_links(zensical_site)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<h2 id="here">x</h2><a href="no.html">a</a><a href="#nowhere">b</a><a href="#here">c</a>'
    )
    assert broken_links(tmp_path) == ["index.html: no.html: no such file", "index.html: #nowhere: no such anchor"]


def test_each_figure_says_what_is_to_be_seen(site: Path) -> None:
    for page in SITE:
        for tag, attributes in Elements(html_of(site, page)).found:
            if tag == "svg" and attributes.get("role") == "img":
                assert len(attributes["aria-label"].split()) >= 5, f"{page.path}: {attributes['aria-label']!r} says too little"


def test_no_item_of_a_list_is_empty(site: Path) -> None:
    empty = re.compile(r"<li>\s*(?:<p>\s*</p>\s*)?</li>")
    assert empty.search("<ul>\n<li></li></ul>") and not empty.search("<li>text</li>")
    assert [file for file in site.rglob("*.html") if empty.search(file.read_text(encoding="utf-8"))] == []


def test_ids_are_unique_on_each_page(site: Path) -> None:
    for page in SITE:
        ids = [a["id"] for _, a in Elements(html_of(site, page)).found if "id" in a]
        twice = {name for name in ids if ids.count(name) > 1}
        assert not twice, f"{page.path}: {sorted(twice)[:5]}"


def test_each_question_tells_search_engines_what_it_answers(site: Path) -> None:
    for page in SITE:
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html_of(site, page))
        names = [entity["@id"] for entity in json.loads(data[1])["mainEntity"]] if data else []
        assert names == ([f"#{page.asks.id}"] if page.asks else []), page.path


def test_each_answer_is_one_element_with_its_verdict(site: Path) -> None:
    kinds = {"": None, "holds": "holds", "holds when …": "conditional", "does not hold": "refuted"}
    told = {}
    for page in SITE:
        for tag, attributes in Elements(html_of(site, page)).found:
            if "data-question" in attributes:
                assert tag == "div" and attributes["class"] == "answer" and attributes["data-question"] not in told
                told[attributes["data-question"]] = attributes.get("data-verdict")
    assert told == {name: kinds[question.verdict] for name, question in QUESTIONS.items()}


def arrives(site: Path, address: str) -> bool:
    """Whether an address of the site, with or without `#id`, leads to something."""
    path, _, name = address.partition("#")
    file = site / path / "index.html"
    return file.exists() and (not name or f'id="{name}"' in file.read_text(encoding="utf-8"))


def test_every_address_of_the_first_edition_arrives(site: Path, zensical_site: Path) -> None:
    old = (ROOT / "tests/old-addresses.txt").read_text(encoding="utf-8").splitlines()
    assert len(old) > 700
    for built in (site, zensical_site):
        assert [address for address in old if not arrives(built, address)] == []
    assert not arrives(site, "training/dropout/#no-such-place") and not arrives(site, "training/no-such-page/")


def test_the_formula_font_holds_every_character_of_the_formulas(site: Path) -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(site / "assets/fonts/formula.woff2").getBestCmap()
    for page in SITE:
        used = set(Elements(html_of(site, page)).formulas) - set(" \n\xa0\ufe00")  # the last one chooses a form and draws nothing
        italic = {c for c in used if c.isascii() and c.isalpha()}
        lacking = {c for c in used if ord(c) not in font} | {c for c in italic if ord(math_italic(c)) not in font}
        assert not lacking, f"{page.path}: {sorted(lacking)} are not in the font; CONTRIBUTING.md says how to cut it anew"


def math_italic(letter: str) -> str:
    """The italic form in which a single letter of a formula is drawn."""
    if letter == "h":
        return "\u210e"
    return chr(0x1D434 + ord(letter) - ord("A")) if letter.isupper() else chr(0x1D44E + ord(letter) - ord("a"))


def test_the_snippets_can_be_downloaded_as_they_are(site: Path) -> None:
    for file in (ROOT / "snippets").rglob("*.py"):
        assert (site / file.relative_to(ROOT)).read_bytes() == file.read_bytes()
