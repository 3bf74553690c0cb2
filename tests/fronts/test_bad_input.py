"""What a contributor reads when something is wrong with a page or a snippet: the place, what was found, how to run it again."""

import re
from dataclasses import dataclass

import pytest
from forks import python

GOOD = 'x = 1\nassert x == 1, "x should be 1"\nprint("fine ✓")\n'
PLAIN = "# Page\n\n## Question? {{ #{id} }}\n\n{body}\n"
FENCE = "```python\n{code}```\n"


@dataclass
class Case:
    """A page that must be refused, with what the message must hold (regular expressions)."""

    name: str
    body: str | bytes
    expect: tuple[str, ...]
    files: tuple[tuple[str, str | bytes], ...] = ()

    @property
    def path(self) -> str:
        return f"docs/{self.name}.md"

    def text(self) -> str | bytes:
        return self.body if isinstance(self.body, bytes) else PLAIN.format(id=self.name, body=self.body)


def code(name: str, source: str, *expect: str) -> Case:
    """A page whose fence runs `source`; the fence opens at line 5, so the source's line n is the page's line 5 + n."""
    return Case(name, FENCE.format(code=source), (rf"docs/{name}\.md:5: shows", *expect, rf"pytest 'docs/{name}\.md::{name}\["))


def include(name: str, target: str, *expect: str, **files: str) -> Case:
    stored = tuple((path.replace("__", "/") + ".py", text) for path, text in files.items())
    return Case(name, FENCE.format(code=f'--8<-- "{target}"\n'), expect, stored)


