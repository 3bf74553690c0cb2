"""Verdicts, statuses and citations that are none are faults with page and line, in the run, the build and the preview alike."""

import pytest
from conftest import BIB, Book

from evidence.read.labs import read_lab
from evidence.read.pages import read_page

FORM = "expected `[@key]`, `[@key, sec. 2]` or `[@one, p. 3; @other]`"
FAULTS = {
    "**Status: contsted.** So.": "found '**Status: contsted.** So.'; expected at the start of a paragraph `**Status: open.**`",
    "**Status: open.**": "found '**Status: open.**'; expected",
    "**Status:** open.": "found '**Status:** open.'; expected",
    "> **Status: open.** Quoted.": "found '> **Status: open.** Quoted.'; expected",
    "**Verdict: maybe.** So.": "found '**Verdict: maybe.** So.'; expected at the start of a paragraph `**Verdict: holds.**`",
    "**Verdict: Holds.** So.": "found '**Verdict: Holds.** So.'; expected",
    "As [@Euler1748] says.": f"found '[@Euler1748]'; {FORM}",
    "As [@euler1748; b] says.": f"found '[@euler1748; b]'; {FORM}",
    "As [@ ] says.": f"found '[@ ]'; {FORM}",
    "As [@euler1748 sec. 3] says.": f"found '[@euler1748 sec. 3]'; {FORM}",
    "As [@euler1748, ] says.": f"found '[@euler1748, ]'; {FORM}",
    "As [@euler1748 says.": f"found '[@euler1748 says.'; {FORM}",
    "As [@nobody1900] says.": "cites @nobody1900, which docs/references.bib does not hold",
    "As [@euler1748, p. 1; @nobody1900] says.": "cites @nobody1900, which docs/references.bib does not hold",
}
PLAIN = (
    "As [@euler1748] and [@euler1748, ch. 2, p. 3; @euler1748] say,\nand [@euler1748,\nch. 4].",
    "**Status: open.** Nobody knows.",
    "**Verdict: holds when** it rains.\n\n**Verdict: does not hold** in June.",
    "It is written `[@Key]` or\n`` [@a; `b] ``, and \\[@Key] is text, as $x[@y]$.",
    "```text\n[@Key]\n**Status: none.**\n```",
    "<!-- [@Key]\n\n**Status: none.**\n-->",
)


@pytest.fixture
def cited(book: Book) -> Book:
    book.write("docs/references.bib", BIB)
    return book


def faults_of(book: Book, text: str) -> list[str]:
    book.page(text)
    return [problem.format_message() for problem in read_page(book.root, "docs/page.md").problems]


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_no_verdict_status_or_citation_is_named_with_its_line(cited: Book, text: str) -> None:
    (found,) = faults_of(cited, f"# Page\n\n{text}\n")
    assert found.startswith(f"docs/page.md:3: {FAULTS[text]}"), found
    (found,) = faults_of(cited, f"# Page\n\nAbove.\n\nA line, `code`,\nthen\n\n{text}\n")
    assert found.startswith("docs/page.md:8: ")


def test_what_begins_no_paragraph_is_no_status(cited: Book) -> None:
    (found,) = faults_of(cited, "# Page\n\nIt is so.\n**Status: open.** Nobody knows.\n")
    assert found.startswith("docs/page.md:4: found '**Status: open.** Nobody knows.'; expected at the start of a paragraph")


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_one_or_is_not_prose_is_let_through(cited: Book, text: str) -> None:
    assert faults_of(cited, f"# Page\n\n{text}\n") == []


def test_a_bibliography_that_cannot_be_read_is_named_once_and_not_for_each_citation(book: Book) -> None:
    book.write("docs/references.bib", "@article{euler1748,")
    assert faults_of(book, "# Page\n\nAs [@euler1748] says.\n") == []


def test_a_caption_and_a_check_are_prose_too(cited: Book) -> None:
    fence = "```python\nprint(1)\n```\n"
    words = f"# Page\n\n{fence}\n<!-- figure: one -->\nFigure: One, as [@Euler] has it.\n\n"
    found = faults_of(cited, words + "<!-- check: why [@a]? -->\nAnswer: see\n[@b; c].\n")
    assert [one.partition(": ")[0] for one in found] == ["docs/page.md:8", "docs/page.md:10", "docs/page.md:12"]


LAB = "# %% [markdown]\n# # Lab\n#\n# As [@nobody1900]\n# and [@Key] say.\n\n# %%\nx = '[@Key]'\n"


def test_a_labs_prose_is_held_to_the_same(cited: Book) -> None:
    cited.write("docs/labs/one.py", LAB)
    found = [problem.format_message() for problem in read_lab(cited.root, "docs/labs/one.py").problems]
    assert [one.partition(";")[0] for one in found] == [
        "docs/labs/one.py:4: cites @nobody1900, which docs/references.bib does not hold",
        "docs/labs/one.py:5: found '[@Key]'",
    ]


@pytest.mark.parametrize("text", ["**Status: contsted.** So.", "As [@Euler1748] says.", "As [@nobody1900] says."])
def test_the_run_the_build_and_the_preview_say_the_same(cited: Book, text: str) -> None:
    cited.write("mkdocs.yml", "site_name: Book\nmarkdown_extensions: [attr_list, pymdownx.superfences, evidence]\n")
    cited.page(f"# Page\n\n{text}\n")
    said = f"docs/page.md:3: {FAULTS[text]}"
    done = cited.run()
    assert done.returncode == 1 and said in done.stdout, done.stdout
    built = cited.build("mkdocs")
    assert built.returncode == 1 and said in built.stderr, built.stderr
    shown = cited.build("mkdocs", EVIDENCE_PREVIEW="1")
    html = (cited.root / "site/page/index.html").read_text(encoding="utf-8").replace("&#x27;", "'")
    assert shown.returncode == 0 and f'<div class="evidence-problem">{said}' in html
