"""The pages in other forms: Markdown with outputs, notebooks that run from top to bottom, zip files that run, llms.txt."""

import io
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from conftest import BIB, ROOT
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from evidence.export.site import export_site
from evidence.read.pages import read_site
from evidence.read.questions import questions
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
    assert "- [Counting](https://s.org/notes/sums/counting.md): Is it $2$?" in text


def execute(file: Path) -> str:
    """Run a notebook from top to bottom in Jupyter; return what was wrong, or ""."""
    notebook = nbformat.read(file, as_version=4)
    environment = os.environ | dict.fromkeys(THREADS, "1")
    try:
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute(env=environment, cwd=str(file.parent))
    except CellExecutionError as error:
        return str(error)[-1500:]
    return ""


def test_a_notebook_that_fails_is_found(exported: Path, tmp_path: Path) -> None:
    text = (exported / "sums/counting.ipynb").read_text()
    (tmp_path / "bad.ipynb").write_text(text.replace("x = 1 + 1", "x = 1 + 2"))
    assert execute(exported / "sums/counting.ipynb") == ""
    assert "one plus one should be two, was 3" in execute(tmp_path / "bad.ipynb")


def test_every_page_runs_as_a_notebook(site: Path) -> None:
    paths = sorted({q.page.removeprefix("docs/").removesuffix(".md") + ".ipynb" for q in questions(read_site(ROOT))})
    with ThreadPoolExecutor(cores()) as pool:
        faults = dict(zip(paths, pool.map(lambda path: execute(site / path), paths), strict=True))
    assert not any(faults.values()), "\n".join(f"{path}: {fault}" for path, fault in faults.items() if fault)
