"""The way of a contributor: a new question is refused for each thing it lacks, and stands on the index when it is whole."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT
from forks import python

CLAIM = '"""Two is more than one."""\nfound, expected = 2.0, 1.0\nprint(f"found {found:.2f}")\n'
ASSERTION = 'assert found > expected, f"two should be more, found {found:.2f}"\n'
ANSWER = """# Is two more than one? { #two-more }

Yes, by one.

Look at the number.

```python
--8<-- "snippets/counting/two_more.py"
```

It is two.

## Why

By counting.

## In practice

Count.

## Sources

- [@peano1889]: the axioms.
"""
BIB = "@book{peano1889, title={Arithmetices}, author={Giuseppe Peano}, publisher={Bocca}, year={1889}, url={https://e.org}}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the machinery of this one and no pages but the index."""
    root = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "mkdocs.yml", "evidence", "docs/assets"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    (root / "docs/index.md").write_text("# Home\n\n<!-- generate: questions -->\n")
    (root / "docs/references.bib").write_text(BIB)
    return root


def call(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return python("-m", *command, cwd=project)


def check(project: Path) -> subprocess.CompletedProcess[str]:
    """What `make test Q=two-more` runs."""
    return call(project, "pytest", "--fresh", "docs", "-q", "-k", "two-more", "-p", "no:cacheprovider")


def test_the_whole_path(project: Path) -> None:
    made = call(project, "evidence", "new-question", "counting", "two-more", "Is two more than one?")
    assert made.returncode == 0, made.stderr
    assert "make test Q=two-more" in made.stdout and "snippets/counting/two_more.py" in made.stdout
    page, snippet = project / "docs/counting/two-more.md", project / "snippets/counting/two_more.py"
    assert "add `- counting/index.md`, `- counting/two-more.md` below `nav:`" in made.stdout
    settings = project / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("nav:\n", "nav:\n  - counting/index.md\n  - counting/two-more.md\n", 1))
    topic = project / "docs/counting/index.md"
    topic.write_text(topic.read_text().replace("TODO: w", "W"))

    refused = check(project)
    assert refused.returncode == 1
    for said in (
        r"snippets/counting/two_more\.py:8: AssertionError: TODO: say what should be; found 1\.00",
        r"snippets/counting/two_more\.py:1: is not filled in: .*TODO: the claim",
        r"docs/counting/two-more\.md:3: is not filled in: TODO: the short answer",
        r"pytest 'docs/counting/two-more\.md::two-more\[two_more\]'",
    ):
        assert re.search(said, refused.stdout), f"not said: {said}\n{refused.stdout[-3000:]}"

    page.write_text(ANSWER)
    whole = CLAIM + ASSERTION
    lacking = {  # one copy of the question for each thing that it may lack; one run says all of it
        "asserts nothing": (ANSWER, CLAIM),
        "found an assertion without a message": (ANSWER, CLAIM + "assert found > expected\n"),
        "AssertionError: two should be more, found 2.00": (ANSWER, CLAIM + ASSERTION.replace(">", "<")),
        "imports pandas": (ANSWER, CLAIM + "import pandas\n" + ASSERTION),
        "expected a short answer of at most 60 words, found 61": (ANSWER.replace("Yes, by one.", "word " * 61), whole),
        "lacks `## Why`": (ANSWER.replace("## Why\n", ""), whole),
    }
    snippet.write_text(whole)
    copies = [_copy(page, snippet, n, *texts) for n, texts in enumerate(lacking.values())]
    added = "".join(f"  - counting/{copy.name}\n" for copy, _ in copies)
    settings.write_text(settings.read_text().replace("  - counting/two-more.md\n", f"  - counting/two-more.md\n{added}", 1))
    refused = check(project).stdout
    for said, (copy, code) in zip(lacking, copies, strict=True):
        place = rf"(docs/counting/{copy.name}|snippets/counting/{code.name}):\d+: "
        assert re.search(place + re.escape(said), refused), f"not said of {copy.name}: {said}\n{refused[-3000:]}"
    assert "FAILED docs/counting/two-more.md" not in refused, "the one that lacks nothing stands"
    for copied in (file for files in copies for file in files):
        copied.unlink()
    settings.write_text(settings.read_text().replace(added, ""))

    accepted = check(project)
    assert accepted.returncode == 0, accepted.stdout[-2000:]
    built = call(project, "mkdocs", "build", "-q")
    assert built.returncode == 0, built.stderr
    index = (project / "site/index.html").read_text()
    assert re.search(r"1 questions: 1 answered; 1 snippets", index)
    assert re.search(r'<a href="counting/two-more/">Is two more than one\?</a></td>\s*<td>answered</td>', index)


