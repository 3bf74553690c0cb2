"""The Markdown extension: evidence is shown as recorded, and a page without it is refused."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import markdown
import numpy as np
import pytest
from conftest import BIB
from PIL import Image

import evidence.records.store
import evidence.render.furniture
from evidence.errors import EvidenceError
from evidence.read.pages import read_site
from evidence.render.drawing import drawing
from evidence.render.extension import EvidenceExtension

SNIPPET = '"""One plus one is two."""\nx = 1 + 1\n\n\nprint(f"{x} <three>")\nassert x == 2, "one plus one should be two"\n'
PAGE = '# Page\n\n## Is it two? { #two }\n\n```python\n--8<-- "snippets/two.py"\n```\n\n### Why\n\nBecause $1 + 1 = 2$.\n'


@pytest.fixture(scope="module")
def ran(shared_book):
    """A book whose one snippet has run."""
    shared_book.write("snippets/two.py", SNIPPET)
    shared_book.write("docs/references.bib", BIB)
    shared_book.page(PAGE)
    done = shared_book.run()
    assert done.returncode == 0, done.stdout
    return shared_book


@pytest.fixture
def convert(ran, monkeypatch) -> Callable[..., str]:
    monkeypatch.chdir(ran.root)

    def run(text: str = PAGE, **config: object) -> str:
        extensions = ["attr_list", "toc", "pymdownx.arithmatex", "pymdownx.superfences", EvidenceExtension(**config)]
        return markdown.markdown(text, extensions=extensions, extension_configs={"pymdownx.arithmatex": {"generic": True}})

    return run


def record_file(book) -> Path:
    return next((book.root / ".evidence").glob("snippets-two-py.*.json"))


def test_the_page_shows_the_code_to_the_byte(convert) -> None:
    code = re.search(r"<code>(.*?)</code>", convert(), re.S)
    assert code and unescape(re.sub(r"<[^>]+>", "", code[1])) == SNIPPET


def test_the_page_shows_output_status_and_provenance(convert) -> None:
    html = convert()
    assert re.search(r'class="evidence" data-snippet="snippets/two.py" data-status="passed" data-seconds="\d+\.\d+"', html)
    assert re.search(r'<pre class="evidence-output"[^>]*><samp>2 &lt;three&gt;\n</samp>', html)
    assert re.search(r"passed · \d\.\d\d s of CPU time · PyTorch 2\.\d+\.\d+ · NumPy 2", html)
    assert '<a href="../snippets/two.py" download="two.py">Download</a>' in html


def test_the_source_link_stands_only_where_the_repository_is_known(convert) -> None:
    assert ">Source</a>" not in convert()
    assert '<a href="https://x.org/r/blob/main/snippets/two.py">Source</a>' in convert(repository="https://x.org/r/")


def test_below_an_answer_stand_its_date_and_the_ways_to_mend_it(convert, ran) -> None:
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@e.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first", "--date", "2001-02-03T04:05:06Z"]):
        subprocess.run(
            [*git, *command], cwd=ran.root, check=True, env=os.environ | {"GIT_COMMITTER_DATE": "2001-02-03T04:05:06Z"}
        )
    evidence.render.furniture._changes.cache_clear()
    html = unescape(convert(repository="https://x.org/r"))
    for expected in (
        'href="https://x.org/r/edit/main/docs/page.md#L3"',
        "template=wrong-answer.yml&title=Wrong%20answer%3A%20two&question=two",
        "template=new-question.yml&title=Question%3A%20&follows=two",
        'last changed <time datetime="2001-02-03">',
    ):
        assert expected in html, expected
    shutil.rmtree(ran.root / ".git")
    evidence.render.furniture._changes.cache_clear()
    assert "question-footer" not in convert(), "neither a date nor a repository is known"


def test_search_engines_read_the_questions_and_their_answers(convert, ran) -> None:
    answer = "It **is** $2$, see [Home](index.md) and [@euler1748, ch. 2]; `a</script>`."
    ran.page(PAGE.replace("```python", answer + "\n\n```python", 1))
    text = (ran.root / "docs/page.md").read_text()
    html = convert(text)
    ran.page(PAGE)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "FAQPage" and data["license"].startswith("https://creativecommons.org/")
    assert data["mainEntity"] == [
        {
            "@type": "Question",
            "@id": "#two",
            "name": "Is it two?",
            "acceptedAnswer": {
                "@type": "Answer",
                "text": "It is 2, see Home and; a</script>.",
                "url": "#two",
                "citation": ["https://e.org"],
            },
        }
    ]


def test_a_term_is_explained_at_its_first_use_in_a_section(convert, ran) -> None:
    ran.write("docs/glossary.md", "# Glossary\n\n<!-- generate: glossary -->\n\n*[BN]: Batch <normalization>.\n")
    try:
        html = convert("# BN\n\nBN, `BN` and BN.\n\n## BN\n\n[BN](index.md) and **BN** and BN.\n")
        mark = '<abbr tabindex="0" title="Batch &lt;normalization&gt;.">BN</abbr>'
        assert f"<p>{mark}, <code>BN</code> and BN.</p>" in html
        assert f'<a href="index.md">BN</a> and <strong>BN</strong> and {mark}.' in html
        assert html.count("<abbr") == 2
        listed = convert((ran.root / "docs/glossary.md").read_text())
        assert '<dt id="term-bn">BN</dt><dd>Batch &lt;normalization&gt;.</dd>' in listed.replace("'", '"')
    finally:
        (ran.root / "docs/glossary.md").unlink()


def test_the_line_below_the_title_counts_and_dates_what_is_there(convert) -> None:
    bar = re.search(r'<p class="page-bar">.*?</p>', convert())
    assert bar and "1 question · 1 min to read" in bar[0]
    assert re.search(r'evidence last ran <time datetime="20\d\d-\d\d-\d\d">', bar[0])
    assert 'href="../page.ipynb"' in bar[0] and 'data-from="../page.md"' in bar[0]
    assert "page.ipynb" not in convert(preview=True)


def test_an_answer_says_how_much_room_it_will_take(convert) -> None:
    html = convert()
    assert re.search(
        r'</h2>\s*<div class="answer" data-question="two" style="--text:\d+;--parts:\d+;--lines:7;--figures:0">', html
    )
    assert html.index('class="evidence"') > html.index('class="answer"') and html.rstrip().endswith("</div>")
    assert html.count('<p class="short-answer">') == 1, "the first paragraph of the answer stands out"
    assert "answer" not in convert("# Page\n\n## Only words\n\nHere.\n")


def test_other_words_for_a_question_stand_below_it_for_the_search(convert, ran) -> None:
    ran.write("docs/synonyms.txt", "two: deux, a pair\n")
    html = convert()
    assert html.count('<p class="question-also">Also asked about: deux, a pair</p>') == 1
    assert html.index("question-also") > html.index('class="evidence"')
    ran.write("docs/synonyms.txt", "two deux\n")
    with pytest.raises(EvidenceError, match=r"docs/synonyms\.txt:1: found 'two deux'; expected `question-id: other words`"):
        convert()
    (ran.root / "docs/synonyms.txt").unlink()


def test_a_formula_becomes_mathml(convert) -> None:
    assert "<math><mn>1</mn><mo>+</mo><mn>1</mn><mo>=</mo><mn>2</mn></math>" in convert()


def test_a_formula_over_several_lines_keeps_its_ampersands_and_comparisons(convert) -> None:
    html = convert("$$\n\\begin{aligned} a &= b < c \\end{aligned}\n$$\n\nand $a < b$\n")
    assert "<mi>m</mi><mi>p</mi>" not in html and "<mi>l</mi><mi>t</mi>" not in html
    assert html.count("<mo>&lt;</mo>") == 2, html


def test_sub_headings_are_anchored_under_their_question(convert) -> None:
    assert '<h3 id="two-why">' in convert()


def test_verdicts_are_recognised(convert) -> None:
    for said, kind in (("holds.", "holds"), ("holds when n is large.", "conditional"), ("does not hold.", "refuted")):
        assert f'<p class="verdict verdict-{kind}">' in convert(f"**Verdict: {said}** Because.\n")


def test_a_citation_becomes_a_link(convert) -> None:
    html = convert("As [@euler1748, ch. 2] says.\n")
    assert 'href="https://e.org"' in html and ">Euler (1748)</a>, ch. 2</span>" in html


def test_a_citation_in_parentheses_has_no_second_ones_around_its_year(convert) -> None:
    html = convert("So it is ([@euler1748, ch. 2]), as ([@euler1748] wrote) too.\n")
    assert ">Euler, 1748</a>, ch. 2</span>)," in html and ">Euler (1748)</a></span> wrote)" in html


DRAWN = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt" viewBox="0 0 72 36">
<metadata>a date</metadata><defs><style>*{stroke-linecap: butt}</style></defs>
<g id="figure_1"><g id="patch_1"><path d="M 0 0 L 72 0 z" style="fill: none"/></g>
<path d="M 1.23456 10 L 2.5 8.004999 z M 5 5 L 6 6" clip-path="url(#frame)" style="stroke: #123456"/>
<g id="matplotlib.axis_1"><defs><path id="tick" d="M 0 0 L 0 3.5" style="stroke: #123456"/></defs>
<g id="xtick_1"><use xlink:href="#tick" x="10" y="30" style="fill: #123456"/><text>0.001234</text></g>
<g id="xtick_2"><use xlink:href="#tick" x="20.001" y="30" style="fill: #123456"/><text>two  words</text></g></g>
<g id="dots"><defs><path id="dot" d="M 1 0 C 1 2 -1 2 -1 0 z" style="stroke: #ffffff"/></defs>
<use xlink:href="#dot" x="1" y="2" style="fill: #006ba4"/><use xlink:href="#dot" x="3" y="4" style="fill: #006ba4"/></g></g>
<defs><clipPath id="frame"><rect width="72" height="36"/></clipPath></defs></svg>"""


