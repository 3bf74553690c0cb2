"""A snippet passes where it ran to its end, as a Python program ends, and in no other way."""

import re

import pytest
from jobs import hidden, job

THREAD = """import threading, time
def late():
    time.sleep({wait})
    {what}
threading.Thread(target=late, daemon={daemon}).start()
"""
RED = {
    "the parent of a fork whose child reaches the end": (
        "import os, time\nif os.fork():\n    time.sleep(0.5)\n    assert False, 'the parent'\n",
        r"AssertionError: the parent",
    ),
    "a fork whose child ends first": (
        "import os, sys\npid = os.fork()\nif not pid:\n    sys.exit(0)\nos.waitpid(pid, 0)\nassert False, 'red'\n",
        r"AssertionError: red",
    ),
    "silent exit": ("import os\nos._exit(0)\n", r"ended with exit status 0 before the end"),
    "exit": ("import sys\nsys.exit(0)\n", r"left by SystemExit\(0\) before its end"),
    "exit in an exit handler": ("import atexit, os\natexit.register(os._exit, 0)\n", r"ended with exit status 0 before the end"),
    "killed": ("import os\nos.kill(os.getpid(), 9)\n", r"killed by SIGKILL"),
    "fault in native code": ("import os\nos.kill(os.getpid(), 11)\n", r"killed by SIGSEGV"),
    "exit handler": (
        "import atexit\n@atexit.register\ndef f():\n    assert 1 == 2, 'at exit'\n",
        r"AssertionError: at exit, raised in an exit",
    ),
    "finalizer": (
        "class C:\n    def __del__(self):\n        assert 1 == 2, 'in del'\nc = C()\n",
        r"AssertionError: in del, raised in an exit handler or a finalizer",
    ),
    "thread": (THREAD.format(wait=0.3, what="assert False, 'late'", daemon=False), r"AssertionError: late, raised in the thread"),
    "daemon thread": (
        THREAD.format(wait=0, what="assert False, 'late'", daemon=True) + "time.sleep(0.3)\n",
        r"AssertionError: late, raised in the thread",
    ),
    "closed output": ("import os\nos.close(1)\nprint(1)\n", r"OSError: .*Bad file descriptor"),
    "cut output": ("import os\nprint(1, flush=True)\nos.ftruncate(1, 0)\n", r"OSError"),
    "garbage in the report": (
        "import os\nfor n in range(3, 40):\n    try:\n        os.write(n, b'end 4\\nnull')\n    except OSError:\n        pass\n",
        r"its report is garbled|said the end of more pieces",
    ),
}
GREEN = {
    "forked child that ends": (
        "import os\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\n    print('parent')\n",
        "parent\n",
    ),
    "what is printed late": (
        "import atexit\natexit.register(print, 'exit')\n"
        + THREAD.format(wait=0.2, what="print('thread')", daemon=False)
        + "class C:\n    def __del__(self):\n        print('del')\nc = C()\ndef f():\n    return c\nprint('end')\n",
        "end\nthread\nexit\ndel\n",
    ),
    "an exit that is caught": ("try:\n    exit()\nexcept SystemExit:\n    print('on')\n", "on\n"),
    "carriage return and control characters": ("print('a\\rb\\x1b[1m\\x00\\x08\\x0c')\n", "a\rb\x1b[1m\x00\x08\x0c\n"),
}


@pytest.mark.parametrize("name", RED)
def test_what_did_not_run_to_its_end_is_red(runner, name) -> None:
    code, expected = RED[name]
    outcome = runner.submit(hidden(code)).result()
    assert re.search(expected, outcome.failure), outcome


@pytest.mark.parametrize("name", GREEN)
def test_the_end_of_a_program_is_the_end_of_a_snippet(runner, name) -> None:
    code, printed = GREEN[name]
    outcome = runner.submit(hidden(code)).result()
    assert (outcome.failure, outcome.stdout, outcome.stderr) == ("", printed, ""), outcome.trace


def test_a_script_that_never_ends_is_red(runner) -> None:
    code = THREAD.format(wait=10**6, what="pass", daemon=False)
    outcome = runner.submit(job(code, wall_seconds=2)).result()
    assert outcome.failure.startswith("ran for more than 2 s") and "its code has ended, and a thread" in outcome.failure


def test_a_busy_machine_is_no_fault_but_what_computes_for_ever_is(runner) -> None:
    work = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    {}\n"
    assert runner.submit(job(work.format(1.5, "pass"), wall_seconds=1)).result().failure == ""
    idle = runner.submit(job(work.format(2, "time.sleep(1)"), wall_seconds=1)).result()
    assert idle.failure.startswith("ran for more than 1 s")


def test_the_cpu_seconds_of_all_processes_are_added_up(runner) -> None:
    many = "import multiprocessing, time\ndef f():\n    while time.thread_time() < 0.5: pass\n"
    many += "all = [multiprocessing.get_context('fork').Process(target=f) for _ in range(18)]\n"
    many += "for one in all: one.start()\nfor one in all: one.join()\ntime.sleep(9)\n"
    outcome = runner.submit(job(many, cpu_seconds=1)).result()
    assert outcome.failure.startswith("used more than 1 s of CPU time in all its processes") and outcome.stderr == ""


def test_seconds_are_measured_from_outside(runner) -> None:
    work = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end:\n    pass\n"
    forge = "import time\ntime.process_time = lambda: 0.0\n"
    child = "import os\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\n    work = ''\nelse:\n    work = " + repr(work)
    child += "\nexec(work)\n"
    idle = runner.submit(job("pass\n")).result().seconds
    for code in (work + forge, child):
        busy = runner.submit(hidden(code)).result().seconds
        assert busy > 4 * idle, "what a forged clock or a child hides is measured all the same"


@pytest.mark.parametrize("mark", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_the_last_lines_of_a_lab_run_whatever_stands_before_them(runner, mark) -> None:
    code = f"x = 1\n# {mark} {mark}\nprint(x)\n\n# %%\nassert x == 2, 'x should be two'\n"
    outcome = runner.submit(job(code, cells=(4, 2))).result()
    assert outcome.failure == "AssertionError: x should be two" and outcome.where == ("s.py", 6), outcome


def test_each_cell_keeps_what_it_printed_and_the_last_what_came_late(runner) -> None:
    code = "import atexit, os\natexit.register(print, 'late')\nprint(1)\nprint(2)\nos.write(1, b'3\\n')\n"
    outcome = runner.submit(job(code, cells=(3, 1, 1))).result()
    assert (outcome.failure, outcome.cells) == ("", [("1\n", 0), ("2\n", 0), ("3\nlate\n", 0)])


def test_a_cell_cannot_be_ended_twice(runner) -> None:
    code = """import os, stat
print(1, flush=True)
for n in range(3, 60):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode):
            os.write(n, b'.')
    except OSError:
        pass
print(2)
"""
    assert runner.submit(job(code, cells=(8, 1))).result().failure


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("raise ValueError('line one\\nline two')\n", "ValueError: line one"),
        ("e = ValueError('x')\ne.add_note('a note')\nraise e\n", "ValueError: x"),
        ("raise KeyError('k')\n", "KeyError: 'k'"),
        ("raise ExceptionGroup('many', [ValueError(1)])\n", "ExceptionGroup: many (1 sub-exception)"),
        ("class Own(Exception):\n    pass\nraise Own\n", "Own"),
        ("x = (\n", "SyntaxError: '(' was never closed"),
    ],
)
def test_the_headline_of_an_error_is_its_type_and_first_line(runner, code, headline) -> None:
    assert runner.submit(job(code)).result().failure == headline
