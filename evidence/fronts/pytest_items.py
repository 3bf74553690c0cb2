"""The pytest items: a page's fences that run, and what is wrong with a page."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from pytest_codeblocks.plugin import MarkdownFile, TestBlock

from evidence.errors import EvidenceError
from evidence.fronts.elsewhere import Elsewhere
from evidence.read.labs import is_lab, read_lab
from evidence.read.pages import Fence, Page, read_page, read_site
from evidence.records.excuse import excuse
from evidence.records.files import RecordsError
from evidence.records.store import Records, digest
from evidence.records.tries import together
from evidence.run.job import Outcome
from evidence.run.pool import Runner

STATE = pytest.StashKey["State"]()


class State:
    """What the plugin knows during one session."""

    def __init__(self, config: pytest.Config) -> None:
        self.root = config.rootpath
        self.fresh: bool = config.getoption("--fresh")
        try:
            self.elsewhere = Elsewhere(config.getoption("--elsewhere"), config.getoption("--reseed"))
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None
        self.progress: bool = config.getoption("--progress")
        self.records = Records(self.root)
        self.runner: Runner | None = None
        self.futures: dict[str, list[Future[Outcome]]] = {}
        self.ran = self.unchanged = 0
        self._site: dict[str, Page] | None = None

    def page(self, path: Path) -> Page:
        """The page at a path, read together with the whole site, so that it knows the ids of the others."""
        if self._site is None:
            self._site = {page.path: page for page in read_site(self.root)}
        name = path.relative_to(self.root).as_posix()
        return self._site.get(name) or (read_lab if is_lab(path, self.root) else read_page)(self.root, name)


class PageFile(MarkdownFile):  # type: ignore[misc]
    """A page: an item for each fence that runs, and one for each thing that is wrong with it."""

    def collect(self) -> Iterator[pytest.Item]:
        page = self.config.stash[STATE].page(self.path)
        for problem in page.problems:
            yield Fault.from_parent(self, name=f"line {problem.line}", problem=problem)
        names: dict[str, int] = {}
        for fence in page.fences:
            file = Path(fence.snippet)
            where = fence.question or ("lab" if fence.cells else "page")
            name = f"{where}[{file.stem if file.suffix == '.py' else f'line {fence.line}'}]"
            names[name] = names.get(name, 0) + 1
            item = Snippet.from_parent(self, name=name if names[name] == 1 else f"{name}-{names[name]}", obj=fence.block)
            item.fence = fence
            if reason := excuse(fence):
                item.add_marker(pytest.mark.skip(reason=reason))
            yield item


class Fault(pytest.Item):
    """Something that is wrong with a page; it always fails."""

    def __init__(self, problem: EvidenceError, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.problem = problem

    def runtest(self) -> None:
        raise self.problem

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        return str(excinfo.value.format_message())

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.problem.line - 1, f"{self.problem.path}:{self.problem.line}"


class Snippet(TestBlock):  # type: ignore[misc]
    """A fence that runs."""

    fence: Fence

    @property
    def state(self) -> State:
        state: State = self.config.stash[STATE]
        return state

    def wanted(self) -> bool:
        """Whether this item has to run, as its record does not answer for it."""
        if self.get_closest_marker("skip"):
            return False
        if self.state.elsewhere and not self.state.elsewhere.trials(self.fence):
            return False
        return bool(self.state.elsewhere or self.state.fresh or self.state.records.load(self.fence) is None)

    def runtest(self) -> None:
        state = self.state
        futures = state.futures.get(digest(self.fence))
        if futures is None:
            state.unchanged += 1
            self.user_properties.append(("evidence", "unchanged"))
            return
        outcomes = [future.result() for future in futures]
        if state.elsewhere:
            return self._judge_elsewhere(outcomes)
        state.ran += 1
        outcome = together(outcomes)
        found = state.records.judge(self.fence, outcome)
        try:
            state.records.keep(self.fence, outcome)
        except RecordsError as error:
            found = f"{found}\n{error.format_message()}".strip()
        if found:
            raise SnippetFailed(self.fence, outcome, found)

    def _judge_elsewhere(self, outcomes: list[Outcome]) -> None:
        """Keep under which conditions the claim held. Where it does not hold for other data, that is told, and is no fault."""
        trials = self.state.elsewhere.trials(self.fence)
        lost = self.state.elsewhere.note(self.fence, trials, outcomes, self.state.records)
        if lost:
            raise SnippetFailed(self.fence, lost[0].outcome, lost[0].fault)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        if isinstance(excinfo.value, SnippetFailed):
            return excinfo.value.message(self.nodeid)
        return str(pytest.Item.repr_failure(self, excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.fence.line - 1, f"{self.fence.page}:{self.fence.line} {self.fence.snippet}"


class SnippetFailed(Exception):
    """A snippet did not pass; `fault` says where and why, in one line."""

    def __init__(self, fence: Fence, outcome: Outcome, fault: str) -> None:
        self.fence, self.outcome, self.fault = fence, outcome, fault
        super().__init__(fault)

    def message(self, nodeid: str) -> str:
        """What a contributor reads in a red run: the page, the snippet's own line, what was found, and how to rerun it."""
        parts = [f"{self.fence.page}:{self.fence.line}: shows {self.fence.snippet}", self.fault]
        if self.outcome.trace:
            parts += ["", self.outcome.trace]
        for name in ("stdout", "stderr"):
            if text := getattr(self.outcome, name).strip():
                parts += ["", f"{name}, its end:", *text[-2000:].splitlines()[-15:]]
        return "\n".join([*parts, "", f"run just this one again: pytest '{nodeid}'"])
