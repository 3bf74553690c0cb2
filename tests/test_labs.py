"""Labs: a notebook is run cell by cell, shown with its outputs, and refused where anything in it fails."""

import json
import os
import subprocess
import sys

import pytest
from conftest import BIB, QUIET, ROOT, Book

from evidence.read.labs import read_lab
from evidence.records.held import count
from evidence.records.store import Records

LAB = """# %% [markdown]
# # A lab
#
# Is one plus one two? As [@euler1748] has it, $1 + 1 = 2$; see [the page](../page.md#two).
#
# ## Count { #count }

# %%
import matplotlib.pyplot as plt
import torch

x = 1 + 1
print("first", x)

# %% [markdown]
# Now draw it.

# %%
torch.manual_seed(0)
plt.plot([1, x])
plt.show()
print("second", x)

# %% [markdown]
# <!-- figure: a line that rises from one to two -->
# Figure: The line of $x$.
#
# So it is.

# %%
assert x == 2, f"one plus one should be two, was {x}"
"""


@pytest.fixture
def lab(book: Book) -> Book:
    book.write("docs/labs/one.py", LAB)
    book.write("docs/references.bib", BIB)
    return book


def record(book: Book):
    return Records(book.root).load(read_lab(book.root, "docs/labs/one.py").fences[0])


def build(book: Book) -> subprocess.CompletedProcess[str]:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    book.write("mkdocs.yml", settings.partition("nav:")[0] + "markdown_extensions" + settings.partition("markdown_extensions")[2])
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    book.page("# Page\n\nSee [the lab](labs/one.py).\n\n## Two { #two }\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=book.root, capture_output=True, text=True, env=os.environ | QUIET)


def test_each_cell_keeps_its_own_output_and_figures(lab: Book) -> None:
    done = lab.run()
    assert done.returncode == 0, done.stdout
    assert [list(cell) for cell in record(lab).cells] == [["first 2\n", 0], ["second 2\n", 1], ["", 0]]


def test_the_page_of_a_lab_looks_like_the_others_and_its_notebook_holds_the_outputs(lab: Book) -> None:
    assert lab.run().returncode == 0
    done = build(lab)
    assert done.returncode == 0, done.stderr
    page = (lab.root / "site/labs/one/index.html").read_text(encoding="utf-8")
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
    assert 'href="../labs/one/"' in (lab.root / "site/page/index.html").read_text(encoding="utf-8")
    made = json.loads((lab.root / "site/labs/one/one.ipynb").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "# <!-- figure: a line that rises from one to two -->\n",
            "",
            "its cell at line 18 draws 1 figures, and",
        ),
        ('print("first", x)', "import sys; print(1, file=sys.stderr)", "a lab's page shows no stderr, and it wrote: 1"),
        ("# %% [markdown]\n# Now", "# %% [raw]\n# Now", "docs/labs/one.py:15: found '# %% [raw]'; expected `# %%` or"),
        ("# Now draw it.", "Now draw it.", "docs/labs/one.py:16: found 'Now draw it.' in a Markdown cell"),
        ("# %% [markdown]\n# # A lab", "x = 1\n# %% [markdown]\n# # A lab", "docs/labs/one.py:1: found 'x = 1' before the first"),
        ("plt.show()\n", "", "was left open; end it with plt.show()"),
        ("x = 1 + 1", "x = (1", "docs/labs/one.py:12: SyntaxError"),
        ("x = 1 + 1", "raise SystemExit", "left by SystemExit"),
    ],
)
def test_what_is_wrong_with_a_lab_is_named(lab: Book, old: str, new: str, said: str) -> None:
    assert old in LAB
    lab.write("docs/labs/one.py", LAB.replace(old, new, 1))
    done = lab.run()
    assert done.returncode == 1 and said in done.stdout, done.stdout


def test_an_unknown_citation_in_a_lab_is_named_with_its_line(lab: Book) -> None:
    lab.write("docs/labs/one.py", LAB.replace("@euler1748", "@nobody1900"))
    said = "docs/labs/one.py:4: cites @nobody1900"
    done = lab.run()
    assert done.returncode == 1 and said in done.stdout and said in build(lab).stderr


def test_a_link_to_no_heading_of_a_lab_refuses_the_site(lab: Book) -> None:
    assert lab.run().returncode == 0
    lab.page("# Other\n\n[That](labs/one.py#count) and [that](labs/one.py#nowhere).\n", "docs/other.md")
    said = build(lab).stderr
    assert "does not contain an anchor '#nowhere'" in said and "#count" not in said


def test_editing_the_prose_runs_nothing_again(lab: Book) -> None:
    assert "1 ran" in lab.run().stdout
    lab.write("docs/labs/one.py", LAB.replace("Now draw it.", "Now draw\n# the line."))
    assert "0 ran, 1 unchanged" in lab.run().stdout


def test_a_lab_that_is_named_runs_once_and_is_not_imported(lab: Book) -> None:
    command = [sys.executable, "-m", "pytest", "docs/labs/one.py", "-q"]
    done = subprocess.run(command, cwd=lab.root, capture_output=True, text=True)
    assert "1 passed" in done.stdout and "first" not in done.stdout, done.stdout


def test_a_lab_is_run_with_three_shifts_of_its_seeds_at_most(lab: Book) -> None:
    assert lab.run().returncode == 0
    assert lab.run("--reseed", "5").returncode == 0
    assert count(record(lab).held, "seeds") == (3, 3)