def test_a_citation_before_a_single_word_is_no_address_of_a_link(convert) -> None:
    html = convert("- [@euler1748, ch. 2]: Functions.\n- [@euler1748]: again.\n\n[here]: https://e.org/there\n\nAnd [here].\n")
    assert ">Euler (1748)</a>, ch. 2</span>: Functions.</li>" in html and 'href="https://e.org/there">here' in html


def test_two_sources_with_one_name_are_told_apart(convert, ran) -> None:
    ran.write("docs/references.bib", BIB + "\n" + BIB.replace("euler1748", "euler1748second"))
    html = convert("As [@euler1748] and [@euler1748second] say.\n")
    ran.write("docs/references.bib", BIB)
    assert ">Euler (1748a)</a>" in html and ">Euler (1748b)</a>" in html


def test_as_many_sources_as_there_are_with_one_name_are_told_apart(convert, ran) -> None:
    keys = [f"euler{n:02}" for n in range(30)]
    ran.write("docs/references.bib", "\n".join(BIB.replace("euler1748", key) for key in keys))
    html = convert(" ".join(f"[@{key}]" for key in keys) + f"; so it is ([@{keys[-1]}]).\n")
    ran.write("docs/references.bib", BIB)
    found = re.findall(r">Euler \(1748([a-z]+)\)</a>", html)
    assert found == [*"abcdefghijklmnopqrstuvwxyz", "aa", "ab", "ac", "ad"] and ">Euler, 1748ad</a></span>)" in html


