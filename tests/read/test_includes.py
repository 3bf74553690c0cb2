"""An include stands for the whole of a snippet's file, and each of its lines knows where it was written."""

from pathlib import Path

import markdown
import pytest
from pymdownx.snippets import SnippetExtension

from evidence.errors import EvidenceError
from evidence.read.includes import included
from evidence.read.pages import parse

WHOLE = "x = 1\n\ny = 2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "snippets/deep").mkdir(parents=True)
    (tmp_path / "snippets/deep/whole.py").write_text(WHOLE)
    (tmp_path / "snippets/outer.py").write_text('before = 0\n--8<-- "snippets/deep/whole.py"\n')
    (tmp_path / "snippets/data.txt").write_text("1\n")
    return tmp_path


@pytest.mark.parametrize("prefix", ["", "    "])
def test_an_include_gives_the_lines_that_pymdownx_gives(root: Path, prefix: str) -> None:
    page = f'- item\n\n{prefix}```python\n{prefix}--8<-- "snippets/deep/whole.py"\n{prefix}```\n'
    theirs = markdown.Markdown(extensions=[SnippetExtension(base_path=[str(root)], check_paths=True)])
    lines = theirs.preprocessors["snippet"].run(page.split("\n"))
    found = parse(root, "docs/page.md", page)
    ours = [line.text for line in found.lines]
    assert found.problems == [] and found.fences[0].code == WHOLE and found.fences[0].snippet == "snippets/deep/whole.py"
    # pymdownx keeps the empty string behind a file's last newline as a line, indented like the rest; a fence drops it
    assert [line for line in ours if line.strip("> ")] == [line for line in lines if line.strip("> ")]


def test_each_line_knows_where_it_was_written(root: Path) -> None:
    page = parse(root, "docs/page.md", 'one\n\n```python\n--8<-- "snippets/deep/whole.py"\nz = 3\n```\ntwo')
    whole = "snippets/deep/whole.py"
    assert [(line.path, line.number) for line in page.fences[0].origin] == [
        (whole, 1),
        (whole, 2),
        (whole, 3),
        ("docs/page.md", 5),
    ]
    assert [line.number for line in page.lines if line.path != whole] == [1, 2, 3, 5, 6, 7]
    assert page.fences[0].snippet == "docs/page.md:3", "a file with a line more is no snippet's file"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("snippets/nowhere.py", "docs/page.md:3: includes 'snippets/nowhere.py', and there is no such file"),
        ("snippets/data.txt", "docs/page.md:3: includes 'snippets/data.txt'; a page includes whole Python files below snippets/"),
        ("snippets/./outer.py", "a page includes whole Python files below snippets/"),
        ("snippets/outer.py", "snippets/outer.py:2: found '--8<-- \"snippets/deep/whole.py\"'; a snippet includes nothing"),
        (".git/config", "a page includes whole Python files below snippets/"),
    ],
)
def test_an_include_of_anything_else_is_refused(root: Path, name: str, said: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        included(root, name, "docs/page.md", 3)
    assert said in refused.value.format_message()
