"""A lab is read as jupytext reads it: what its page and its notebook show is what ran, to the byte."""

from pathlib import Path

import pytest
from conftest import ROOT, Book

from evidence.errors import EvidenceError
from evidence.export.lab_notebook import notebook
from evidence.read.labs import read_lab, read_labs
from evidence.read.pages import read_site

PROSE = "# %% [markdown]\n# # A lab\n#\n# Text.\n\n"
CODE = "# %%\nx = 1\n"


def lab(book: Book, text: str) -> Path:
    book.write("docs/labs/one.py", text)
    return book.root


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f'{CODE}s = """\n# %%\n"""\n', 4, "found '# %%' inside the string that starts at line 3"),
        (f'{CODE}s = f"""\n{{x}}\n# %% [markdown]\n"""\n', 5, "found '# %% [markdown]' inside the string"),
        (f"{CODE}\f\nassert x == 2\n", 3, "holds the character U+000C"),
        (f'{CODE}s = "\u2028"\nassert x == 2\n', 3, "holds the character U+2028"),
        (f"{CODE}#%%\ny = 2\n", 3, "found '#%%'; expected `# %%`"),
        (f"{CODE}if x:\n    # %%\n    y = 2\n", 4, "found '    # %%'; expected `# %%`"),
        (f"{CODE}# %%bash\n", 3, "found '# %%bash'; expected `# %%`"),
        (f'{CODE}# %% tags=["active-ipynb"]\ny = 2\n', 3, "expected `# %%` or `# %% [markdown]`"),
        (f"{PROSE}{CODE}\n# %% [markdown]\n# ```python\n# assert 1 == 2\n# ```\n", 10, "found a fence in the prose of a lab"),
        (f"{PROSE}{CODE}\n# %% [markdown]\n# ```text\n# x\n# ```\n", 10, "found a fence in the prose of a lab"),
        (f"{PROSE}{CODE}\n# %% [markdown]\n#     assert 1 == 2\n", 10, "found 'assert 1 == 2' indented"),
        (f"{CODE}\n# %% [markdown]\n# <!-- skip: slow -->\n", 5, "found '<!-- skip: slow -->'"),
        (
            f"{CODE}\n# %%\ny = 2\n\n# %% [markdown]\n# Text.\n#\n# <!-- figure: a -->\n# Figure: A.\n",
            10,
            "directly below the fence",
        ),
        (f"{CODE}\n# %% [markdown]\n# ##No space\n", 5, "found the heading '##No space'"),
    ],
)
def test_what_others_would_read_otherwise_is_refused_with_its_line(book: Book, text: str, line: int, said: str) -> None:
    found = [problem.format_message() for problem in read_lab(lab(book, text), "docs/labs/one.py").problems]
    assert any(problem.startswith(f"docs/labs/one.py:{line}: ") and said in problem for problem in found), found


@pytest.mark.parametrize(
    "code",
    [
        "# %timeit x\n# !ls\n# %matplotlib inline\nx = 1\n",
        "!r = 1\n".replace("!", "") + "# ! rm -rf /\n",
        "# +\nx = 1\n# -\n",
        "'''\nmany\n\nlines '''\nx = 1\n",
        'x = """\n# Text\n"""\n',
        "x = (10\n%3)\n",
        "\n\n# only a comment\n",
        "def f():\n    return 1\n\n\n\nx = f()\n",
    ],
)
def test_the_notebook_holds_the_code_that_ran_to_the_byte(book: Book, code: str) -> None:
    root = lab(book, f"{PROSE}# %%\n{code}\n# %%\ny = 2\n")
    page = read_lab(root, "docs/labs/one.py")
    assert page.problems == []
    made = notebook(root, page.fences[0], None)
    shown = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert [source.rstrip("\n") for source in shown] == [cell.code.rstrip("\n") for cell in page.fences[0].cells]
    assert shown[0].rstrip("\n") == code.rstrip("\n") and shown[1] == "y = 2"
    assert page.fences[0].code == f"{code}\ny = 2\n"


@pytest.mark.parametrize("page", read_labs(ROOT), ids=lambda page: page.path)
def test_the_notebook_of_each_lab_of_the_site_does(page) -> None:
    made = notebook(ROOT, page.fences[0], None)
    assert sum(cell.cell_type == "code" for cell in made.cells) == len(page.fences[0].cells)


def test_a_notebook_of_other_code_is_refused(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lab(book, f"{PROSE}# %%\n# !ls\nx = 1\n")
    page = read_lab(root, "docs/labs/one.py")
    monkeypatch.setattr("evidence.export.lab_notebook.AS_WRITTEN", "py:percent")  # brings commented magics back to life
    with pytest.raises(EvidenceError, match=r"docs/labs/one\.py:6: has a cell that a notebook shows as '!ls"):
        notebook(root, page.fences[0], None)


def test_a_script_beside_the_labs_is_refused(book: Book) -> None:
    book.write("docs/labs/sub/two.py", CODE)
    book.write("docs/labs/one.py", CODE)
    found = [problem.format_message() for page in read_site(book.root) for problem in page.problems]
    assert found == [
        "docs/labs/sub/two.py:1: is a script that is never run; a lab stands in docs/labs/ itself, a snippet under snippets/"
    ]
