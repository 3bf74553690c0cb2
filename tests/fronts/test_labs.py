"""Labs: a notebook is run cell by cell, shown with its outputs, and refused where anything in it fails."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import BIB, ROOT, Book
from forks import python
from lab_book import LAB

from evidence.read.labs import read_lab
from evidence.records.held import count
from evidence.records.store import Records


@pytest.fixture
def lab(book: Book) -> Book:
    book.write("docs/labs/one.py", LAB)
    book.write("docs/references.bib", BIB)
    return book


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The lab, which has run."""
    made = Book(tmp_path_factory.mktemp("lab"))
    made.write("docs/labs/one.py", LAB)
    made.write("docs/references.bib", BIB)
    done = made.run()
    assert done.returncode == 0 and "1 ran" in done.stdout, done.stdout
    return made


@pytest.fixture
def stands(ran: Book, tmp_path: Path) -> Book:
    """A copy of the lab that has run, to change."""
    shutil.copytree(ran.root, tmp_path, dirs_exist_ok=True)
    return Book(tmp_path)


def record(book: Book):
    return Records(book.root).load(read_lab(book.root, "docs/labs/one.py").fences[0])


def build(book: Book) -> subprocess.CompletedProcess[str]:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    book.write("mkdocs.yml", settings.partition("nav:")[0] + "markdown_extensions" + settings.partition("markdown_extensions")[2])
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    book.page("# Page\n\nSee [the lab](labs/one.py).\n\n## Two { #two }\n")
    return book.build("mkdocs", "--strict")


def test_each_cell_keeps_its_own_output_and_figures(stands: Book) -> None:
    assert [list(cell) for cell in record(stands).cells] == [["first 2\n", 0], ["second 2\n", 1], ["", 0]]


def test_the_page_of_a_lab_looks_like_the_others_and_its_notebook_holds_the_outputs(stands: Book) -> None:
    done = build(stands)
    assert done.returncode == 0, done.stderr
    page = (stands.root / "site/labs/one/index.html").read_text(encoding="utf-8")
    for expected in (
        'data-snippet="docs/labs/one.py"',
        'data-status="passed"',
        "<samp>first 2\n</samp>",
        'aria-label="a line that rises from one to two"',
        "<figcaption>The line of <span",
        'href="https://e.org"',
        'href="../../page/#two"',
        '<h2 id="count">',
        "<math><mn>1</mn><mo>+</mo>",
        "So it is.",
    ):
        assert expected in page, expected
    assert "Figure:" not in page and "cdnjs" not in page and "jp-Notebook" not in page and len(page) < 60_000
    assert 'href="../labs/one/"' in (stands.root / "site/page/index.html").read_text(encoding="utf-8")
    made = json.loads((stands.root / "site/labs/one/one.ipynb").read_text(encoding="utf-8"))
    outputs = [o for cell in made["cells"] if cell["cell_type"] == "code" for o in cell["outputs"]]
    assert [o["output_type"] for o in outputs] == ["stream", "stream", "display_data"]
    assert "image/svg+xml" in outputs[2]["data"]


def test_a_cell_that_fails_is_named_with_its_own_line_and_the_lab_is_withheld(lab: Book) -> None:
    lab.write("docs/labs/one.py", LAB.replace("x = 1 + 1", "x = 1 + 2"))
    done = lab.run()
    assert done.returncode == 1
    assert "docs/labs/one.py:31: AssertionError: one plus one should be two, was 3" in done.stdout
    assert build(lab).returncode == 0
    page = (lab.root / "site/labs/one/index.html").read_text(encoding="utf-8")
    assert "<strong>This lab is withheld.</strong>" in page and "So it is." not in page
    assert "its last run failed: docs/labs/one.py:31: AssertionError: one plus one should be two, was 3" in page


WRONG = [
    (
        "# <!-- figure: a line that rises from one to two -->\n",
        "",
        "its cell at line 18 draws 1 figures, and",
    ),
    ('print("first", x)', "import sys; print(1, file=sys.stderr)", "a lab's page shows no stderr, and it wrote: 1"),
    ("# %% [markdown]\n# Now", "# %% [raw]\n# Now", "docs/labs/{name}.py:15: found '# %% [raw]'; expected `# %%` or"),
    ("# Now draw it.", "Now draw it.", "docs/labs/{name}.py:16: found 'Now draw it.' in a Markdown cell"),
    ("# %% [markdown]\n# # A lab", "x = 1\n# %% [markdown]\n# # A lab", "docs/labs/{name}.py:1: found 'x = 1' before the first"),
    ("plt.show()\n", "", "was left open; end it with plt.show()"),
    ("x = 1 + 1", "x = (1", "docs/labs/{name}.py:12: SyntaxError"),
    ("x = 1 + 1", "raise SystemExit", "left by SystemExit"),
]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one run says of labs of which each has one thing wrong."""
    made = Book(tmp_path_factory.mktemp("wrong"))
    made.write("docs/references.bib", BIB)
    for n, (old, new, _) in enumerate(WRONG):
        assert old in LAB
        made.write(f"docs/labs/lab_{n}.py", LAB.replace(old, new, 1).replace("#count", f"#count-{n}"))
    done = made.run()
    assert done.returncode == 1 and f"{len(WRONG)} failed" in done.stdout, done.stdout
    return done.stdout


@pytest.mark.parametrize("n", range(len(WRONG)), ids=[said for _, _, said in WRONG])
def test_what_is_wrong_with_a_lab_is_named(refused: str, n: int) -> None:
    told = re.findall(rf"^.*docs/labs/lab_{n}\.py.*$", refused, re.M)
    assert any(WRONG[n][2].format(name=f"lab_{n}") in line for line in told), refused


def test_an_unknown_citation_in_a_lab_is_named_with_its_line(stands: Book) -> None:
    stands.write("docs/labs/one.py", LAB.replace("@euler1748", "@nobody1900"))
    assert "docs/labs/one.py:4: cites @nobody1900" in build(stands).stderr


def test_a_link_to_no_heading_of_a_lab_refuses_the_site(stands: Book) -> None:
    stands.page("# Other\n\n[That](labs/one.py#count) and [that](labs/one.py#nowhere).\n", "docs/other.md")
    said = build(stands).stderr
    assert "does not contain an anchor '#nowhere'" in said and "#count" not in said


def test_editing_the_prose_runs_nothing_again(stands: Book) -> None:
    stands.write("docs/labs/one.py", LAB.replace("Now draw it.", "Now draw\n# the line."))
    assert "0 ran, 1 unchanged" in stands.run().stdout


def test_a_lab_that_is_named_runs_once_and_is_not_imported(lab: Book) -> None:
    done = python("-m", "pytest", "docs/labs/one.py", "-q", cwd=lab.root)
    assert "1 passed" in done.stdout and "first" not in done.stdout, done.stdout


def test_a_lab_is_run_with_three_shifts_of_its_seeds_at_most(stands: Book) -> None:
    assert stands.run("--reseed", "5").returncode == 0
    assert count(record(stands).held, "seeds") == (3, 3)
