"""The pytest plugin: collects the pages, runs their snippets through the runner, writes the records.

It stands on pytest-codeblocks: that plugin's `--codeblocks` switches it on, its comments on a page keep working, and the
items here are its items with another way to run.
"""

import sys
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.fronts.changed import changed_files
from evidence.fronts.elsewhere import MORE_TIME, Elsewhere
from evidence.fronts.progress import Progress
from evidence.fronts.pytest_items import STATE, PageFile, Snippet, State
from evidence.read.labs import is_lab
from evidence.read.pages import Fence
from evidence.records.store import digest, job_of
from evidence.records.tries import SECONDS, tries_of
from evidence.run.arithmetic import threads
from evidence.run.job import Job, Outcome
from evidence.run.landlock import lacking
from evidence.run.pool import Runner


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("evidence")
    group.addoption("--fresh", action="store_true", help="run every snippet, also where its record is up to date")
    group.addoption("--reseed", type=int, default=0, metavar="N", help="run every snippet with all its seeds shifted by 1…N")
    group.addoption(
        "--elsewhere",
        default="",
        metavar="AXES",
        help="run every snippet under other conditions: seeds, arithmetic, versions, data, or all but versions",
    )
    group.addoption("--since", default="", metavar="COMMIT", help="only snippets whose code has changed since there")
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if since := config.getoption("--since"):
        changed = changed_files(config.rootpath, since)
        left_out = [i for i in items if not isinstance(i, Snippet) or not {line.path for line in i.fence.origin} & changed]
        items[:] = [i for i in items if i not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session: pytest.Session) -> None:
    state = session.config.stash[STATE]
    if session.config.option.collectonly:
        return
    jobs: dict[str, Fence] = {digest(i.fence): i.fence for i in session.items if isinstance(i, Snippet) and i.wanted()}
    if not jobs:
        return
    state.runner = Runner()
    expected = {address: state.records.expected_seconds(fence) for address, fence in jobs.items()}
    longest_first = sorted(jobs, key=lambda address: -expected[address])
    planned = {address: _jobs(jobs[address], state.elsewhere) for address in longest_first}
    report = session.config.pluginmanager.get_plugin("terminalreporter") if state.progress else None
    spans = {at: [min(expected[at], SECONDS) if job.tried else expected[at] for job in todo] for at, todo in planned.items()}
    progress = Progress(report.write_line, [span for at in planned for span in spans[at]]) if report else None
    submitted: dict[tuple[str, int], Future[Outcome]] = {}
    order = [(address, n) for address in planned for n in range(len(planned[address]))]
    for address, n in sorted(order, key=lambda one: threads(planned[one[0]][one[1]].conditions.arithmetic)):
        # those of several threads come last: each waits until as many cores are free, and holds up what stands behind it
        submitted[address, n] = state.runner.submit(planned[address][n])
        if progress:
            progress.follow(submitted[address, n], spans[address][n])
    state.futures |= {address: [submitted[address, n] for n in range(len(planned[address]))] for address in planned}


def _jobs(fence: Fence, elsewhere: Elsewhere) -> list[Job]:
    if not elsewhere:
        whole = job_of(fence)
        return [whole, *tries_of(fence, whole)]
    jobs = [job_of(fence, trial.conditions) for trial in elsewhere.trials(fence)]
    return [replace(j, cpu_seconds=j.cpu_seconds * MORE_TIME, wall_seconds=j.wall_seconds * MORE_TIME) for j in jobs]


def pytest_report_teststatus(report: Any, config: pytest.Config) -> Any:
    if report.when == "call" and report.passed and ("evidence", "unchanged") in report.user_properties:
        return "passed", "u", "UNCHANGED"
    if report.when == "call" and report.passed and config.stash[STATE].progress:
        return "passed", "", ""
    return None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    state = config.stash[STATE]
    if (state.ran or state.unchanged) and not state.elsewhere:
        note = " (taken from their records; --fresh runs them)" if state.unchanged else ""
        terminalreporter.write_line(f"snippets: {state.ran} ran, {state.unchanged} unchanged{note}")
    if state.elsewhere.tallies:
        for line in state.elsewhere.report():
            terminalreporter.write_line(line)
    if (state.ran or state.elsewhere) and (lacks := lacking()):
        terminalreporter.write_line(f"not confined in full: {lacks}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("--since"):
        session.exitstatus = pytest.ExitCode.OK  # a branch that changes no snippet has nothing to run
    if runner := session.config.stash[STATE].runner:
        runner.__exit__()
