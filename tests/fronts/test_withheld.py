"""What does not stand is withheld, and nothing else: in pages, lists, search, exports and labs, under both engines."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from concurrent.futures import Future
from pathlib import Path

import markdown
import pytest
from conftest import BIB, ROOT, Book
from lab_book import LAB

import evidence.records.record
import evidence.records.store
from evidence.errors import EvidenceError
from evidence.fronts import make_site as front
from evidence.fronts.make_site import INTERRUPTED, REFUSED, STANDS, WITHHELD, build, make_site
from evidence.fronts.publish import publish
from evidence.fronts.serve import Keeper
from evidence.read.labs import read_lab
from evidence.read.pages import read_site
from evidence.records.files import RecordsError
from evidence.records.judgement import fault
from evidence.records.store import Records, job_of
from evidence.render.extension import EvidenceExtension
from evidence.render.withheld import box, in_markdown
from evidence.run.job import Outcome

RED = "Rotten"  # in every sentence, comment and message of what is withheld
BROKE = "its last run failed: snippets/red.py:4: AssertionError: it <broke>"
SNIPPET = '"""{said} claim."""\nx = 1 + 1\nprint("{said} output")\nassert x == 2, "{said} bound"\n'
QUESTION = """
## Is it {name}? {{ #{name} }}

**Verdict: holds.** {said} verdict.

{said} answer, as [@{key}] says.

```python
--8<-- "snippets/{name}.py"
```

### Why {{ #{name}-reason }}

{said} reason, $1 + 1$.

### {said} step

{said} step.