FAILS = "assert 1 == 2, 'one should be two'\n"
CASES = [
    code("assertion-with-message", "x = 1\nassert x == 2, 'x should be 2'\n", r"\.md:7: AssertionError: x should be 2"),
    code("assertion-without-message", "x = 1\nassert x == 2\n", r"\.md:7: AssertionError without a message: assert x == 2"),
    include(
        "exception-in-function",
        "snippets/deep.py",
        r"docs/exception-in-function\.md:5: shows snippets/deep\.py",
        r"snippets/deep\.py:2: ZeroDivisionError: division by zero",
        r'File "snippets/deep\.py", line 4, in <module>\s+halve\(1\)',
        r'File "snippets/deep\.py", line 2, in halve\s+return x / 0',
        snippets__deep="def halve(x):\n    return x / 0\n\nhalve(1)\n",
    ),
    code("syntax-error", "x = (\n", r"\.md:6: SyntaxError: '\(' was never closed"),
    code(
        "early-exit",
        "import sys\nsys.exit(0)\nassert False, 'never reached'\n",
        r"\.md:7: left by SystemExit\(0\) before its end",
    ),
    code("ten-gigabytes", "import torch\ntorch.zeros(10 * 2**28)\n", r"\.md:7: .*(can't allocate memory|Unable to allocate)"),
    code(
        "network",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))\n",
        r"\.md:7: Refused: a snippet runs without network",
    ),
    code(
        "writes-elsewhere",
        "open('/tmp/evidence-leak', 'w')\n",
        r"\.md:6: Refused: .*own working folder alone, not to '/tmp/evidence-leak'",
    ),
    code("other-program", "import subprocess\nsubprocess.run(['ls'])\n", r"\.md:7: Refused: a snippet starts no other program"),
    code("killed", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", r"killed by SIGKILL"),
    code("left-silently", "import os\nos._exit(0)\n", r"\.md:7: names os\._exit, which no snippet may"),
    code("figure-without-axes", "import matplotlib.pyplot as plt\nplt.figure()\n", r"figure 1 was left open without axes"),
    code(
        "figure-not-shown",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n",
        r"figure 1 was left open; end it with plt\.show\(\)",
    ),
    code(
        "figure-without-words",
        "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n",
        r"draws 1 figures, and the page describes 0",
    ),
    code(
        "ten-megabytes",
        "print('x' * 10**7)\n",
        r"ten-megabytes\.md:5: printed 10,000,001 bytes to stdout; a page shows at most",
    ),
    code("no-text", "import sys\nsys.stdout.buffer.write(b'\\xff')\n", r"printed byte 0xff to stdout, which is not UTF-8"),
    include(
        "missing-file", "snippets/nowhere.py", r"missing-file\.md:6: includes 'snippets/nowhere\.py', and there is no such file"
    ),
    include("outside", "../secret.py", r"outside\.md:6: includes '\.\./secret\.py'; a page includes whole Python files below"),
    include(
        "section",
        "snippets/sections.py:one",
        r"section\.md:6: includes 'snippets/sections\.py:one'; a page includes whole Python files below snippets/",
        snippets__sections="# --8<-- [start:one]\nx = 1\n# --8<-- [end:one]\n",
    ),
    include(
        "nested",
        "snippets/round.py",
        r"snippets/round\.py:1: found '--8<-- \"snippets/about\.py\"'; a snippet includes nothing, it is whole",
        snippets__round='--8<-- "snippets/about.py"\n',
    ),
    *(
        Case(f"spelling-{n}", body, (rf"docs/spelling-{n}\.md:{line}: AssertionError: one should be two",))
        for n, (line, body) in enumerate(
            [
                (6, f"``` python\n{FAILS}```"),
                (6, f"```py\n{FAILS}```"),
                (6, f"```Python\n{FAILS}```"),
                (6, f'```python title="x"\n{FAILS}```'),
                (6, f'```python hl_lines="1"\n{FAILS}```'),
                (6, f"```{{.python}}\n{FAILS}```"),
                (6, f"~~~python\n{FAILS}~~~"),
                (6, f"````python\n{FAILS}````"),
                (6, f"> ```python\n> {FAILS}> ```"),
                (8, f"- an item\n\n    ```python\n    {FAILS}    ```"),
                (8, f'!!! note "In an admonition"\n\n    ```python\n    {FAILS}    ```'),
                (8, f'=== "In a tab"\n\n    ```python\n    {FAILS}    ```'),
            ]
        )
    ),
    Case("late-fence", f"- ```python\n  {FAILS}  ```", (r"late-fence\.md:5: found a fence behind a list marker",)),
    Case("unclosed", f"```python\n{FAILS}", (r"unclosed\.md:5: opens a fence \(```python\) that is never closed",)),
    Case(
        "bash-fence",
        "```bash\nrm -rf build\n```",
        (r"bash-fence\.md:5: found a `bash` fence: it would be executed; write `console`",),
    ),
    Case(
        "unknown-language",
        "```pyhton\nx\n```",
        (r"unknown-language\.md:5: found a fence with the language 'pyhton'; expected `python`",),
    ),
    Case("no-language", "```\nx\n```", (r"no-language\.md:5: found a fence with the language ''",)),
    Case("tab", "```python\nif 1:\n\tx = 1\n```", (r"tab\.md:7: found a tab in code that runs",)),
    Case("latin-1", "# Page\n\ncaf\xe9\n".encode("latin-1"), (r"latin-1\.md:3: is not UTF-8: found byte 0xe9",)),
    Case("crlf", b"# Page\r\n\r\ntext\r\n", (r"crlf\.md:1: has Windows line endings \(CRLF\), expected LF; run `sed",)),
    Case(
        "skip-without-reason",
        f"<!--pytest.mark.skip-->\n{FENCE.format(code=GOOD)}",
        (r"skip-without-reason\.md:5: found '<!--pytest\.mark\.skip-->', a skip without a reason; write",),
    ),
    Case(
        "skip-old-style",
        f"<!--pytest-codeblocks:skip-->\n{FENCE.format(code=GOOD)}",
        (r"skip-old-style\.md:5: found '<!--pytest-codeblocks:skip-->', which a page does not know; write",),
    ),
    Case(
        "skip-page",
        f"<!--pytest-codeblocks:skipfile-->\n{FENCE.format(code=GOOD)}".encode(),
        (r"skip-page\.md:1: found '<!--pytest-codeblocks:skipfile-->', which a page does not know",),
    ),
    Case(
        "unknown-option",
        f"<!--pytest-codeblocks:frobnicate-->\n{FENCE.format(code=GOOD)}",
        (r"unknown-option\.md:5: found '<!--pytest-codeblocks:frobnicate-->', which a page does not know",),
    ),
    Case(
        "wrong-output",
        f"{FENCE.format(code=GOOD)}\n<!--pytest-codeblocks:expected-output-->\n```text\nbad\n```",
        (r"printed 'fine ✓\\n', and the page expects 'bad\\n'",),
    ),
    Case(
        "expected-failure",
        f'<!--pytest.mark.xfail(reason="should fail", strict=True)-->\n{FENCE.format(code=GOOD)}',
        (r"expected-failure\.md:5: found .*xfail.*; a page knows one mark, a skip",),
    ),
    Case(
        "figure-without-caption",
        f"{FENCE.format(code=GOOD)}\n<!-- figure: alt -->\nno caption",
        (r"figure-without-caption\.md:11: expected `<!-- figure:",),
    ),
    Case("id-taken-a", "text", (), (("docs/id-taken-b.md", "# Other\n\n## Again? { #id-taken-a }\n"),)),
]