def test_a_figure_keeps_its_labels_and_takes_the_colour_of_the_page() -> None:
    drawn = drawing(DRAWN, "p-", 'A "line"')
    assert "<text>0.001234</text>" in drawn and "<text>two  words</text>" in drawn, "a label is no coordinate"
    assert "stroke: currentColor" in drawn and "fill: var(--figure-0)" in drawn
    assert '<clipPath id="p-frame">' in drawn and 'clip-path="url(#p-frame)"' in drawn
    assert drawn.startswith('<svg role="img" aria-label="A &quot;line&quot;" style="--points:72" viewBox="0 0 72 36">')


def test_a_figure_keeps_its_lines_and_marks_in_few_elements() -> None:
    drawn = drawing(DRAWN, "p-", "A line")
    assert 'd="m1.23 10l1.27 -2zm3.77 -5l1 1"' in drawn, "relative, from the start of the closed part"
    assert 'd="M10 30m0 0l0 3.5M20 30m0 0l0 3.5"' in drawn, "the ticks of an axis are one path"
    assert [mark in drawn for mark in ("M1 2m1 0c0 2 -2 2 -2 0z", "M3 4m1 0c0 2 -2 2 -2 0z")] == [True, True]
    assert drawn.count("<path") == 4, "marks with an edge of their own may overlap and stay apart"
    assert not any(gone in drawn for gone in ("<use", "<style", "a date", "figure_1", "fill: none", "<g"))


