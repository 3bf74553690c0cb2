"""The second form in a site, in its exports, its search and its preview; under both engines."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import markdown
import nbformat
import pytest
from conftest import Book
from form_book import OTHER, PAGE, SPREAD
from nbclient import NotebookClient

from evidence.errors import EvidenceError
from evidence.fronts.make_site import build
from evidence.fronts.publish import publish
from evidence.read.pages import read_site
from evidence.records.standing import standing
from evidence.records.store import Records
from evidence.render.extension import EvidenceExtension

SAID = "on three points the widest is 6.00, or 46% of it,\nwith a rest of 0 ("


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def site(formed: Book, request: pytest.FixtureRequest) -> Path:
    if request.param == "mkdocs":
        refused = build(formed.root)
        assert not refused, refused
        return formed.root / "site"
    done = formed.build("zensical", "--strict", "--clean")
    assert done.returncode == 0, done.stdout + done.stderr
    publish(formed.root, formed.root / "site")
    return formed.root / "site"


@pytest.fixture
def convert(formed: Book, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Convert a page in place of the book's own."""
    monkeypatch.chdir(formed.root)

    def run(text: str = PAGE, preview: bool = False) -> str:
        extensions = ["attr_list", "tables", "toc", "pymdownx.arithmatex", "pymdownx.superfences"]
        math = {"pymdownx.arithmatex": {"generic": True}}
        formed.page(text)
        try:
            return markdown.markdown(text, extensions=[*extensions, EvidenceExtension(preview=preview)], extension_configs=math)
        finally:
            formed.page(PAGE)

    return run


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def codes(html: str) -> str:
    """All code of the first piece of evidence."""
    block = re.search(r'<div class="evidence" data-snippet="snippets/spread.py".*?evidence-provenance', html, re.S)
    assert block, html
    return plain("".join(re.findall(r"<code>(.*?)</code>", block[0], re.S)))


def test_the_page_holds_the_code_in_pieces_to_the_byte(site: Path) -> None:
    assert codes((site / "page/index.html").read_text()) == SPREAD


