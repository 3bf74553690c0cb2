"""What a snippet in the second form leaves: two parts of one process, a run for each choice, and numbers that are only data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Book
from forks import server_class
from jobs import hidden, job, lean_command

import evidence.records.tries
from evidence.fronts.serve import Keeper
from evidence.read.model import Fence
from evidence.read.pages import read_page, read_site
from evidence.records.judgement import fault, misfit
from evidence.records.store import Records, job_of
from evidence.records.tries import together, tries_of
from evidence.run import pool
from evidence.run.job import Job, Outcome, Part, Try
from evidence.run.measured import ENTRIES, EXPECTED, judged
from evidence.run.pieces import Mark, divided
from evidence.run.pool import Runner

PARTS = """from __future__ import annotations
import sys
print("one")
print("aside", file=sys.stderr)
print("two")
kept: NoSuchName = sum(range(10**7))
import matplotlib.pyplot as plt
plt.plot([1])
plt.show()
"""


def test_two_parts_run_in_one_process_and_are_kept_apart(runner) -> None:
    outcome = runner.submit(job(PARTS, parts=(4, 6))).result()
    assert outcome.failure == "" and outcome.stdout == "one\ntwo\n" and outcome.cells == []
    taught, proved = outcome.parts
    assert (taught[:3], proved[:3]) == (("one\n", "aside\n", 0), ("two\n", "", 1))


def test_output_figures_and_cpu_time_are_divided_at_the_marks() -> None:
    marks = [Mark(4, 0, 30, 1.5), Mark(6, 2, 90, 4.0)]
    parts = divided(b"one\ntwo\n", b"ab", [20, 40, 90], marks, began=0.5)
    assert parts == [Part("one\n", "", 1, 1.0), Part("two\n", "ab", 2, 2.5)], "what comes behind the last mark is its own"
    assert divided(b"one", b"", [], [], 0.0) == []


def test_they_are_kept_apart_where_no_process_can_be_forked(monkeypatch) -> None:
    monkeypatch.setattr(pool, "command", lean_command())
    outcome = pool._run_alone(job(PARTS, parts=(4, 6)))
    assert outcome.failure == "" and [part[:3] for part in outcome.parts] == [("one\n", "aside\n", 0), ("two\n", "", 1)]


def test_a_failing_proof_is_named_by_its_line_and_the_teaching_part_is_kept(runner) -> None:
    outcome = runner.submit(job("x = 1\nprint(x)\n# proof\ny = 2\nassert x == y, 'unlike'\n", parts=(2, 4))).result()
    assert outcome.failure == "AssertionError: unlike" and outcome.where == ("s.py", 5)
    assert 'File "s.py", line 5' in outcome.trace and "assert x == y" in outcome.trace
    assert [part.stdout for part in outcome.parts] == ["1\n"]


def measured(runner: Runner, code: str, make: Callable[..., Job] = job) -> Outcome:
    """What comes of a snippet whose last line makes `measured`."""
    return runner.submit(make(code, measures=code.count("\n") if make is job else 1)).result()


def test_numbers_and_texts_come_through(runner) -> None:
    code = "import numpy as np\nmeasured = {'a': 1, 'b': np.float32(0.5), 'c': 'x y', 'd': np.int64(3), 'e': -1e-9, 'f': 'é'}\n"
    assert measured(runner, code).measured == {"a": 1, "b": 0.5, "c": "x y", "d": 3, "e": -1e-9, "f": "é"}


REFUSED = {
    "a list": ("measured = [1]\n", "`measured` is of the type 'list'; expected a dict of finite numbers and strings"),
    "a dict of its own": ("class D(dict):\n    pass\nmeasured = D(a=1)\n", "`measured` is of the type 'D'"),
    "not a number": ("measured = {'a': float('nan')}\n", "`measured['a']` is nan; expected"),
    "infinity": ("measured = {'a': -1e999}\n", "`measured['a']` is -inf; expected"),
    "a tensor": ("import torch\nmeasured = {'a': torch.ones(())}\n", "is of the type 'Tensor'; ", "write `.item()` behind it"),
    "truth": ("measured = {'a': True}\n", "`measured['a']` is of the type 'bool'; expected"),
    "nested": ("measured = {'a': {'b': 1}}\n", "`measured['a']` is of the type 'dict'"),
    "a key of another type": ("measured = {1: 2}\n", "`measured` has a key of the type 'int'"),
    "a key that is no name": ("measured = {'a b': 2}\n", "`measured` has the key 'a b'; expected", "of at most 40 letters"),
    "too large": ("measured = {'a': 10**40}\n", "`measured['a']` is inf"),
    "too many": ("measured = {f'a{k}': k for k in range(101)}\n", "`measured` has more than 100 entries"),
    "far too many": ("measured = {f'a{k}': k for k in range(10**5)}\n", "`measured` has more than 100 entries"),
    "none": ("measured = {}\n", "`measured` has no entries"),
    "a long text": ("measured = {'a': 'x' * 10**7}\n", "`measured['a']` is a string of more than 200 characters"),
    "a control character": ("measured = {'a': 'x\\x00'}\n", "or one with control characters"),
    "gone": ("measured = {'a': 1}\ndel measured\n", "`measured` is of the type 'NoneType'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_dict_of_numbers_and_texts_is_red_at_its_line(runner, name) -> None:
    code, *expected = REFUSED[name]
    outcome = measured(runner, code)
    assert all(part in outcome.failure for part in expected), outcome
    assert outcome.where == ("s.py", code.count("\n")) and outcome.measured == {}


EVIL = {
    "a class that answers for its name": (
        "class M(type):\n    def __getattribute__(c, n):\n        print('asked', n)\n        return 'dict'\n"
        "class D(metaclass=M):\n    pass\nmeasured = D()\n",
        "",
    ),
    "a key that compares": (
        "class E(str):\n    __hash__ = str.__hash__\n    def __eq__(self, other):\n        print('asked')\n        return True\n"
        "measured = {E('a'): 1}\n",
        "",
    ),
    "builtins of its own": (
        "import builtins, json\ndef evil(*a, **k):\n    print('asked')\n    raise SystemExit\n"
        "measured = {'a': 1.5}\njson.dumps = evil\n"
        "for n in ('dict', 'float', 'repr'):\n    setattr(builtins, n, evil)\n",
        {"a": 1.5},
    ),
}


@pytest.mark.parametrize("name", EVIL)
def test_nothing_of_the_snippets_own_runs_while_it_is_looked_at(runner, name) -> None:
    code, expected = EVIL[name]
    outcome = measured(runner, code, hidden)
    assert outcome.stdout == "" and outcome.measured == (expected or {}) and bool(outcome.failure) != bool(expected), outcome


@pytest.mark.parametrize(
    "frames",
    [
        [], [""], ["dict", ""], ["dict", "number"], ["dict", "number a"], ["dict", "number a\n1e999"], ["dict", "number a\n٣٣x"],
        ["dict", "number a\n" + "9" * 10_000], ["dict", "text a\n" + "x" * 10_000], ["dict", "x" * 10_000 + " a\n1"],
        ["dict", "number a\n1", "number a\n2"], ["dict", *(f"number a{k}\n1" for k in range(ENTRIES + 1))], ["dict", "key: ?\n"],
    ],
)  # fmt: skip
def test_whatever_a_process_says_that_it_measured_is_judged_in_words(frames: list[str]) -> None:
    values, said = judged(job("measured = 1\n", measures=1), frames)
    assert values == {} and said and len(said) < 1000, said


def test_a_lie_in_the_report_is_red_and_does_no_harm(runner) -> None:
    code = (
        "import os\nfor n in range(3, 40):\n    try:\n        os.write(n, b'measured 5\\ndict\\npiece 3\\na b')\n"
        "    except OSError:\n        pass\nmeasured = {'a': 1}\n"
    )
    outcome = measured(runner, code, hidden)
    assert outcome.failure.startswith(("its report is garbled", "said the end of more pieces")), outcome


def formed(book: Book, code: str, prose: str = "Text.") -> Fence:
    """A fence of a page (line 7) that shows a snippet."""
    book.write("snippets/s.py", code)
    book.page(f'# Page\n\n## Why? {{ #why }}\n\n{prose}\n\n```python\n--8<-- "snippets/s.py"\n```\n')
    page = read_page(book.root, "docs/page.md")
    assert not page.problems, page.problems
    return page.fences[0]


KNOB = '"""Claim."""\n\np = 1  # try: 2, 3\nprint({})\nassert p, "p"\n\n# %% proof: one\nassert p == 1, "one"\n'


def test_each_value_of_a_knob_runs_the_teaching_part_with_one_line_changed(book: Book, runner) -> None:
    fence = formed(book, KNOB.format("p * 2"))
    whole = job_of(fence)
    jobs = tries_of(fence, whole)
    assert [one.code for one in jobs] == [
        KNOB.format("p * 2").partition("# %%")[0].replace("p = 1", f"p = {value}") for value in (2, 3)
    ]
    assert whole.parts == (6, 2) and {one.parts for one in jobs} == {()} and len({one.salt for one in [whole, *jobs]}) == 3
    outcome = together([future.result() for future in [runner.submit(one) for one in [whole, *jobs]]])
    assert fault(fence, outcome) == "" and [(one.choice, one.stdout) for one in outcome.tries] == [
        ("p = 2", "4\n"),
        ("p = 3", "6\n"),
    ]
    Records(book.root).keep(fence, outcome)
    kept = Records(book.root).load(fence)
    assert kept and kept.tries == outcome.tries and kept.parts == outcome.parts


def test_a_choice_that_fails_is_named(book: Book, runner) -> None:
    fence = formed(book, KNOB.format("p * 2").replace('assert p, "p"', 'assert p < 3, "too many"'))
    whole = job_of(fence)
    outcome = together([runner.submit(one).result() for one in [whole, *tries_of(fence, whole)]])
    assert fault(fence, outcome) == (
        "snippets/s.py:5: with p = 3: AssertionError: too many; what holds for the written value alone belongs to the proof"
    )


def test_a_choice_that_is_over_its_budget_is_red(book: Book, runner, monkeypatch) -> None:
    monkeypatch.setattr(evidence.records.tries, "CPU_SECONDS", 1)
    fence = formed(book, KNOB.format("p * 2").replace("print(", "while p == 2:\n    pass\nprint("))
    whole = job_of(fence)
    outcome = together([runner.submit(one).result() for one in [whole, *tries_of(fence, whole)]])
    assert outcome.failure.startswith("with p = 2: used more than 1 s of CPU time"), outcome


def test_a_knob_that_changes_nothing_is_an_error(book: Book) -> None:
    fence = formed(book, KNOB.format("2"))
    outcome = Outcome(job_of(fence), stdout="2\n", parts=[Part("2\n", "", 0, 0.1), Part("", "", 0, 0.1)])
    outcome.tries = [Try(f"p = {n}", "2\n", "", [], 0.1) for n in (2, 3)]
    assert fault(fence, outcome) == (
        "snippets/s.py:3: turns 'p' to 1, 2, 3, and all print the same; print what it changes, or take it away"
    )
    outcome.tries[1] = Try("p = 3", "3\n", "", ["<svg/>"], 0.1)
    assert "snippets/s.py:3: draws 1 figures with p = 3, and 0 as it is written" in fault(fence, outcome)
    fence.figures = [("a line", "Up to [=x:.1f].")]
    outcome.figures, outcome.parts[0] = ["<svg/>"], outcome.parts[0]._replace(figures=1)
    assert "describes a figure by 'Up to [=x:.1f].', which stands below each choice of a knob" in fault(fence, outcome)
    fence.figures, outcome.figures = [], []
    outcome.tries.pop()
    assert "tried p = 2, and its code asks for p = 2, p = 3" in fault(fence, outcome)
    outcome.parts.pop()
    assert "ran in 1 parts, and its code has 2" in fault(fence, outcome)


MEASURES = '"""Claim."""\n\nx = 1\nmeasured = {"lead": 1.26, "rest": 2, "name": "a"}\nassert x == 1, "one"\n'
LEFT = {"lead": 1.26, "rest": 2, "name": "a"}
USED = "It leads by [=lead:.1f], [=rest] and [=name]"
MISFITS = {
    "an unknown name": (f"{USED},\nbut [=more:.1f].", 6, "found '[=more:.1f]', and snippets/s.py measured lead, rest, name"),
    "no format": (f"{USED} [=lead].", 5, "found '[=lead]', and lead is 1.26; say how many digits mean something, as `:.1f`"),
    "a format for another type": (
        f"{USED} [=name:.1f].",
        5,
        "found '[=name:.1f]', and name is the text 'a', which has no format",
    ),
    "a whole number that is none": (
        f"{USED} [=lead:d].",
        5,
        "found '[=lead:d]', and lead is 1.26, no whole number; write `:.0f`",
    ),
    "an unused entry": ("It leads by [=lead:.1f], [=rest].", -4, "measures 'name', which no prose and no assertion uses; write"),
    "a typed number": (f"{USED}.\nIt is 1.3.", 6, "found 1.3 typed, which snippets/s.py measured as 'lead'; write '[=lead:.1f]'"),
    "a typed percentage": (f"{USED}, [=lead:.0%].\nIt is 126 %.", 6, "found 126% typed, which snippets/s.py measured as 'lead'"),
    "a percentage that is typed half": (
        f"{USED}, [=rest] %.\nIt is 2%.",
        6,
        "found 2% typed, which snippets/s.py measured as 'rest'",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_prose_that_does_not_fit_what_was_measured_is_named_with_its_line(book: Book, name: str) -> None:
    prose, line, expected = MISFITS[name]
    fence = formed(book, MEASURES, prose)
    outcome = Outcome(job_of(fence), measured=dict(LEFT))
    found = fault(fence, outcome)
    assert found.startswith(f"docs/page.md:{line}: " if line > 0 else f"snippets/s.py:{-line}: ") and expected in found, found
    records = Records(book.root)
    records.save(fence, outcome)
    assert records.load(fence) is None and records.doubt(fence) == f"its record does not fit the page: {found}"


def test_prose_that_fits_is_no_misfit(book: Book) -> None:
    prose = f"{USED}, not 1.4, `1.3`, $1.3$, 1.35 or 3."
    fence = formed(book, MEASURES, prose)
    assert misfit(fence, Outcome(job_of(fence), measured=dict(LEFT))) == ""


def test_a_number_that_differs_between_two_runs_of_the_same_code_is_red_until_it_is_rounded(book: Book) -> None:
    fence, records = formed(book, MEASURES, USED), Records(book.root)
    records.keep(fence, Outcome(job_of(fence), measured=LEFT | {"lead": 1.26}))
    records.keep(fence, Outcome(job_of(fence), measured=LEFT | {"lead": 1.31}))
    assert records.doubt(fence) == "", "both are 1.3"
    for _ in range(2):  # red is not forgotten by running it again
        records.keep(fence, Outcome(job_of(fence), measured=LEFT | {"lead": 1.42}))
        assert records.doubt(fence) == (
            "its last run failed: docs/page.md:5: shows '[=lead:.1f]', which is 1.4, and in an earlier run of the same code "
            "was 1.3; print fewer digits, or seed what differs"
        )
    fence = formed(book, MEASURES, USED.replace(".1f", ".0f"))
    records.keep(fence, Outcome(job_of(fence), measured=LEFT | {"lead": 1.42}))
    assert records.doubt(fence) == ""


def test_the_whole_run_says_what_is_wrong_with_page_and_line(book: Book) -> None:
    formed(book, MEASURES.replace("1.26", 'float("nan")'), USED)
    done = book.run()
    assert done.returncode == 1 and "snippets/s.py:4: `measured['lead']` is nan; expected a dict" in done.stdout, done.stdout
    formed(book, MEASURES, USED)
    assert book.run().returncode == 0 and len(book.records()) == 1
    formed(book, MEASURES, f"{USED}\n1.3.")
    done = book.run()
    assert done.returncode == 1 and "docs/page.md:6: found 1.3 typed" in done.stdout and not book.records(), done.stdout


def test_the_run_counts_each_choice(book: Book) -> None:
    formed(book, KNOB.format("p * 2"))
    done = book.run("--progress", "-s")
    assert done.returncode == 0 and "snippets/s.py (p = 2)" in done.stdout and "[3/3]" in done.stdout, done.stdout
    assert "1 ran, 0 unchanged" in done.stdout
    done = book.run("--progress", "-s", "--reseed", "1")
    assert done.returncode == 0 and "snippets/s.py (shift 1)" in done.stdout and "[1/1]" in done.stdout, "whole, and no choice"


def test_the_preview_runs_each_choice_and_keeps_one_record(book: Book, monkeypatch) -> None:
    formed(book, KNOB.format("p * 2"))
    monkeypatch.setattr(pool, "Server", server_class())
    with Runner() as runner:
        Keeper(book.root, runner).look()
        runner._pool.shutdown(wait=True)
    (file,) = (book.root / ".evidence").glob("*.json")
    assert [one[0] for one in json.loads(file.read_text())["record"]["tries"]] == ["p = 2", "p = 3"]
    assert [page.path for page in read_site(Path(book.root))] == ["docs/index.md", "docs/page.md"]


def test_what_is_expected_is_said_once() -> None:
    assert "finite numbers and strings" in EXPECTED
