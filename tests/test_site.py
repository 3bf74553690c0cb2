"""The built site: every answer is whole, every link leads somewhere, and both engines show the same evidence."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from evidence.read.labs import read_labs
from evidence.read.pages import Page, read_site
from evidence.read.questions import cited_keys
from evidence.read.sources import sources
from evidence.read.words import synonyms

ROOT = Path(__file__).parent.parent
PAGES = [page for page in read_site(ROOT) if any(heading.level == 2 for heading in page.headings)]


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


def sections(page: Page) -> Iterator[tuple[str, str, list[str]]]:
    """(id, title, lines) of each question: a heading of level 2 with an id, under which something runs."""
    text = (ROOT / page.path).read_text(encoding="utf-8").split("\n")
    marks = [h for h in page.headings if h.level == 2]
    asked = {fence.question for fence in page.fences}
    for heading, following in zip(marks, [*[h.line for h in marks[1:]], len(text) + 1], strict=True):
        if heading.id in asked:
            yield heading.id, heading.title, text[heading.line : following - 1]


def section_faults(lines: list[str]) -> list[str]:
    """What a question's section lacks, after the anatomy of an answer."""
    found = []
    paragraphs = [p.strip() for p in "\n".join(lines).split("\n\n") if p.strip()]
    start = 1 if paragraphs and paragraphs[0].startswith("**Verdict: ") else 0
    if start and not re.match(r"\*\*Verdict: (holds\.|holds when|does not hold)", paragraphs[0]):
        found.append("its verdict is none of `holds.`, `holds when …`, `does not hold`")
    answer = paragraphs[start] if len(paragraphs) > start else ""
    if not answer or answer.startswith(("#", "```", "~~~", "<", "|")) or len(answer.split()) > 60:
        found.append(f"expected a short answer of at most 60 words, found {len(answer.split())} words: {answer[:60]!r}")
    subs = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    found += [f"line {n} of the section is not filled in: {line.strip()}" for n, line in enumerate(lines, 1) if "TODO" in line]
    found += [f"lacks `### {needed}`" for needed in ("Why", "In practice", "Sources") if needed not in subs]
    sources = "\n".join(lines).partition("### Sources")[2]
    if "[@" not in sources:
        found.append("its sources cite nothing: `- [@key, sec. 3.1]: what stands there.`")
    return found


QUESTIONS = [(page.path, name, lines) for page in PAGES for name, _, lines in sections(page)]


@pytest.mark.parametrize(("path", "name", "lines"), QUESTIONS, ids=[name for _, name, _ in QUESTIONS])
def test_an_answer_is_whole(path: str, name: str, lines: list[str]) -> None:
    faults = section_faults(lines)
    assert not faults, "\n".join([f"{path}: the section #{name} is not whole:", *faults])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.\n\n### Why\n\n### In practice\n", "lacks `### Sources`"),
        ("TODO: answer\n\n### Why\n\n### In practice\n", "line 1 of the section is not filled in: TODO: answer"),
        ("**Verdict: maybe.** So.\n\nYes.\n\n### Why\n\n### In practice\n\n### Sources\n\n- [@a]\n", "its verdict is none of"),
        ("word " * 61 + "\n\n### Why\n\n### In practice\n\n### Sources\n\n- [@a]\n", "found 61 words"),
        ("```python\nx\n```\n\n### Why\n\n### In practice\n\n### Sources\n\n- [@a]\n", "expected a short answer"),
        ("Yes.\n\n### Why\n\n### In practice\n\n### Sources\n\n- none\n", "its sources cite nothing"),
    ],
)
def test_an_answer_that_lacks_something_is_named(text: str, said: str) -> None:
    assert any(said in fault for fault in section_faults(text.split("\n")))


def typed_numbers(code: str, said: str) -> list[str]:
    """Decimals and percentages in what is said of a figure that its code does not hold: somebody measured and typed them.

    Counts and settings are whole numbers, and bounds that a claim keeps to stand in its assertions; what a run measures
    stands in its output and its drawing alone, since it changes with the seed and the machine.
    """
    known = {round(float(number), 9) for number in re.findall(r"(?<![\w.])\d+\.?\d*(?:e[-+]?\d+)?", code)}
    known |= {round(100 * number, 9) for number in known}
    said = re.sub(r"\[@[^\]]*\]", "", said)
    numbers = re.findall(r"(?<![\w.])(?:\d+\.\d+|\d+(?= ?%))", said)
    return [number for number in numbers if round(float(number), 9) not in known]