def refuse(convert, ran, text: str, expected: str) -> None:
    """Build a page, read what it is refused with, and put the whole page back."""
    ran.page(text)
    try:
        with pytest.raises(EvidenceError, match=expected):
            convert(text)
    finally:
        ran.page(PAGE)


def test_an_invalid_formula_is_refused_with_its_line(convert, ran) -> None:
    refuse(convert, ran, "# P\n\nSee\n$\\frac{1$ there.\n", r"docs/page\.md:4: the formula '\\\\frac\{1' is invalid: ")


def test_an_unknown_citation_is_refused_with_its_line(convert, ran) -> None:
    refuse(
        convert,
        ran,
        "# P\n\nAs [@nobody1900] says.\n",
        r"docs/page\.md:3: cites @nobody1900, which docs/references\.bib does not hold",
    )


def test_a_broken_page_is_refused_by_the_build_too(convert, ran) -> None:
    refuse(convert, ran, PAGE + "\n```bash\nls\n```\n", r"docs/page\.md:13: refused\n.*would be executed")


def withheld(html: str) -> str:
    """Why the page's one answer is withheld."""
    found = re.search(r'data-question="two" data-withheld="".*<span class="withheld-reason">(.*?)</span>', html, re.S)
    assert found and "Because" not in html and 'class="evidence"' not in html, html
    return unescape(found[1])


def test_changed_code_makes_the_record_stale(convert, ran) -> None:
    ran.write("snippets/two.py", SNIPPET + "# changed\n")
    try:
        assert withheld(convert()) == "its record is stale: it is of other code"
        assert 'data-status="missing"' in convert(preview=True)
    finally:
        ran.write("snippets/two.py", SNIPPET)


def test_another_torch_makes_the_record_stale(convert, monkeypatch) -> None:
    now = evidence.records.store.versions() | {"torch": "9.9.9"}
    monkeypatch.setattr(evidence.records.store, "versions", lambda: now)
    assert re.fullmatch(r"its record is stale: torch 2\.[\d.]+(\+cpu)? → 9\.9\.9", withheld(convert()))


def test_other_machinery_makes_the_record_stale(convert, monkeypatch) -> None:
    monkeypatch.setattr(evidence.records.store, "_machinery", lambda: "other")
    assert withheld(convert()).startswith("its record is stale")


def test_an_answer_without_a_record_is_withheld(convert, ran) -> None:
    file = record_file(ran)
    kept = file.read_text()
    file.unlink()
    try:
        assert withheld(convert()) == "it has not run"
    finally:
        file.write_text(kept)


@pytest.mark.parametrize("damage", ["cut", "altered", "empty"])
def test_an_answer_with_a_corrupt_record_is_withheld(convert, ran, damage) -> None:
    file = record_file(ran)
    kept = file.read_text()
    stored = json.loads(kept)
    stored["record"]["stdout"] = "3"
    file.write_text({"cut": kept[:50], "altered": json.dumps(stored), "empty": ""}[damage])
    try:
        assert withheld(convert()) == f"its record is corrupt: .evidence/{file.name}"
        done = ran.run()
        assert "1 ran, 0 unchanged" in done.stdout, "a corrupt record should be run again"
    finally:
        file.write_text(kept)


