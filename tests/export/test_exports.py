"""The pages in other forms: Markdown with outputs, notebooks that run from top to bottom, zip files that run, llms.txt."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from conftest import BIB, ROOT
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from notebook_cells import leaks

from evidence.export.site import export_site
from evidence.read.pages import read_site
from evidence.read.questions import questions
from evidence.read.topics import form_of, pages_of
from evidence.records.store import Records
from evidence.run.pool import THREADS, cores

SNIPPET = '''"""One plus one is two."""
import matplotlib.pyplot as plt

x = 1 + 1
print(f"found {x}")
plt.plot([1, x])
plt.show()
assert x == 2, f"one plus one should be two, was {x}"
'''
PAGE = """# Counting

## Is it $2$? { #two }

Yes, as [@euler1748, ch. 2] says ([@euler1748]); see [home](index.md) and [again](#two).

```python
--8<-- "snippets/two.py"
```

<!-- figure: a line that rises from one to two -->
Figure: The line of $x$.

### Why

<!-- explorer: numbers -->

Try it: move
the slider.

Because.
"""


@pytest.fixture(scope="module")
def exported(shared_book) -> Path:
    shared_book.write("snippets/two.py", SNIPPET)
    shared_book.write("docs/references.bib", BIB)
    shared_book.write("docs/index.md", "# Home\n\n<!-- generate: questions -->\n")
    shared_book.page(PAGE, "docs/sums/counting.md")
    done = shared_book.run()
    assert done.returncode == 0, done.stdout
    export_site(shared_book.root, shared_book.root / "out", "https://s.org/notes/")
    return shared_book.root / "out"


def test_a_page_as_markdown_holds_its_code_its_outputs_and_its_sources(exported: Path) -> None:
    text = (exported / "sums/counting.md").read_text()
    for expected in (
        "## Is it $2$?\n",
        "as [Euler (1748)](https://e.org), ch. 2 says ([Euler, 1748](https://e.org)); see",
        f"```python title=snippets/two.py\n{SNIPPET}```",
        "```text\nfound 2\n```",
        "Figure: The line of $x$. (a line that rises from one to two)",
    ):
        assert expected in text, expected
    assert "{ #two }" not in text and "[@" not in text
    assert "### Why\n\nBecause." in text.replace("\n\n\n", "\n\n") and "Try it" not in text and "slider" not in text
    index = (exported / "index.md").read_text()
    assert "1 questions: 1 answered" in index and "<form" not in index and "<noscript" not in index


def test_a_page_as_a_notebook_holds_its_outputs(exported: Path) -> None:
    notebook = nbformat.read(exported / "sums/counting.ipynb", as_version=4)
    nbformat.validate(notebook)
    prose, code, caption, rest = notebook.cells
    assert "(https://s.org/notes/#)" not in prose.source and "[home](https://s.org/notes/sums/)" in prose.source
    assert "[again](https://s.org/notes/sums/counting/#two)" in prose.source
    assert code.source == SNIPPET.rstrip() and code.outputs[0].text == "found 2\n"
    assert code.outputs[1].data["image/svg+xml"].lstrip().startswith("<?xml")
    assert caption.source == "*The line of $x$.*" and rest.source.startswith("### Why")


def test_the_zip_file_runs(exported: Path, tmp_path: Path) -> None:
    for name in ("sums/counting.zip", "snippets.zip"):
        folder = tmp_path / name
        zipfile.ZipFile(io.BytesIO((exported / name).read_bytes())).extractall(folder)
        done = subprocess.run([sys.executable, "run_all.py"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0 and "snippets/two.py" in done.stdout and done.stdout.endswith("all passed\n"), done.stdout
    (folder / "snippets/two.py").write_text(SNIPPET.replace("1 + 1", "1 + 2"))
    done = subprocess.run([sys.executable, "run_all.py"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1 and "one plus one should be two, was 3" in done.stdout


def test_language_models_find_every_question(exported: Path) -> None:
    text = (exported / "llms.txt").read_text()
    assert "- [Counting](https://s.org/notes/sums/counting.md): all of it\n" in text
    assert "- [Is it $2$?](https://s.org/notes/sums/counting.md): Yes, as Euler (1748), ch. 2 says (Euler, 1748)" in text


def in_jupyter(file: Path) -> str:
    """Run a notebook from top to bottom in Jupyter; return what was wrong, or ""."""
    notebook = nbformat.read(file, as_version=4)
    environment = os.environ | dict.fromkeys(THREADS, "1")
    try:
        NotebookClient(notebook, timeout=None, kernel_name="python3").execute(env=environment, cwd=str(file.parent))
    except CellExecutionError as error:
        return str(error)[-1500:]
    return ""


def test_a_notebook_that_fails_is_found(exported: Path, tmp_path: Path) -> None:
    text = (exported / "sums/counting.ipynb").read_text()
    (tmp_path / "bad.ipynb").write_text(text.replace("x = 1 + 1", "x = 1 + 2"))
    assert in_jupyter(exported / "sums/counting.ipynb") == ""
    assert "one plus one should be two, was 3" in in_jupyter(tmp_path / "bad.ipynb")


SITE = read_site(ROOT)
NOTEBOOKS = {  # what stands in each notebook: of a question, and of a topic with all of its questions
    form_of(page.path): [fence for part in pages_of(page, SITE) for fence in part.fences]
    for page in SITE
    if questions(pages_of(page, SITE))
}
TOPICS = {form_of(page.path): NOTEBOOKS[form_of(page.path)] for page in SITE if len(pages_of(page, SITE)) > 1}


def in_one_namespace(pages: dict[str, list[str]], folder: Path) -> str:
    """Run the cells of each page one after the other, a page a process; return what failed, or ""."""
    files = [folder / f"{name.replace('/', '-')}.json" for name in pages]
    for file, cells in zip(files, pages.values(), strict=True):
        file.write_text(json.dumps(cells), encoding="utf-8")
    command = [sys.executable, str(ROOT / "tests/notebook_cells.py")]
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"MPLBACKEND": "Agg"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, "env": environment, "text": True}
    started = [subprocess.Popen([*command, *files[k :: cores()]], **quiet) for k in range(cores())]
    return "".join(said for process in started for said in [process.communicate()[1]] if process.returncode)


def test_a_notebook_holds_the_code_that_ran_to_the_byte(site: Path) -> None:
    assert len(NOTEBOOKS) > len(TOPICS) > 20
    for form, fences in NOTEBOOKS.items():
        notebook = nbformat.read(site / f"{form}.ipynb", as_version=4)
        nbformat.validate(notebook)
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        told = iter(cells)  # a proof has a cell of its own
        made = [[next(told) for _ in range(2 if fence.parts.proof else 1)] for fence in fences]
        assert ["\n".join(one).split() for one in made] == [fence.code.split() for fence in fences], form
        assert all(cell in fence.code for one, fence in zip(made, fences, strict=True) for cell in one), form
        assert next(told, None) is None, form


def test_the_cheapest_snippets_run_one_after_the_other_as_in_a_notebook(tmp_path: Path) -> None:
    """All of them ran by themselves; here the cheaper half of them share a namespace, page by page."""
    records = Records(ROOT)
    ran = sorted((record.seconds, f.snippet) for fences in TOPICS.values() for f in fences if (record := records.load(f)))
    cheap = {name for _, name in ran[: (len(ran) + 1) // 2]}
    assert len(cheap) > 60
    pages = {topic: [f.code for f in fences if f.snippet in cheap] for topic, fences in TOPICS.items()}
    assert in_one_namespace(pages, tmp_path) == ""


@pytest.mark.parametrize("topic", TOPICS)
def test_no_snippet_leaves_behind_what_the_next_one_in_a_notebook_would_meet(topic) -> None:
    assert leaks([fence.code for fence in TOPICS[topic]]) == []


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("sum = 3", "print(sum([1]))", "cell 2 uses the builtin sum, which cell 1 gives another meaning"),
        ("for max in (1, 2): pass", "def f():\n    return max(1, 2)\nf()", "cell 2 uses the builtin max"),
        ("def len(x): return 0", "[x for x in range(len('ab'))]", "cell 2 uses the builtin len"),
        ("import torch\ntorch.set_default_dtype(torch.float64)", "", "cell 1, line 2: ends with torch.set_default_dtype("),
        (
            "import matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 20",
            "",
            "cell 1, line 2: changes plt.rcParams['font.size']",
        ),
        ("import matplotlib.pyplot as plt\nplt.rcParams.update({})", "", "cell 1, line 2: calls plt.rcParams.update"),
        ("import torch\ntorch.backends.cudnn.benchmark = True", "", "cell 1, line 2: changes torch.backends.cudnn.benchmark"),
        ("import numpy as np\nnp.seterr(all='raise')", "", "cell 1, line 2: ends with np.seterr(all='raise')"),
    ],
)
def test_what_a_snippet_leaves_behind_is_found(first: str, second: str, said: str) -> None:
    assert any(leak.startswith(said) for leak in leaks([first, second])), leaks([first, second])


def test_what_a_snippet_sets_back_or_keeps_to_itself_is_no_leak() -> None:
    back = "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_default_dtype(torch.float32)"
    local = "def f(max):\n    sum = max\n    return sum\nx = f(1)"
    assert leaks([back, local, "print(max(1, 2), sum([1]))", "sum = 1\nprint(sum)"]) == []


def test_a_page_whose_snippets_trip_each_other_is_found(tmp_path: Path) -> None:
    said = in_one_namespace({"docs/good.md": ["x = 1", "assert x == 1"], "docs/bad.md": ["sum = 3", "sum([1])"]}, tmp_path)
    assert "docs-bad.md, cell 2" in said and "not callable" in said and "good" not in said