**Status: open.** {said} status.
"""
SETTINGS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
NAV = "nav: [index.md, page.md, questions.md, verdicts.md, open.md, references.md, labs/index.md, labs/one.py]\n"


def write_book(book: Book) -> None:
    """Two answers, of which `red` failed; a home page whose example failed; a lab that failed; the generated lists."""
    book.write("mkdocs.yml", f"{SETTINGS.partition('nav:')[0]}{NAV}\nmarkdown_{SETTINGS.partition('markdown_')[2]}")
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    shutil.copytree(ROOT / "docs/assets", book.root / "docs/assets", dirs_exist_ok=True)
    book.write("docs/references.bib", BIB + BIB.replace("euler1748", "gauss1801").replace("Introductio", "Disquisitiones"))
    book.write("docs/synonyms.txt", "red: scarlet\ngreen: verdant\n")
    book.write("docs/labs/one.py", LAB.replace("Is one", f"{RED} prose: is one").replace("So it is.", f"{RED} end."))
    book.page("# Labs\n\n[One](one.py)\n", "docs/labs/index.md")
    book.page(f'# Home\n\n```python\nassert False, "{RED} home"\n```\n\nStill here.\n', "docs/index.md")
    for name in ("questions", "verdicts", "open", "references"):
        book.page(f"# The {name}\n\n<!-- generate: {name} -->\n", f"docs/{name}.md")
    page = "# Page\n\nSee [why](#red-reason) and [that](#red-rotten-step), and [the lab](labs/one.py#count).\n"
    page += QUESTION.format(name="red", said=RED, key="gauss1801") + QUESTION.format(name="green", said="Fresh", key="euler1748")
    book.page(page)
    for name, said in (("red", RED), ("green", "Fresh")):
        book.write(f"snippets/{name}.py", SNIPPET.format(said=said))


def record(book: Book) -> None:
    """Keep what a run would leave: `green` passed, all else failed at its first line."""
    records = Records(book.root)
    for page in [*read_site(book.root), read_lab(book.root, "docs/labs/one.py")]:
        assert not page.problems, page.problems
        for fence in page.fences:
            if fence.question == "green":
                records.keep(fence, Outcome(job_of(fence), stdout="Fresh output\n"))
            else:
                records.keep(fence, Outcome(job_of(fence), "AssertionError: it <broke>", (fence.snippet, 4)))


@pytest.fixture(scope="module")
def made(shared_book: Book) -> Book:
    write_book(shared_book)
    record(shared_book)
    return shared_book


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def site(made: Book, request: pytest.FixtureRequest) -> Path:
    if request.param == "mkdocs":
        refused = build(made.root)
        assert not refused, refused
        return made.root / "site"
    done = made.build("zensical", "--strict", "--clean")
    assert done.returncode == 0, done.stdout + done.stderr
    publish(made.root, made.root / "site")
    return made.root / "site"


def answer(html: str, name: str) -> str:
    """The element of an answer and what it holds, up to the next heading."""
    found = re.search(rf'<h2 id="{name}">.*?(?=<h2 |</article>)', html, re.S)
    assert found, html
    return found[0]


def test_a_question_whose_evidence_is_red_keeps_its_heading_and_says_why(site: Path) -> None:
    html = answer((site / "page/index.html").read_text(), "red")
    assert html.startswith('<h2 id="red">Is it red?') and "<strong>This answer is withheld.</strong>" in html
    assert re.search(r'<div class="answer" data-question="red" data-withheld=""', html)
    assert "its last run failed: snippets/red.py:4: AssertionError: it &lt;broke&gt;" in html
    assert 'class="evidence"' not in html and "verdict" not in html and "scarlet" not in html


def test_links_into_what_is_withheld_arrive(site: Path) -> None:
    html = answer((site / "page/index.html").read_text(), "red")
    assert '<span id="red-reason">' in html and '<span id="red-rotten-step">' in html


def test_the_answers_beside_it_are_whole(site: Path) -> None:
    html = answer((site / "page/index.html").read_text(), "green")
    assert re.search(r'<div class="answer" data-question="green" data-verdict="holds"', html) and "data-withheld" not in html
    for said in ("Fresh verdict", "Fresh answer", "Fresh output", "Fresh reason", "Also asked about: verdant"):
        assert said in html, said


def test_nothing_of_what_is_withheld_stands_in_any_file_of_the_site(site: Path) -> None:
    found = []
    for file in (file for file in site.rglob("*") if file.is_file()):
        texts = {file.name: file.read_bytes()}
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                texts = {f"{file.name}/{name}": archive.read(name) for name in archive.namelist()}
        found += [name for name, data in texts.items() if RED.encode() in data or name.endswith("red.py")]
    assert not found, found
    with zipfile.ZipFile(site / "snippets.zip") as archive:
        assert "snippets/green.py" in archive.namelist()
    assert (site / "snippets/green.py").exists()


def test_a_red_example_outside_of_answers_is_withheld_in_its_place(site: Path) -> None:
    html = (site / "index.html").read_text()
    assert "<strong>This example is withheld.</strong>" in html and "docs/index.md:4: AssertionError" not in html
    assert "docs/index.md:3:4: AssertionError" in html and "Still here." in html
    assert "**This example is withheld.**" in (site / "index.md").read_text()


def test_the_lists_count_it_as_withheld_and_claim_nothing(site: Path) -> None:
    index = (site / "questions/index.html").read_text()
    assert "2 questions: 1 open, 1 withheld; 1 snippets." in index
    row = next(row for row in re.findall(r"<tr>.*?</tr>", index, re.S) if "Is it red?" in row)
    assert re.findall(r"<td>(.*?)</td>", row, re.S)[1:] == ["withheld", "", "", ""], row
    for name in ("verdicts", "open", "references"):
        html = (site / name / "index.html").read_text()
        assert "page/#green" in html and "page/#red" not in html and "labs/one" not in answer_part(html), name


def answer_part(html: str) -> str:
    """What the author and the machinery wrote, without the theme's navigation."""
    return html.partition("<article")[2].partition("</article>")[0]


def test_search_engines_are_told_the_answers_that_stand_alone(site: Path) -> None:
    html = (site / "page/index.html").read_text()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
    assert [entity["@id"] for entity in data["mainEntity"]] == ["#green"]
    assert "2 questions, 1 withheld" in html