def test_after_a_failure_the_unchanged_site_stays_red(convert, ran) -> None:
    broken = SNIPPET.replace("1 + 1\n", "1 + 2\n")
    ran.write("snippets/two.py", broken)
    try:
        assert ran.run().returncode == 1
        for _ in range(2):
            assert withheld(convert()) == "its last run failed: snippets/two.py:6: AssertionError: one plus one should be two"
    finally:
        ran.write("snippets/two.py", SNIPPET)


def test_mkdocs_ends_with_the_message_and_status_1(ran) -> None:
    ran.write("mkdocs.yml", "site_name: Book\nmarkdown_extensions: [attr_list, pymdownx.superfences, evidence]\n")
    ran.page(PAGE.replace("two.py", "none.py"), "docs/broken.md")
    try:
        done = ran.build("mkdocs")
        assert done.returncode == 1
        assert "docs/broken.md:6: includes 'snippets/none.py', and there is no such file" in done.stderr
        assert "Traceback" not in done.stderr
    finally:
        (ran.root / "docs/broken.md").unlink()


def embedded(pixels: np.ndarray) -> tuple[str, np.ndarray]:
    """What becomes of a picture in a drawing: its kind, and the pixels that the page shows."""
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    image = f'<image href="data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"/>'
    drawn = drawing(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{image}</svg>', "p-", "A picture")
    found = re.search(r'href="data:image/(\w+);base64,([^"]+)"', drawn)
    return found[1], np.asarray(Image.open(io.BytesIO(base64.b64decode(found[2]))).convert("RGB"))


def test_a_picture_keeps_its_pixels_and_a_photograph_what_can_be_seen_of_them() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    kind, shown = embedded(drawn)
    assert kind == "webp" and (shown == drawn).all()
    y, x = np.mgrid[:160, :160]
    photograph = np.stack([x, y, (x + y) // 2], 2) + rng.integers(0, 40, (160, 160, 3))
    kind, shown = embedded(photograph.astype(np.uint8))
    assert kind == "avif" and np.abs(shown - photograph).mean() < 8


def test_pages_stand_in_the_order_of_the_navigation(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / f"{name}.md").write_text(f"# {name}\n")
    (tmp_path / "mkdocs.yml").write_text("repo_url: !ENV [X, '']\nnav:\n  - Second: c.md\n  - Part:\n    - 'b.md'\n")
    pages = read_site(tmp_path)
    assert [page.path for page in pages] == ["docs/c.md", "docs/b.md", "docs/a.md"]
    found = [problem.format_message() for page in pages for problem in page.problems]
    said = (
        "docs/a.md:1: is outside the navigation of mkdocs.yml, where no reader finds it; add `- a.md` below `nav:`, or delete it"
    )
    assert found == [said] and pages[2].problems


def test_without_a_navigation_no_page_is_outside_of_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# a\n")
    for settings in ("site_name: Book\n", "nav: [\n", "", "- nav\n"):
        (tmp_path / "mkdocs.yml").write_text(settings)
        assert read_site(tmp_path)[0].problems == []


def test_a_lab_outside_the_navigation_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs/labs").mkdir(parents=True)
    (tmp_path / "docs/a.md").write_text("# a\n")
    for name in ("in", "out"):
        (tmp_path / f"docs/labs/{name}.py").write_text("# %% [markdown]\n# # Lab\n\n# %%\nx = 1\n")
    (tmp_path / "mkdocs.yml").write_text("nav: [a.md, {Labs: [labs/in.py]}]\n")
    (problem,) = read_site(tmp_path)[0].problems
    assert (
        problem.format_message().startswith("docs/labs/out.py:1: is outside the navigation") and "`- labs/out.py`" in problem.text
    )
