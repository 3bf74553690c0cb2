"""Snippets at real size: Fashion-MNIST where the machine has it, and a plain word where it has not."""

import os
from pathlib import Path

import markdown
import pytest
from conftest import Book
from jobs import job

from evidence.read.pages import read_page, read_site
from evidence.records.standing import standing
from evidence.records.store import Records
from evidence.render.extension import EvidenceExtension
from evidence.run import data

READS = """from pathlib import Path
folder = Path("data/fashion-mnist")
print(len((folder / "t10k-labels-idx1-ubyte.gz").read_bytes()) > 5000)
try:
    (folder / "mine").write_text("x")
except PermissionError as error:
    print(error)
"""
PAGE = """# Page

## Does it hold at real size? { #real }

Yes: [=rows:d] rows.

```python
--8<-- "snippets/real.py"
```

A reader counts [=rows:d].
"""
SNIPPET = '''"""Rows are there."""

folder = "data/fashion-mnist"
measured = {"rows": 3}
assert measured["rows"] == 3, "three rows should be there"
'''


def test_a_snippet_reads_the_images_by_the_project_s_own_path_and_writes_nothing_there(runner) -> None:
    if data.fashion_folder() is None:
        pytest.skip(data.REMEDY)
    outcome = runner.submit(job(READS)).result()
    said = outcome.stdout.splitlines()
    assert outcome.failure == "" and said[0] == "True", outcome
    assert said[1].startswith("a snippet may write in its own working folder alone"), said


def test_a_folder_outside_of_the_system_s_is_named_to_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, work = tmp_path / "images", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    monkeypatch.setattr(data, "FOLDERS", (folder,))
    assert data.shelve(str(work)) == [] and os.listdir(work) == [], "nothing is put where the files are not"
    for name in data.FILES:
        (folder / name).touch()
    assert data.shelve(str(work)) == [str(folder)]
    assert sorted(os.listdir(work / "data" / data.NAME)) == sorted(data.FILES)


def test_without_the_images_the_answer_stands_and_says_what_was_not_run_and_how_to_get_them(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.root)
    book.write("snippets/real.py", SNIPPET)
    book.page(PAGE, "docs/real.md")
    page = read_page(book.root, "docs/real.md")
    pages, records = read_site(book.root), Records(book.root)
    asked = next(q for q in standing(pages, records) if q.id == "real")
    assert asked.withheld, "where the images are, what has not run is withheld"
    monkeypatch.setattr(data, "FOLDERS", (book.root,))
    asked = next(q for q in standing(pages, records) if q.id == "real")
    assert not asked.withheld
    html = markdown.markdown(PAGE, extensions=["attr_list", EvidenceExtension()])
    assert "not run: it reads Fashion-MNIST, which is not on this machine; install the package dataset-fashion-mnist" in html
    assert '<mark title="not measured yet">rows</mark>' in html
    records.fail(page.fences[0], "AssertionError: x")
    assert next(q for q in standing(pages, records) if q.id == "real").withheld, "a run that failed is no run that is missing"


def test_a_fence_whose_images_are_missing_is_skipped_with_the_reason(book: Book) -> None:
    book.write("snippets/real.py", SNIPPET)
    book.page(PAGE, "docs/real.md")
    book.write("conftest.py", "from pathlib import Path\nfrom evidence.run import data\ndata.FOLDERS = (Path('nowhere'),)\n")
    done = book.run("-rs")
    assert "1 skipped" in done.stdout and "Fashion-MNIST, which is not on this machine" in done.stdout, done.stdout