def _copy(page: Path, snippet: Path, n: int, answer: str, code: str) -> tuple[Path, Path]:
    """The n-th copy of the question, in other words and with other code."""
    copy, source = page.with_name(f"two-more-{n}.md"), snippet.with_name(f"two_more_{n}.py")
    text = answer.replace("#two-more", f"#two-more-{n}").replace("two_more.py", source.name)
    copy.write_text(text.replace("Is two more than one?", f"Is two more than one, for the {n}th time?"))
    source.write_text(code)
    return copy, source


@pytest.mark.parametrize(
    ("topic", "name", "ask", "said"),
    [
        ("counting", "Two More", "Why?", "expected lower-case words with hyphens"),
        ("../elsewhere", "two", "Why?", "a folder below docs/"),
        ("counting", "three", " ", "found no question"),
    ],
)
def test_a_malformed_question_is_refused(project: Path, topic: str, name: str, ask: str, said: str) -> None:
    done = call(project, "evidence", "new-question", topic, name, ask)
    assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr


def test_an_id_that_is_taken_is_refused(project: Path) -> None:
    (project / "docs/taken.md").write_text("# Taken\n\n## Here? { #here }\n")
    done = call(project, "evidence", "new-question", "counting", "here", "Why?")
    assert done.returncode != 0 and "docs/taken.md:3: has the id 'here' already" in done.stderr


def steps() -> list[str]:
    """The commands of CONTRIBUTING.md's first listing."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("```console\n")[2].partition("\n```")[0].splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository's history")
def test_the_five_steps_of_contributing_run(tmp_path: Path) -> None:
    """Each command as it is written, in a clone that borrows what was made here; `make test` is what this test is part of."""
    clone = tmp_path / "REPOSITORY"
    cloning, asking, serving, trying, finishing = steps()

    def run(command: str) -> subprocess.CompletedProcess[str]:
        quiet = os.environ | {"NO_MKDOCS_2_WARNING": "true"}
        return subprocess.run(command, shell=True, cwd=clone, capture_output=True, text=True, env=quiet)

    assert cloning == "git clone https://github.com/OWNER/REPOSITORY && cd REPOSITORY"
    cloned = subprocess.run(f"git clone -q {ROOT} REPOSITORY && cd REPOSITORY", shell=True, cwd=tmp_path, capture_output=True)
    assert cloned.returncode == 0, cloned.stderr
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():  # as it is here, committed or not
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    if (ROOT / "tests/node_modules").exists():
        (clone / "tests/node_modules").symlink_to((ROOT / "tests/node_modules").resolve())
    for kept in (".evidence", ".mypy_cache"):  # what ran, was rendered or was read here need not be again
        if (ROOT / kept).exists():
            shutil.copytree(ROOT / kept, clone / kept, dirs_exist_ok=True)
    environment = Path(sys.executable).parent.parent
    (clone / ".venv").mkdir()
    for part in environment.iterdir():
        (clone / ".venv" / part.name).symlink_to(part) if part.name != "installed" else None
    (clone / ".venv/installed").touch()

    asked = run(asking.replace("my-question", "two-more").replace("Does … ?", "Is two more than one?"))
    assert asked.returncode == 0 and "make test Q=two-more" in asked.stdout, asked.stdout + asked.stderr

    page, snippet = clone / "docs/training/dropout/two-more.md", clone / "snippets/dropout/two_more.py"
    snippet.write_text(CLAIM + ASSERTION)
    whole = ANSWER.replace("snippets/counting", "snippets/dropout").replace("peano1889", "srivastava2014")
    page.write_text(whole, encoding="utf-8")
    accepted = run(trying.replace("my-question", "two-more"))
    assert accepted.returncode == 0, accepted.stdout[-2000:]
    assert "snippets: 1 ran, 0 unchanged" in accepted.stdout, "one question alone runs one snippet"
    assert not (clone / "site").exists(), "and builds nothing"

    port = _free_port()
    server = subprocess.Popen(
        ["make", "serve", f"ADDRESS=127.0.0.1:{port}"],
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert serving == "make serve"
    try:
        shown = _wait_for(server, f"http://127.0.0.1:{port}/training/dropout/two-more/", "Is two more than one?")
        assert 'id="two-more"' in shown
    finally:
        os.killpg(server.pid, signal.SIGKILL)

    assert finishing == "make lint && make test"
    linted = run("make lint")
    assert linted.returncode == 0, linted.stdout[-2000:] + linted.stderr[-2000:]
    assert "pytest --fresh" in run("make -n test").stdout


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(server: "subprocess.Popen[bytes]", url: str, text: str) -> str:
    """The page, once it holds a text; waited for as long as the server lives, but for half an hour at most."""
    given_up = time.monotonic() + 1800
    while server.poll() is None and time.monotonic() < given_up:
        try:
            page = urllib.request.urlopen(url).read().decode()
            if text in page:
                return page
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the server ended, or half an hour did, before {url} showed {text!r}")
