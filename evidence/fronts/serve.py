"""`make serve`: the site at once; what is missing or changed runs in the background, and pages reload as records arrive."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from evidence.read.labs import FOLDER, read_labs
from evidence.read.pages import Fence, read_site
from evidence.records.excuse import excuse
from evidence.records.files import RecordsError
from evidence.records.store import Records, digest, job_of
from evidence.records.tries import together, tries_of
from evidence.run.job import Outcome
from evidence.run.pool import Runner

POLL_SECONDS = 0.2


def serve(root: Path, address: str) -> None:
    """Serve the site of a project until interrupted."""
    os.environ["EVIDENCE_PREVIEW"] = "1"
    from mkdocs.commands.serve import serve as mkdocs_serve

    with Runner() as runner:
        keeper = Keeper(root, runner)
        threading.Thread(target=keeper.watch, daemon=True).start()
        # "dirty" builds a page again where mkdocs_page.py finds that something which it is made of has changed
        mkdocs_serve(str(root / "mkdocs.yml"), build_type="dirty", dev_addr=address)


class Keeper:
    """Keeps the records fresh while pages and snippets are edited."""

    def __init__(self, root: Path, runner: Runner) -> None:
        self.root, self.runner = root, runner
        self.records = Records(root)
        self.asked: set[str] = set()  # digests that were run, so that a failing one is not run again and again
        self.times: dict[Path, int] = {}

    def watch(self) -> None:
        """Look for edits for ever."""
        while True:
            self.look()
            time.sleep(POLL_SECONDS)

    def look(self) -> None:
        """Run what lacks a record, if a page or a snippet has changed since the last look."""
        files = [*(self.root / "docs").rglob("*.md"), *(self.root / "snippets").rglob("*.py"), *(self.root / FOLDER).glob("*.py")]
        try:
            times = {file: file.stat().st_mtime_ns for file in files}
        except FileNotFoundError:  # an editor is just replacing it
            return
        if times == self.times:
            return
        self.times = times
        for page in [*read_site(self.root), *read_labs(self.root)]:
            for fence in page.fences:
                self.ask(fence)

    def ask(self, fence: Fence) -> None:
        """Run a fence unless its record is there or was asked for."""
        if digest(fence) in self.asked or excuse(fence) or self.records.load(fence):
            return
        self.asked.add(digest(fence))

        def done(outcomes: list[Outcome]) -> None:
            outcome = together(outcomes)
            if found := self.records.judge(fence, outcome):
                print(f"{fence.page}:{fence.line}: {fence.snippet} failed\n{found}\n{outcome.trace}", flush=True)
            else:
                print(f"{fence.snippet} passed in {outcome.seconds:.1f} s", flush=True)
            try:
                self.records.keep(fence, outcome)
            except RecordsError as error:
                print(error.format_message(), flush=True)

        whole = job_of(fence)
        _when_all([self.runner.submit(job) for job in (whole, *tries_of(fence, whole))], done)


def _when_all(futures: "list[Future[Outcome]]", then: Callable[[list[Outcome]], None]) -> None:
    """Do something with the outcomes of several jobs when the last of them is there."""
    left, lock = set(futures), threading.Lock()

    def one(future: "Future[Outcome]") -> None:
        with lock:
            left.discard(future)
            last = not left
        if last:
            then([each.result() for each in futures])

    for future in futures:
        future.add_done_callback(one)