@pytest.mark.parametrize("page", [*PAGES, *read_labs(ROOT)], ids=lambda page: Path(page.path).stem)
def test_nothing_measured_is_typed_into_what_is_said_of_a_figure(page: Page) -> None:
    said = [(fence, text) for fence in page.fences for figure in fence.figures for text in figure]
    found = [(number, text) for fence, text in said for number in typed_numbers(fence.code, text)]
    assert not found, f"{page.path}: say it in words, or with a bound that the snippet asserts: {found}"


def test_a_typed_measurement_is_found() -> None:
    code = "rates = [1e-3, 0.25]\nassert error < 0.05\nprint(0.713)"
    assert typed_numbers(code, "At rate 0.001 the error stays below 5 % and 0.05, see [@key, sec. 3.1].") == []
    assert typed_numbers(code, "The error falls from 0.4 to 12 %, over 3 seeds.") == ["0.4", "12"]


def test_the_site_skips_next_to_nothing() -> None:
    skipped = [f"{fence.page}:{fence.line}" for page in read_site(ROOT) for fence in page.fences if fence.skip_reason]
    assert len(skipped) <= 2, f"skips become permanent; found {skipped}"


def test_each_runnable_fence_is_shown_once_as_passed(site: Path) -> None:
    for page in read_site(ROOT):
        shown = evidence_of(html_of(site, page))
        assert [name for name, _, _ in shown] == [fence.snippet for fence in page.fences]
        assert {status for _, status, _ in shown} <= {"passed"}


def test_both_engines_show_the_same_evidence(site: Path, zensical_site: Path) -> None:
    for page in read_site(ROOT):
        one, other = (
            re.findall(r'<div class="evidence".*?<p class="evidence-provenance">.*?</p>', html_of(s, page), re.S)
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


def test_no_internal_link_is_broken(site: Path) -> None:
    assert not broken_links(site)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<h2 id="here">x</h2><a href="no.html">a</a><a href="#nowhere">b</a><a href="#here">c</a>'
    )
    assert broken_links(tmp_path) == ["index.html: no.html: no such file", "index.html: #nowhere: no such anchor"]


def test_each_figure_says_what_is_to_be_seen(site: Path) -> None:
    for page in read_site(ROOT):
        for tag, attributes in Elements(html_of(site, page)).found:
            if tag == "svg" and attributes.get("role") == "img":
                assert len(attributes["aria-label"].split()) >= 5, f"{page.path}: {attributes['aria-label']!r} says too little"


def test_no_item_of_a_list_is_empty(site: Path) -> None:
    empty = re.compile(r"<li>\s*(?:<p>\s*</p>\s*)?</li>")
    assert empty.search("<ul>\n<li></li></ul>") and not empty.search("<li>text</li>")
    assert [file for file in site.rglob("*.html") if empty.search(file.read_text(encoding="utf-8"))] == []


def test_ids_are_unique_on_each_page(site: Path) -> None:
    for page in read_site(ROOT):
        ids = [a["id"] for _, a in Elements(html_of(site, page)).found if "id" in a]
        twice = {name for name in ids if ids.count(name) > 1}
        assert not twice, f"{page.path}: {sorted(twice)[:5]}"


def test_every_source_is_whole_and_cited() -> None:
    texts = [file.read_text(encoding="utf-8") for kind in ("*.md", "*.py") for file in (ROOT / "docs").rglob(kind)]
    known = sources(ROOT)
    assert uncited(set(known), texts) == [], "cite them, or take them out of docs/references.bib"
    for key, source in known.items():
        lacking = [name for name in ("authors", "title", "venue", "year", "url") if not getattr(source, name)]
        assert not lacking, f"docs/references.bib: {key} lacks {lacking}"


def uncited(keys: set[str], texts: list[str]) -> list[str]:
    return sorted(keys - {key for text in texts for key in cited_keys(text)})


def test_a_source_that_nothing_cites_is_found() -> None:
    assert uncited({"a", "b", "c"}, ["As [@a, sec. 1; @c] says, not b."]) == ["b"]


def test_each_page_of_questions_tells_search_engines_what_it_answers(site: Path) -> None:
    for page in PAGES:
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html_of(site, page))
        names = [entity["@id"] for entity in json.loads(data[1])["mainEntity"]] if data else []
        assert names == [f"#{name}" for name, _, _ in sections(page)], page.path


def test_the_formula_font_holds_every_character_of_the_formulas(site: Path) -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(site / "assets/fonts/formula.woff2").getBestCmap()
    for page in read_site(ROOT):
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


def test_the_words_for_the_search_belong_to_questions() -> None:
    asked = {name for _, name, _ in QUESTIONS}
    assert not set(synonyms(ROOT)) - asked, f"docs/synonyms.txt names no questions: {sorted(set(synonyms(ROOT)) - asked)}"