def test_the_other_forms_name_the_question_and_say_that_it_is_withheld(site: Path) -> None:
    assert "- [Is it red?](page.md): withheld\n- [Is it green?](page.md): Fresh answer, as" in (site / "llms.txt").read_text()
    text = (site / "page.md").read_text()
    said = text.partition("## Is it red?")[2].partition("## Is it green?")[0]
    assert "**This answer is withheld.**" in said and "it &#60;broke>" in said and "```" not in said
    cells = json.loads((site / "page.ipynb").read_text())["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "markdown"]


def test_a_red_lab_is_withheld(site: Path) -> None:
    html = (site / "labs/one/index.html").read_text()
    assert "<h1" in html and "A lab" in html and "<strong>This lab is withheld.</strong>" in html
    assert not (site / "labs/one/one.py").exists()
    cells = json.loads((site / "labs/one/one.ipynb").read_text())["cells"]
    assert len(cells) == 1 and "**This lab is withheld.**" in "".join(cells[0]["source"])


def test_links_into_a_lab_that_is_withheld_arrive(site: Path) -> None:
    html = (site / "labs/one/index.html").read_text()
    assert html.count('id="count"') == 1 and '<span id="count"></span>' in html and html.count('id="a-lab"') == 1
    assert 'href="#count"' not in html, "the table of contents leads to what is there"


def test_what_is_malformed_inside_a_withheld_lab_refuses_the_site(made: Book) -> None:
    kept = (made.root / "docs/labs/one.py").read_text()
    made.write("docs/labs/one.py", kept.replace("@euler1748", "@nobody1900"))
    try:
        assert "docs/labs/one.py:4: cites @nobody1900" in build(made.root)
    finally:
        made.write("docs/labs/one.py", kept)


def test_a_reason_is_text_in_every_form(made: Book) -> None:
    """What an assertion says may look like HTML, Markdown, a citation or a placeholder of the engine."""
    fence = read_site(made.root)[1].fences[0]
    said = "E: <script>x</script>\n# [@nobody1900] \x02wzxhzdk:0\x03 `a`"
    assert "<script" not in box("This answer", [(fence, said)], lambda _: "") and "\x02" not in in_markdown("It", [(fence, said)])
    assert "[@" not in in_markdown("It", [(fence, said)]) and "\n#" not in in_markdown("It", [(fence, said)])


def convert(book: Book, monkeypatch: pytest.MonkeyPatch, **config: object) -> str:
    monkeypatch.chdir(book.root)
    extensions = ["attr_list", "toc", "pymdownx.arithmatex", "pymdownx.superfences", EvidenceExtension(**config)]
    settings = {"pymdownx.arithmatex": {"generic": True}}
    text = (book.root / "docs/page.md").read_text()
    return markdown.markdown(text, extensions=extensions, extension_configs=settings)


def test_a_preview_shows_what_failed_in_its_place(made: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    html = convert(made, monkeypatch, preview=True)
    assert "data-withheld" not in html and f"{RED} answer" in html
    assert 'data-snippet="snippets/red.py" data-status="missing"' in html and "it &lt;broke&gt;" in html


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("$1 + 1$", r"$\frac{1$", "docs/page.md:17: the formula"),
        ("@gauss1801", "@nobody1900", "docs/page.md:9: cites @nobody1900"),
    ],
)
def test_what_is_malformed_inside_a_withheld_answer_refuses_the_page(
    made: Book, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    kept = (made.root / "docs/page.md").read_text()
    made.page(kept.replace(old, new, 1))
    try:
        with pytest.raises(EvidenceError, match=re.escape(said)):
            convert(made, monkeypatch)
    finally:
        made.page(kept)


@pytest.fixture
def one(book: Book) -> Book:
    """A book with one answer, which passed."""
    book.write("docs/references.bib", BIB)
    book.page("# Page\n" + QUESTION.format(name="green", said="Fresh", key="euler1748"))
    book.write("snippets/green.py", SNIPPET.format(said="Fresh"))
    passed(book)
    return book


def fence_of(book: Book):
    return next(fence for page in read_site(book.root) for fence in page.fences)


def passed(book: Book) -> None:
    Records(book.root).keep(fence_of(book), Outcome(job_of(fence_of(book)), stdout="Fresh output\n", seconds=0.1))


def doubt(book: Book) -> str:
    return Records(book.root).doubt(fence_of(book))


def record_file(book: Book) -> Path:
    return next((book.root / ".evidence").glob("*.json"))


def test_what_passed_stands(one: Book) -> None:
    assert doubt(one) == ""


def test_what_has_not_run_is_withheld(one: Book) -> None:
    record_file(one).unlink()
    assert doubt(one) == "it has not run"


def test_what_ran_on_other_versions_is_withheld(one: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    now = evidence.records.store.versions() | {"torch": "9.9.9"}
    monkeypatch.setattr(evidence.records.store, "versions", lambda: now)
    assert re.fullmatch(r"its record is stale: torch 2\.[\d.]+(\+cpu)? → 9\.9\.9", doubt(one))


def test_what_ran_as_other_code_is_withheld(one: Book) -> None:
    one.write("snippets/green.py", SNIPPET.format(said="Other"))
    assert doubt(one) == "its record is stale: it is of other code"


def test_what_the_page_no_longer_says_as_it_ran_is_withheld(one: Book) -> None:
    text = (one.root / "docs/page.md").read_text()
    one.page(text.replace("```\n\n### Why", "```\n\n<!-- figure: a line -->\nFigure: A line.\n\n### Why"))
    assert doubt(one).startswith("its record does not fit the page: draws 0 figures, and the page describes 1")


def test_a_skip_with_a_reason_stands_until_it_runs_and_fails(one: Book) -> None:
    text = (one.root / "docs/page.md").read_text()
    one.page(text.replace("```python", '<!--pytest.mark.skip(reason="needs a GPU")-->\n\n```python'))
    record_file(one).unlink()
    assert doubt(one) == ""
    Records(one.root).keep(fence_of(one), Outcome(job_of(fence_of(one)), "AssertionError: no", ("snippets/green.py", 4)))
    assert doubt(one) == "its last run failed: snippets/green.py:4: AssertionError: no"


WRONG = {
    "snippet": 1,
    "stdout": None,
    "stderr": ["a"],
    "figures": "svg",
    "seconds": "1",
    "versions": {"python": "3"},
    "cells": [1],
    "ran": "<b>",
    "parts": [["a", "b", 1]],
    "tries": [["p = 1", "a", "b", [1], 1.0]],
    "measured": {"a": None},
}


@pytest.mark.parametrize(
    ("field", "value"), [*WRONG.items(), ("versions", [1]), ("figures", [1]), ("figures", 7), ("cells", [["a", "b"]])]
)
def test_a_record_of_wrong_types_is_corrupt_whatever_its_checksum_says(one: Book, field: str, value: object) -> None:
    file = record_file(one)
    stored = json.loads(file.read_text())
    stored["record"][field] = value
    stored["checksum"] = evidence.records.record._checksum(stored["record"])
    file.write_text(json.dumps(stored))
    assert doubt(one) == f"its record is corrupt: .evidence/{file.name}"
    passed(one)
    assert doubt(one) == ""


@pytest.mark.parametrize("text", ["null", "[]", "", "[" * 100_000, '{"record": 1, "checksum": 2}', "\x00"])
def test_a_record_that_is_none_is_corrupt(one: Book, text: str) -> None:
    record_file(one).write_text(text)
    assert doubt(one).startswith("its record is corrupt: .evidence/")


def test_a_full_disk_is_named_with_the_file_and_loses_nothing(one: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RecordsError, match=r"\.evidence/snippets-green-py\.\w+\.json: cannot be written: No space left"):
        passed(one)
    monkeypatch.undo()
    assert doubt(one) == "" and not list((one.root / ".evidence").glob(".*.part"))


def test_a_file_in_the_place_of_the_records_is_named(one: Book) -> None:
    for file in (one.root / ".evidence").iterdir():
        file.unlink()
    (one.root / ".evidence").rmdir()
    one.write(".evidence", "")
    assert doubt(one) == "it has not run"
    with pytest.raises(RecordsError, match=r"\.evidence: is a file, .*`mv \.evidence \.evidence\.old`"):
        passed(one)


def test_old_records_are_pruned_and_what_is_needed_or_young_stays(one: Book) -> None:
    folder, week = one.root / ".evidence", 8 * 24 * 3600
    kept, sidecar = record_file(one), record_file(one).with_suffix(".seeds")
    old, young, odd = (folder / f"{name}.json" for name in ("snippets-gone-py.00", "snippets-new-py.00", "snippets-green-py.11"))
    for file in (sidecar, old, young, odd):
        file.write_text("x")
    for file in (kept, sidecar, old, odd):
        os.utime(file, (file.stat().st_mtime - week, file.stat().st_mtime - week))
    Records(one.root).prune([fence_of(one)])
    assert {file.name for file in folder.iterdir()} == {kept.name, sidecar.name, young.name}


class Done:
    """A runner that answers at once."""

    def __init__(self, **made: object) -> None:
        self.made = made

    def submit(self, job):
        future: Future[Outcome] = Future()
        future.set_result(Outcome(job, **self.made))
        return future


def test_the_preview_judges_as_the_tests_do(one: Book, capsys: pytest.CaptureFixture[str]) -> None:
    text = (one.root / "docs/page.md").read_text()
    one.page(text.replace("```\n\n### Why", "```\n\n<!--pytest-codeblocks:expected-output-->\n\n```text\nother\n```\n\n### Why"))
    fence = fence_of(one)
    outcome = Outcome(job_of(fence), stdout="Fresh output\n")
    said = "docs/page.md:9: printed 'Fresh output\\n', and the page expects 'other\\n'"
    assert fault(fence, outcome) == said
    Keeper(one.root, Done(stdout="Fresh output\n")).look()
    assert said in capsys.readouterr().out and doubt(one) == f"its last run failed: {said}"


BOOK = "site_name: Book\nmarkdown_extensions: [attr_list, pymdownx.superfences, evidence]\nnav: [index.md]\n" + (
    "validation: {nav: {omitted_files: warn}, links: {not_found: warn, anchors: warn}}\n"
)


@pytest.mark.parametrize(
    ("page", "text", "said"),
    [
        ("index", "# Home\n\n[x](nowhere.md)\n", "contains a link 'nowhere.md', but the target is not found"),
        ("index", "# Home\n\n[x](#nothing)\n", "contains a link '#nothing', but there is no such anchor"),
        ("other", "# Other\n", "docs/other.md:1: is outside the navigation of mkdocs.yml"),
    ],
)
def test_a_link_that_leads_nowhere_or_a_page_outside_the_navigation_refuses_the_site(book: Book, page, text, said) -> None:
    book.write("mkdocs.yml", BOOK)
    book.write("site/index.html", "earlier")
    book.page(text, f"docs/{page}.md")
    assert said in build(book.root)
    assert (book.root / "site/index.html").exists() and not list(book.root.glob(".site-*"))


def test_a_page_outside_the_navigation_is_a_fault_in_run_and_preview_too(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.write("mkdocs.yml", BOOK)
    book.page("# Other\n")
    said = "docs/page.md:1: is outside the navigation of mkdocs.yml, where no reader finds it; add `- page.md` below `nav:`"
    assert said in book.run().stdout and f'<div class="evidence-problem">{said}' in convert(book, monkeypatch, preview=True)
    book.write("mkdocs.yml", BOOK.replace("[index.md]", "[index.md, page.md]"))
    assert "1 failed" not in book.run().stdout and "evidence-problem" not in convert(book, monkeypatch, preview=True)


def test_a_site_without_fault_is_built_without_a_word(book: Book, capfd: pytest.CaptureFixture[str]) -> None:
    book.write("mkdocs.yml", BOOK)
    book.write("site/old.html", "earlier")
    assert build(book.root) == "" and capfd.readouterr() == ("", "")
    assert (book.root / "site/index.html").exists() and not (book.root / "site/old.html").exists()


@pytest.mark.parametrize(
    ("page", "text"),
    [("index", "# Home\n\n[x](nowhere.md)\n"), ("index", "# Home\n\n[x](#nothing)\n"), ("other", "# Other\n")],
)
def test_zensical_refuses_them_too(book: Book, page: str, text: str) -> None:
    book.write("mkdocs.yml", BOOK)
    whole = book.build("zensical", "--strict")
    book.page(text, f"docs/{page}.md")
    broken = book.build("zensical", "--strict")
    assert (whole.returncode, broken.returncode) == (0, 1), whole.stdout + broken.stdout


def test_zensical_withholds_what_is_red_since_its_last_build(one: Book) -> None:
    one.write("mkdocs.yml", BOOK.replace("[index.md]", "[index.md, page.md]"))
    shown = one.root / "site/page/index.html"
    assert one.build("zensical").returncode == 0 and "data-withheld" not in shown.read_text()
    record_file(one).unlink()
    assert one.build("zensical").returncode == 0 and "data-withheld" in shown.read_text()


def status(book: Book, monkeypatch: pytest.MonkeyPatch, ran: int) -> int:
    """What `make site` makes of a run that ended with a status."""
    monkeypatch.setattr(front, "_run", lambda *_: ran)
    return make_site(book.root)


def test_the_last_lines_name_what_is_withheld_why_and_what_runs_it_again(made: Book, monkeypatch, capsys) -> None:
    assert status(made, monkeypatch, 1) == WITHHELD
    said = capsys.readouterr().out
    for expected in (
        "withheld (3), while all the rest is in site/:",
        f"  docs/page.md:5: Is it red? (#red)\n    snippets/red.py: {BROKE}\n    run it again: make test Q=red\n",
        "  docs/index.md:3:\n",
        "-m pytest --fresh docs/labs/one.py\n",
    ):
        assert expected in said, said


def test_a_site_that_stands_whole_says_so(one: Book, monkeypatch, capsys) -> None:
    one.write("mkdocs.yml", BOOK.replace("[index.md]", "[index.md, page.md]"))
    assert status(one, monkeypatch, 0) == STANDS
    assert capsys.readouterr().out == "site/ stands whole: 1 answer, 1 snippet, 0 labs\n"


def test_a_malformed_page_refuses_the_site_before_anything_runs(one: Book, monkeypatch, capsys) -> None:
    monkeypatch.setattr(front, "_run", lambda *_: pytest.fail("it should not run"))
    one.write("site/index.html", "earlier")
    one.page("# Page\n\n```bash\nls\n```\n")
    assert make_site(one.root) == REFUSED and (one.root / "site/index.html").read_text() == "earlier"
    assert "docs/page.md:3: found a `bash` fence" in capsys.readouterr().out


def test_an_interruption_ends_everything(one: Book) -> None:
    """Sent to the program alone, as an editor or a service would; a terminal sends it to all of them."""
    one.write("mkdocs.yml", BOOK.replace("[index.md]", "[index.md, page.md]"))
    one.write("snippets/green.py", "import time\n\ntime.sleep(200)\n")
    one.page("# Home\n\n```python\nx = 1\n```\n", "docs/index.md")
    command = [sys.executable, "-m", "evidence", "site"]
    process = subprocess.Popen(command, cwd=one.root, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert any("docs/index.md:3" in line for line in process.stdout), "the first of the two should end"
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == INTERRUPTED and "interrupted" in process.stdout.read()
    assert not (one.root / "site").exists() and not list(one.root.glob(".site-*"))
