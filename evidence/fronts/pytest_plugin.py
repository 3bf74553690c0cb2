"""The pytest plugin: collects the pages, runs their snippets through the runner, writes the records.

It stands on pytest-codeblocks: that plugin's `--codeblocks` switches it on, its comments on a page keep working, and the
items here are its items with another way to run.
"""

import sys
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evidence.fronts.pytest_items import STATE, PageFile, Snippet, State
from evidence.read.labs import MOST_SHIFTS, is_lab
from evidence.read.pages import Fence
from evidence.records.store import digest, job_of
from evidence.run.job import Conditions, Outcome
from evidence.run.landlock import lacking
from evidence.run.pool import Runner


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("evidence")
    group.addoption("--fresh", action="store_true", help="run every snippet, also where its record is up to date")
    group.addoption("--reseed", type=int, default=0, metavar="N", help="run every snippet with all its seeds shifted by 1…N")
    group.addoption("--progress", action="store_true", help="a line for each snippet as it ends")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[STATE] = State(config)
    manager = config.pluginmanager
    theirs = manager.get_plugin("codeblocks") or sys.modules["pytest_codeblocks.plugin"]
    if manager.is_registered(theirs):
        manager.unregister(theirs)  # its option stays; its collection is replaced by ours


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    named = parent.session.isinitpath(file_path)  # a file that is named comes to pytest_pycollect_makemodule too
    if parent.config.getoption("--codeblocks") and (file_path.suffix == ".md" or _lab(file_path, parent) and not named):
        return PageFile.from_parent(parent, path=file_path)  # type: ignore[no-any-return]
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A lab is run by the runner, never imported as a module of tests."""
    return PageFile.from_parent(parent, path=module_path) if _lab(module_path, parent) else None


def _lab(path: Path, parent: pytest.Collector) -> bool:
    return is_lab(path, parent.config.rootpath)


def pytest_collection_finish(session: pytest.Session) -> None:
    state = session.config.stash[STATE]
    if session.config.option.collectonly:
        return
    jobs: dict[str, Fence] = {digest(i.fence): i.fence for i in session.items if isinstance(i, Snippet) and i.wanted()}
    if not jobs:
        return
    state.runner = Runner()
    longest_first = sorted(jobs.items(), key=lambda job: -state.records.expected_seconds(job[1]))
    report = session.config.pluginmanager.get_plugin("terminalreporter") if state.progress else None
    done: list[Outcome] = []
    planned = {address: _shifts(fence, state.shifts) for address, fence in longest_first}
    total = sum(len(shifts) for shifts in planned.values())
    for address, fence in longest_first:
        state.futures[address] = [state.runner.submit(job_of(fence, Conditions(shift=shift))) for shift in planned[address]]
        for future in state.futures[address]:
            future.add_done_callback(partial(_tell, report, done, total))


def _shifts(fence: Fence, asked: int) -> list[int]:
    """The shifts of the seeds to run a fence with; a lab, which takes long, with a few of them at most."""
    most = min(asked, MOST_SHIFTS) if fence.cells else asked
    return list(range(1, most + 1)) or [0]


def _tell(report: Any, done: list[Outcome], total: int, future: "Future[Outcome]") -> None:
    if report is None or future.cancelled():
        return
    outcome = future.result()
    done.append(outcome)
    shift = f" shift {outcome.job.conditions.shift}" if outcome.job.conditions.shift else ""
    verdict = f"FAILED: {outcome.failure}" if outcome.failure else "passed"
    report.write_line(f"[{len(done):{len(str(total))}}/{total}] {outcome.job.name}{shift} {outcome.seconds:.1f} s {verdict}")


def pytest_report_teststatus(report: Any, config: pytest.Config) -> Any:
    if report.when == "call" and report.passed and ("evidence", "unchanged") in report.user_properties:
        return "passed", "u", "UNCHANGED"
    if report.when == "call" and report.passed and config.stash[STATE].progress:
        return "passed", "", ""
    return None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    state = config.stash[STATE]
    if state.ran or state.unchanged:
        note = " (taken from their records; --fresh runs them)" if state.unchanged else ""
        terminalreporter.write_line(f"snippets: {state.ran} ran, {state.unchanged} unchanged{note}")
    if state.ran and (lacks := lacking()):
        terminalreporter.write_line(f"not confined in full: {lacks}")
    for line in state.lost:
        terminalreporter.write_line(f"does not survive a change of seed: {line}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if runner := session.config.stash[STATE].runner:
        runner.__exit__()
