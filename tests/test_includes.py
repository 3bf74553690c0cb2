"""Includes expand as pymdownx.snippets expands them; where that is silent, ours speak (test_bad_input.py)."""

from pathlib import Path

import markdown
import pytest
from pymdownx.snippets import SnippetExtension

from evidence.read.includes import expand

FILES = {
    "snippets/whole.py": "x = 1\n\ny = 2\n",
    "snippets/parts.py": "# --8<-- [start:first]\na = 1\n# --8<-- [end:first]\n"
    "if a:\n    # --8<-- [start:inner]\n    b = 2\n    c = 3\n    # --8<-- [end:inner]\n",
    "snippets/outer.py": 'before = 0\n--8<-- "snippets/whole.py"\nafter = 3\n',
}


@pytest.mark.parametrize(
    "page",
    [
        '--8<-- "snippets/whole.py"',
        "text\n\n--8<-- 'snippets/whole.py'\n\nmore",
        '    --8<-- "snippets/whole.py"',
        '--8<-- "snippets/parts.py"',
        '--8<-- "snippets/parts.py:first"',
        '--8<-- "snippets/parts.py:inner"',
        '--8<-- "snippets/outer.py"',
        '-8<- "snippets/whole.py"',
    ],
)
def test_an_include_gives_the_lines_that_pymdownx_gives(tmp_path: Path, page: str) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    theirs = markdown.Markdown(
        extensions=[SnippetExtension(base_path=[str(tmp_path)], check_paths=True, dedent_subsections=True)]
    )
    lines = theirs.preprocessors["snippet"].run(page.split("\n"))
    ours = [line.text for line in expand(tmp_path, "docs/page.md", page)]
    # pymdownx keeps the empty string behind a file's last newline as a line, indented like the rest; a fence drops it
    assert [line for line in ours if line.strip()] == [line for line in lines if line.strip()]


def test_each_line_knows_where_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/whole.py").write_text(FILES["snippets/whole.py"])
    lines = expand(tmp_path, "docs/page.md", 'one\n--8<-- "snippets/whole.py"\ntwo')
    places = [(line.path, line.number) for line in lines]
    whole = "snippets/whole.py"
    assert places == [("docs/page.md", 1), (whole, 1), (whole, 2), (whole, 3), ("docs/page.md", 3)]