@pytest.fixture(scope="module")
def report(shared_book):
    """One run over all broken pages and two whole ones."""
    shared_book.page(PLAIN.format(id="good", body=FENCE.format(code=GOOD)), "docs/good.md")
    shared_book.page(
        PLAIN.format(id="reasoned", body=f'<!--pytest.mark.skip(reason="needs a GPU")-->\n{FENCE.format(code=FAILS)}'),
        "docs/reasoned.md",
    )
    shared_book.write("snippets/orphan.py", GOOD)
    for case in CASES:
        shared_book.page(case.text(), case.path)
        for name, text in case.files:
            shared_book.write(name, text)
    return shared_book.run("-p", "no:randomly")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_page_is_refused_with_its_message(case, report):
    for expected in case.expect:
        assert re.search(expected, report.stdout), f"not said: {expected}\n{_about(case.name, report.stdout)}"


def _about(name: str, text: str) -> str:
    found = [m.start() for m in re.finditer(re.escape(name), text)]
    return text[max(0, found[0] - 500) : found[0] + 2500] if found else text[-3000:]


def test_a_snippet_that_no_page_shows_is_refused(report):
    assert re.search(r"snippets/orphan\.py:1: is shown on no page", report.stdout)


def test_two_questions_with_one_id_are_refused_where_the_second_stands(report):
    assert re.search(
        r"docs/id-taken-b\.md:3: found the id 'id-taken-a' a second time; the first is at docs/id-taken-a\.md:3", report.stdout
    )


def test_a_red_run_exits_with_1_and_loses_nothing_else(report, shared_book):
    assert report.returncode == 1
    assert "docs/good.md::good[line 5]" not in report.stdout, "the whole page should pass beside the broken ones"
    assert "docs/reasoned.md" not in report.stdout, "a skip with a reason is no failure"


def test_only_what_passed_has_a_record(report, shared_book):
    recorded = {name.split(".")[0].removeprefix("docs-").removesuffix("-md") for name in shared_book.records()}
    assert "good" in recorded
    broken = {case.name for case in CASES if any("shows" in expected for expected in case.expect)}
    assert len(broken) > 15 and not broken & recorded


def test_nothing_was_written_outside(report):
    from pathlib import Path

    assert not Path("/tmp/evidence-leak").exists()


def test_output_that_is_not_ascii_is_kept_as_it_is(report, shared_book):
    import json

    name = next(name for name in shared_book.records() if name.startswith("docs-good-md"))
    record = json.loads((shared_book.root / ".evidence" / name).read_text(encoding="utf-8"))
    assert record["record"]["stdout"] == "fine ✓\n"


def test_a_second_run_of_a_red_book_stays_red(report, shared_book):
    again = shared_book.run("-k", "good or killed")
    assert again.returncode == 1 and "killed by SIGKILL" in again.stdout
    assert (
        "1 ran, 1 unchanged (taken from their records; --fresh runs them)" in again.stdout or "0 ran, 1 unchanged" in again.stdout
    )


def test_an_endless_loop_ends_at_the_limit_with_its_line(runner):
    from evidence.run.job import Job

    loop = Job(
        "loop.py", "x = 0\nwhile True:\n    x += 1\n", (("loop.py", 1), ("loop.py", 2), ("loop.py", 3)), "salt", cpu_seconds=1
    )
    sleep = Job("sleep.py", "import time\ntime.sleep(60)\n", (("sleep.py", 1), ("sleep.py", 2)), "salt", wall_seconds=2)
    running = [runner.submit(one) for one in (loop, sleep)]
    outcome, slept = (future.result() for future in running)
    assert "used more than 1 s of CPU time" in outcome.failure
    assert outcome.where[0] == "loop.py" and outcome.where[1] in (2, 3)
    assert "ran for more than 2 s" in slept.failure


def test_the_command_in_the_message_runs_just_that_one(report, shared_book):
    command = re.search(r"pytest '(docs/early-exit\.md::[^']+)'", report.stdout)
    assert command
    again = python("-m", "pytest", command[1], "-q", cwd=shared_book.root)
    assert "1 failed" in again.stdout