def test_the_proof_is_folded_below_a_line_that_says_what_it_does(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    proof = re.search(r'<details class="evidence-proof">\s*<summary>(.*?)</summary>(.*?)</details>', html, re.S)
    assert proof
    assert re.fullmatch(r"Proof: 12 scales, &lt;each&gt; apart · 2 assertions · \d+\.\d\d s of CPU time", proof[1]), proof[1]
    assert "widths up to 6.00" in proof[2] and "points from" not in proof[2] and proof[2].count("<figure") == 1
    assert "Up to 6.000, 12 of them" in plain(proof[2])
    folds = re.findall(r'<details class="evidence-fold">\s*<summary>(.*?)</summary>', html)
    assert folds == ["a list of points · 1 line", "the plot · 3 lines"]


def test_picture_and_output_stand_before_the_code_where_the_page_says_so(site: Path, convert) -> None:
    html = (site / "page/index.html").read_text()
    block = html[html.index('data-snippet="snippets/spread.py"') :]
    assert block.index("<figure") < block.index("points from -0.50") < block.index("<code>"), "figure, output, code"
    block = convert(PAGE.replace("<!-- show: figure first -->\n", "\n"))
    block = block[block.index('data-snippet="snippets/spread.py"') :]
    assert block.index("<code>") < block.index("points from -0.50") < block.index("<figure"), "code, output, figure"


def test_each_choice_has_its_button_its_output_and_its_link(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    panes = re.findall(r'<div class="evidence-try" data-try="(\d)" id="([^"]+)"><p[^>]*>(.*?)</p>(.*?)</figure>', html, re.S)
    assert [(number, name, plain(said)) for number, name, said, _ in panes] == [
        ("0", "try-spread-scale-0.5-shift-minus1", "With scale = 0.5, shift = -1, as written #"),
        ("1", "try-spread-scale-0.1", "With scale = 0.1 #"),
        ("2", "try-spread-scale-2", "With scale = 2 #"),
        ("3", "try-spread-shift-1", "With shift = 1 #"),
    ]
    printed = ["-0.50 to 0.50", "-0.90 to -0.70", "1.00 to 5.00", "1.50 to 2.50"]
    after = html.split('class="evidence-try"')[1:]
    assert [said in one.partition("</samp>")[0] for one, said in zip(after, printed, strict=True)] == [True] * 4
    buttons = re.findall(r'<input type="radio" name="try-spread" value="(\w+)"( checked)?>', html)
    assert buttons == [("linked", " checked"), ("0", ""), ("1", ""), ("2", ""), ("3", "")]
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "no two elements have one id"


def test_what_was_measured_stands_in_prose_captions_and_alt_texts(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    assert SAID.replace("\n", " ") in " ".join(plain(html).split()) and "<code>[=code]</code>" in html
    assert "Up to 6.000, 12 of them, as Euler" in plain(html)
    assert re.search(r'aria-label="widths that grow to 6\.0"|<title[^>]*>widths that grow to 6\.0<', html), "an alt text"
    assert "[=" not in html.replace("[=code]", "")


def test_what_was_measured_stands_in_lists_structured_data_and_the_search(site: Path) -> None:
    said = " ".join(SAID.split())
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', (site / "page/index.html").read_text(), re.S)
    assert data and said in json.loads(data[1])["mainEntity"][0]["acceptedAnswer"]["text"]
    assert said in " ".join(plain((site / "verdicts/index.html").read_text()).split())
    index = (site / "assets/search/index.js").read_text()
    assert said in index and "Claim" not in index.partition(said)[0][-200:] and "[=" not in index.replace("[=code]", "")
    assert "widths" in index or "scales" in index, "what the proof says can be found"


def test_a_claim_is_an_element_above_its_verdict_and_no_answer(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    assert re.search(r'<p class="claim"><strong>Claim:</strong> "A spread.*?</p>\s*<p class="verdict verdict-holds">', html, re.S)
    assert "A spread grows with its" not in (site / "verdicts/index.html").read_text()


def test_a_check_folds_its_answer_with_what_was_measured_and_printed(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    check = re.search(r'<details class="evidence-check"><summary>(.*?)</summary>(.*?)</details>', html, re.S)
    assert check and plain(check[1]).startswith("Check yourself Where does it end with a scale of ") and "<math>" in check[1]
    assert "<strong>above</strong> 6, " in check[2] and 'href="https://e.org"' in check[2]
    assert re.findall(r"<samp>(.*?)\n</samp>", check[2]) == ["points from 1.00 to 5.00", "widths up to 6.00"]


def test_the_page_as_markdown_names_the_values_and_holds_both_parts(site: Path) -> None:
    text = (site / "page.md").read_text()
    teaching, proof = SPREAD.split("\n# %% proof")
    for expected in (
        f"```python title=snippets/spread.py\n{teaching}```",
        f"```python title=snippets/spread.py\n# %% proof{proof}```",
        "It printed:\n\n```text\npoints from -0.50 to 0.50\n```",
        "With `scale = 2` in place of what is written it printed:\n\n```text\npoints from 1.00 to 5.00\n```",
        "Proof: 12 scales, <each> apart.",
        "Figure: It rises. (a line that rises)",
        "Figure: Up to 6.000, 12 of them, as [Euler (1748)](https://e.org) saw. (widths that grow to 6.0)",
        "**Check yourself.** Where does it end with a scale of $2$?\n\n<details><summary>Answer</summary>",
        "**above** 6, [Euler (1748)](https://e.org).\n\n```text\npoints from 1.00 to 5.00\n```",
        SAID,
        '**Claim:** "A spread',
    ):
        assert expected in text, f"{expected}\n\nis not in\n\n{text}"
    assert "<!-- show" not in text and "[=" not in text.replace("[=code]", "")


def test_the_notebook_has_a_cell_for_each_part_and_runs(site: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(site / "page.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert "".join(f"{cell.source}\n\n" for cell in cells[:2]).rstrip() == SPREAD.rstrip() and len(cells) == 3
    assert [[output.output_type for output in cell.outputs] for cell in cells] == [["stream", "display_data"]] * 2 + [["stream"]]
    assert cells[0].outputs[0].text == "points from -0.50 to 0.50\n" and cells[1].metadata.jupyter.source_hidden
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "Try other values of `scale`: `0.1`, `2` in place of `0.5`." in words and "Up to 6.000, 12 of them" in words
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    NotebookClient(notebook, timeout=None, kernel_name="python3").execute(cwd=str(tmp_path))


def test_the_zip_file_and_the_download_hold_the_file_as_it_is(site: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO((site / "page.zip").read_bytes()))
    assert archive.read("snippets/spread.py").decode() == SPREAD and archive.read("snippets/other.py").decode() == OTHER
    assert (site / "snippets/spread.py").read_text() == SPREAD


def test_a_preview_without_a_record_shows_the_name_marked(formed: Book, convert) -> None:
    records = formed.root / ".evidence"
    records.rename(formed.root / "away")
    try:
        html = convert(preview=True)
        assert '<mark title="not measured yet">widest</mark>' in html and "(not run yet)" in html
        assert codes(html) == SPREAD and "evidence-knobs" not in html, "the code is there, and no choice without an output"
        assert "[=" not in html.replace("[=code]", "") and "widest: not measured yet" in html
    finally:
        (formed.root / "away").rename(records)


def test_a_preview_and_a_build_say_what_does_not_fit(convert) -> None:
    wrong = PAGE.replace("Look at the last point.", "It is 6.00 wide, or [=spread.none:.1f].")
    assert "docs/page.md:12: found &#x27;[=spread.none:.1f]&#x27;, and snippets/spread.py measured widest" in convert(wrong, True)
    html = convert(wrong)
    assert "This answer is withheld" in html and "docs/page.md:12: found" in html and "6.00" not in html
    with pytest.raises(EvidenceError, match=r"docs/page.md:12: found '\[=spread.none:.1z\]'; expected `\[=name:format\]`"):
        convert(wrong.replace(".1f].", ".1z]."))


def test_an_answer_that_shows_another_answers_number_is_withheld_with_it(formed: Book) -> None:
    def withheld() -> list[str]:
        return [question.id for question in standing(read_site(formed.root), Records(formed.root)) if question.withheld]

    assert withheld() == []
    (record,) = (formed.root / ".evidence").glob("snippets-other-py.*.json")
    record.rename(formed.root / "other.json")
    try:
        assert withheld() == ["grow", "even"]
    finally:
        (formed.root / "other.json").rename(record)


def test_a_snippet_that_stands_twice_gives_no_id_twice(convert) -> None:
    words = "<!-- figure: one -->\nFigure: One.\n\n<!-- figure: two -->\nFigure: Two.\n"
    again = PAGE.replace("### Why\n", f'```python\n--8<-- "snippets/spread.py"\n```\n\n{words}\n### Why\n')
    ids = re.findall(r'\bid="([^"]+)"', convert(again))
    assert len(ids) == len(set(ids)) and "try-spread-2-scale-2" in ids
