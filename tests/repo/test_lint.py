"""`make lint`: scripts, style and settings have no faults and one form, links between Markdown files lead somewhere."""

import os
import shutil
import subprocess
from pathlib import Path

import links_within
import pytest
from conftest import ROOT

BIOME = ROOT / "tests/node_modules/.bin/biome"


def biome(folder: Path) -> subprocess.CompletedProcess[str]:
    """What Biome finds in a folder; a test without Node.js is skipped, but not in CI."""
    if not BIOME.exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
    return subprocess.run([BIOME, "check", "--error-on-warnings", "--colors=off"], cwd=folder, capture_output=True, text=True)


def test_scripts_style_and_settings_are_clean() -> None:
    done = biome(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.js", '"use strict";\n(() => {\n  const a = 1;\n})();\n', "noUnusedVariables"),
        ("a.js", '"use strict";\nif (document.title == 1) location.reload();\n', "noDoubleEquals"),
        ("a.js", '"use strict";\nlocation.reload( );\n', "format"),
        ("a.css", "p {\n  colour: red;\n}\n", "noUnknownProperty"),
        ("a.css", "p {\n  color: red;\n  color: red;\n}\n", "noDuplicateProperties"),
        ("a.css", ".a .b {\n  color: red;\n}\n.b {\n  color: blue;\n}\n", "noDescendingSpecificity"),
        ("a.css", "p { color: red }\n", "format"),
        ("a.json", '{ "a": 1, "a": 2 }\n', "noDuplicateObjectKeys"),
        ("a.json", '{"a":1}\n', "format"),
        ("a.yml", "a:   1\n", "format"),
        ("a.yml", "a: [1\n", "parse"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    for setting in ("biome.jsonc", ".gitignore"):
        shutil.copy(ROOT / setting, tmp_path)
    clean = tmp_path / "clean.js"
    clean.write_text('"use strict";\nlocation.reload();\n')
    assert biome(tmp_path).returncode == 0
    (tmp_path / name).write_text(text)
    done = biome(tmp_path)
    assert done.returncode != 0 and f"{name}" in done.stdout + done.stderr and said in done.stdout + done.stderr, done.stdout


def test_the_links_within_the_project_lead_somewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert links_within.main([]) == 0, capsys.readouterr().out


def test_a_link_that_leads_nowhere_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text('# A\n\n## Why? { #why }\n\n<span id="here"></span>\n\n[up](../README.md#the-start)\n')
    (tmp_path / "docs/made.md").write_text("# Made\n\n<!-- generate: questions -->\n")
    lines = [
        "# The start",
        "",
        "[why](docs/a.md#why), [here](docs/a.md#here), [made](docs/made.md#any), [start](#the-start) and `docs/a.md`",
        "and [the web](https://example.org/nowhere#x) stand. In a listing, nothing is a link:",
        "",
        "```text",
        "[listed](none.md)",
        "```",
        "",
        "[file](docs/none.md)",
        "",
        "- ![picture](docs/none.png)",
        "",
        "[anchor](docs/a.md#what)",
        "",
        "[own](#end)",
        "",
        "`docs/none/`",
    ]
    (tmp_path / "README.md").write_text("\n".join(lines))
    assert links_within.faults(tmp_path / "docs/a.md", tmp_path) == []
    found = links_within.faults(tmp_path / "README.md", tmp_path)
    assert [fault.split(": there")[0].split(": a.md")[0].split(": README")[0] for fault in found] == [
        "README.md:10: docs/none.md",
        "README.md:12: docs/none.png",
        "README.md:14: docs/a.md#what",
        "README.md:16: #end",
        "README.md:18: docs/none/",
    ]


def lint(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`make lint` in a project whose Python tools find nothing."""
    for name in ("pyproject.toml", "constraints.txt", "tests/package-lock.json", ".venv/installed"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for name in ("ruff", "mypy", "python"):
        tool = root / ".venv/bin" / name
        tool.parent.mkdir(exist_ok=True)
        tool.symlink_to("/bin/true")
    shutil.copy(ROOT / "Makefile", root)
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(["make", "lint"], cwd=root, capture_output=True, text=True, env=clean | environment)


def test_without_node_lint_says_what_it_leaves_out(tmp_path: Path) -> None:
    done = lint(tmp_path)
    assert done.returncode == 0 and "JavaScript, CSS, JSON and YAML are not checked" in done.stdout


def test_continuous_integration_leaves_nothing_out(tmp_path: Path) -> None:
    done = lint(tmp_path, CI="true")
    assert done.returncode != 0 and "not checked" not in done.stdout


def test_lint_is_red_where_biome_is(tmp_path: Path) -> None:
    tool = tmp_path / "tests/node_modules/.bin/biome"
    tool.parent.mkdir(parents=True)
    tool.symlink_to("/bin/false")
    assert lint(tmp_path).returncode != 0
