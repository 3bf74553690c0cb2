"""Where no process can be forked, a fresh one runs each job, and it is judged in the same way."""

import pytest
from jobs import hidden, job, lean_command

from evidence.run import pool


@pytest.mark.parametrize(
    ("task", "failure", "stdout", "cells"),
    [
        (job("print(1)\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n"), "", "1\n", []),
        (job("print(1)\nprint(2)\n", cells=(1, 1)), "", "1\n2\n", [("1\n", 0), ("2\n", 0)]),
        (job("assert 1 == 2, 'no'\n"), "AssertionError: no", "", []),
        (hidden("import os\nos._exit(0)\n"), "its process ended with exit status 0 before the end of the snippet", "", []),
        (
            job("import time\ntime.sleep(60)\n", wall_seconds=3),
            "ran for more than 3 s by the clock on the wall",
            "",
            [],
        ),
    ],
)
def test_a_fresh_process_for_each_job(task, failure, stdout, cells, monkeypatch) -> None:
    if "matplotlib" not in task.code:  # else with all the libraries
        monkeypatch.setattr(pool, "command", lean_command())
    outcome = pool._run_alone(task)
    assert (outcome.failure, outcome.stdout, outcome.cells) == (failure, stdout, cells), outcome.stderr
    assert len(outcome.figures) == task.code.count("plt.show")
