"""A preview survives any one fault on a page: its box is there, and so is the rest of the page. A build refuses each."""

import markdown
import pytest
from conftest import BIB, ROOT, Book

from evidence.errors import EvidenceError
from evidence.read.labs import read_lab
from evidence.read.pages import read_page
from evidence.records.store import Records, job_of
from evidence.render.extension import EvidenceExtension
from evidence.run.job import Outcome

EXTENSIONS = ["attr_list", "tables", "toc", "pymdownx.arithmatex", "pymdownx.superfences"]
SNIPPET = 'measured = {"x": 1}\nprint("hello")\nassert measured["x"] == 1, "one"\n'
FENCE = '```python\n--8<-- "snippets/one.py"\n```\n'
PAGE = f"# Page\n\nFirst. It is [=x:d].\n\n{FENCE}\nMIDDLE\n\nLast, as [@euler1748] says.\n"
FAULTS = {
    "a citation": ("As [@nobody1900] says.", "docs/page.md:9: cites @nobody1900, which docs/references.bib does not hold"),
    "a formula": (r"It is $\frac{1$.", r"docs/page.md:9: the formula '\\frac{1' is invalid"),
    "a formula of its own": ("$$\n\\frac{1\n$$", "docs/page.md:10: the formula"),
    "an explorer": ("<!-- explorer: nowhere -->", "docs/page.md:9: asks for the explorer 'nowhere'"),
    "the words of a figure": ("<!-- figure: no caption -->", "docs/page.md:9: expected `<!-- figure: what is to be seen -->`"),
    "an include": ('```python\n--8<-- "snippets/none.py"\n```', "docs/page.md:10: includes 'snippets/none.py'"),
    "a measured name": ("It is [=none.y:d].", "docs/page.md:9: found '[=none.y:d]'"),
    "HTML": ("One <script>alert(1)</script> two.", "docs/page.md:9: found <script>, which no page may hold"),
    "a tag": ("One <b onclick=alert(1)>two</b>.", "docs/page.md:9: found '<b', which is no plain HTML"),
    "a tag in a heading": ("## Two <u onclick='x'>three</u>", 'docs/page.md:9: found <u onclick="x">'),
    "a fence": ("```bash\nls\n```", "docs/page.md:9: "),
    "a verdict": ("**Verdict: maybe.**", "docs/page.md:9: found '**Verdict: maybe.**'"),
    "a status": ("**Status: contsted.** Known.", "docs/page.md:9: found '**Status: contsted.**"),
    "a check": ("<!-- check: why? -->\nBecause.", "docs/page.md:9: found '<!-- check: why? -->'"),
    "a formula in a check": ("<!-- check: why? -->\nAnswer: $\\frac{1$", "docs/page.md:10: the formula"),
}


