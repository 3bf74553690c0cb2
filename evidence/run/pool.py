"""Run snippets, as many at once as there are cores, each in a process of its own forked from a preloaded server."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from evidence.run import sandbox
from evidence.run.job import OUTPUT_BYTES, Job, Outcome

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Runner:
    """A pool of snippet processes. Use it as a context manager; leaving it ends what still runs."""

    def __init__(self, workers: int | None = None) -> None:
        for name in THREADS:  # before torch is imported anywhere; afterwards it would be too late
            os.environ[name] = "1"
        os.environ["MPLBACKEND"] = "Agg"
        method = "spawn" if sys.platform == "win32" else "forkserver"
        self._context: BaseContext = multiprocessing.get_context(method)
        self._context.set_forkserver_preload(["evidence.run.preload"])
        self._pool = ThreadPoolExecutor(workers or cores())
        self._running: set[Any] = set()

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in list(self._running):
            _end(process)

    def submit(self, job: Job) -> "Future[Outcome]":
        """Queue a job; its Outcome says what came of it. Never raises for what the snippet does."""
        return self._pool.submit(self._run, job)

    def _run(self, job: Job) -> Outcome:
        folder = Path(tempfile.mkdtemp(prefix="evidence-"))
        try:
            return self._in(folder, job)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _in(self, folder: Path, job: Job) -> Outcome:
        work = folder / "work"
        work.mkdir()
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=sandbox.main, args=(job, str(work), sender))  # type: ignore[attr-defined]
        self._running.add(process)
        outcome = Outcome(job, where=(job.name, 1))
        try:
            with _nameless_main():
                process.start()
            sender.close()
            if receiver.poll(job.wall_seconds):
                outcome = receiver.recv()
            else:
                outcome.failure = f"ran for more than {job.wall_seconds} s by the clock on the wall"
        except EOFError:
            process.join()
            outcome.failure = _ended(process.exitcode)
        finally:
            _end(process)
            self._running.discard(process)
            receiver.close()
        _read_streams(folder, outcome)
        return outcome


_STARTING = threading.Lock()


@contextlib.contextmanager
def _nameless_main() -> Iterator[None]:
    """Hide the program that runs (pytest, say) from a starting process, which would import it all again: 80 ms a snippet."""
    with _STARTING:
        real = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = real


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ended(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"its process was killed by {signal.Signals(-exitcode).name} (memory or CPU time used up, or killed from outside)"
    return f"its process ended with exit status {exitcode} before the end of the snippet"


def _end(process: Any) -> None:
    """End the process and all that it started."""
    if process.pid is None:
        return
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # it is gone, or had not yet made a group of its own
            process.kill()
    else:
        process.kill()
    process.join(5)


def _read_streams(folder: Path, outcome: Outcome) -> None:
    """Take over what was printed; too much of it, or bytes that are no text, make the outcome a failure."""
    for name in ("stdout", "stderr"):
        file = folder / name
        data = file.read_bytes() if file.exists() else b""
        fault = ""
        if len(data) > OUTPUT_BYTES:
            fault = f"printed {len(data):,} bytes to {name}; a page shows at most {OUTPUT_BYTES:,}"
            data = data[:OUTPUT_BYTES]
        try:
            text = data.decode("utf-8", errors="replace" if fault else "strict")
        except UnicodeDecodeError as error:
            fault = f"printed byte 0x{data[error.start]:02x} to {name}, which is not UTF-8"
            text = data.decode("utf-8", errors="replace")
        setattr(outcome, name, text)
        outcome.failure = outcome.failure or fault
        if name == "stdout" and outcome.job.cells:
            ends = [(0, 0), *outcome.ends]
            pairs = zip(ends, ends[1:], strict=False)
            outcome.cells = [(data[a:b].decode("utf-8", "replace"), drawn - before) for (a, before), (b, drawn) in pairs]