@pytest.fixture
def project(book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    book.write("docs/references.bib", BIB)
    book.write("snippets/one.py", SNIPPET)
    monkeypatch.chdir(book.root)
    return book


def keep(book: Book, figures: tuple[str, ...] = ()) -> None:
    """Keep a record of each fence of the page."""
    for fence in read_page(book.root, "docs/page.md").fences:
        Records(book.root).save(fence, Outcome(job_of(fence), stdout="hello\n", figures=list(figures), measured={"x": 1}))


def convert(book: Book, text: str, preview: bool) -> str:
    book.page(text)
    keep(book)
    math = {"pymdownx.arithmatex": {"generic": True}}
    return markdown.markdown(text, extensions=[*EXTENSIONS, EvidenceExtension(preview=preview)], extension_configs=math)


def plain(html: str) -> str:
    for name, sign in (("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        html = html.replace(name, sign)
    return html


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stands_as_a_box_and_the_rest_of_the_page_is_there(project: Book, name: str) -> None:
    wrong, said = FAULTS[name]
    html = convert(project, PAGE.replace("MIDDLE", wrong), preview=True)
    boxes = [plain(part) for part in html.split('class="evidence-problem">')[1:]]
    assert any(box.startswith(said) for box in boxes), boxes
    for rest in ("First. It is 1.", "<samp>hello\n</samp>", "Last, as ", "Euler (1748)</a>"):
        assert rest in html, rest
    assert "<script" not in html and "onclick=" not in html.replace("onclick=&quot;", "").replace("onclick=alert", "")


@pytest.mark.parametrize("name", FAULTS)
def test_and_a_build_refuses_it_with_its_line(project: Book, name: str) -> None:
    wrong, said = FAULTS[name]
    with pytest.raises(EvidenceError) as refused:
        convert(project, PAGE.replace("MIDDLE", wrong), preview=False)
    assert said in refused.value.format_message()


def test_a_page_without_a_fault_has_no_box(project: Book) -> None:
    for preview in (True, False):
        assert "evidence-problem" not in convert(project, PAGE.replace("MIDDLE", "Nothing."), preview)


def test_a_box_stands_in_its_own_place(project: Book) -> None:
    html = convert(project, PAGE.replace("MIDDLE", r"Before $\frac{1$ behind."), preview=True)
    assert html.index("Before ") < html.index('<span class="evidence-problem">') < html.index(" behind.")


def test_a_drawing_that_no_page_can_show_leaves_the_page(project: Book) -> None:
    words = "<!-- figure: bars -->\nFigure: Bars, as [@nobody1900] has them."
    text = PAGE.replace("MIDDLE", words)
    project.page(text)
    keep(project, ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"/>',))
    math = {"pymdownx.arithmatex": {"generic": True}}
    html = markdown.markdown(text, extensions=[*EXTENSIONS, EvidenceExtension(preview=True)], extension_configs=math)
    assert "draws a figure that holds" in html and "Last, as " in html and 'data-status="missing"' in html


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("docs/references.bib", "@article{euler1748,", "docs/references.bib:"),
        ("docs/synonyms.txt", "no such line\n", "docs/synonyms.txt:1: found 'no such line'"),
    ],
)
def test_a_fault_beside_the_pages_is_named_on_the_first_one(project: Book, name: str, text: str, said: str) -> None:
    project.write(name, text)
    page = PAGE.replace("MIDDLE", "Nothing.")
    assert "Last, as " in convert(project, page, preview=True)
    home = markdown.markdown("# Home\n", extensions=[*EXTENSIONS, EvidenceExtension(preview=True)])
    assert f'<div class="evidence-problem">{said}' in plain(home)
    with pytest.raises(EvidenceError, match=said):
        markdown.markdown("# Home\n", extensions=[*EXTENSIONS, EvidenceExtension()])


LAB = """# %% [markdown]
# # A lab
#
# As [@euler1748] has it, $1 + 1 = 2$.

# %%
print("out")
"""


@pytest.mark.parametrize(
    ("old", "new", "said", "rest"),
    [
        ("@euler1748", "@nobody1900", "docs/labs/one.py:4: cites @nobody1900", ""),
        ("$1 + 1", r"$\frac{1", "docs/labs/one.py:4: the formula", "<samp>out\n</samp>"),
        ("As", "<u onclick='x'>As</u>", 'docs/labs/one.py:4: found <u onclick="x">', "<samp>out\n</samp>"),
        ("# %%\n", "# %% [raw]\n", "docs/labs/one.py:6: found '# %% [raw]'", ""),
    ],
)
def test_a_lab_with_a_fault_is_a_page_with_its_box_in_a_preview(project: Book, old: str, new: str, said: str, rest: str) -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    project.write(
        "mkdocs.yml", settings.partition("nav:")[0] + "markdown_extensions" + settings.partition("markdown_extensions")[2]
    )
    (project.root / "evidence").symlink_to(ROOT / "evidence")
    project.page(f"# Page\n\n{FENCE}")
    project.write("docs/labs/one.py", LAB.replace(old, new, 1))
    for fence in read_lab(project.root, "docs/labs/one.py").fences:
        Records(project.root).save(fence, Outcome(job_of(fence), stdout="out\n", cells=[["out\n", 0]]))
    done = project.build("mkdocs", EVIDENCE_PREVIEW="1")
    assert done.returncode == 0, done.stdout + done.stderr
    html = plain((project.root / "site/labs/one/index.html").read_text(encoding="utf-8"))
    assert 'class="evidence-problem">' + said in html and "</h1>" in html and rest in html
    refused = project.build("mkdocs")
    assert refused.returncode == 1 and said in refused.stderr and "Traceback" not in refused.stderr
