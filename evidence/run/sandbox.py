"""What happens inside a snippet's own process: limits, no network, no writes elsewhere, and a traceback that names the page."""

import atexit
import contextlib
import functools
import gc
import json
import os
import socket
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.run.data import NAME, shelve
from evidence.run.entries import said
from evidence.run.failure import described, headline
from evidence.run.hook import watch
from evidence.run.job import Job
from evidence.run.landlock import confine
from evidence.run.limits import limit
from evidence.run.program import become_main, compiled, new_main
from evidence.run.refused import refusals


@dataclass(frozen=True)
class Channel:
    """The descriptors by which a snippet's process is heard."""

    stdout: int
    stderr: int
    report: int
    marks: socket.socket | None  # to say the end of a piece and wait until it was noted; None where nobody listens


class Step:
    """A piece of code to run, as a context: `with step as (code, scope)`. It keeps what the code raised."""

    def __init__(self, code: types.CodeType, scope: dict[str, Any]) -> None:
        self._what = code, scope
        self.left = False
        self.error: BaseException | None = None

    def __enter__(self) -> tuple[types.CodeType, dict[str, Any]]:
        return self._what

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.left, self.error = True, error
        return True


def steps(job: Job, token: str, room: str, channel: Channel) -> Iterator[Step]:
    """Yield what is to be run for a job, one piece after another, and report on it; ends this process.

    The pass is said with the token, once, after the ordinary end of a Python program: threads joined, exit handlers and
    finalizers run, streams flushed. A snippet that ends in another way has not said it. What is used to say it is bound here,
    before the snippet can put something else in its place.
    """
    own, getpid, leave, marks = os.getpid(), os.getpid, os._exit, channel.marks
    report = _reporter(channel.report)
    limit(job, room, channel.stdout, channel.stderr)
    collector, seeds = _collect(job, report)
    _hear_late_failures(report)
    flush = _flusher()
    report("began", str(sum(os.times()[:2])))
    try:
        parts = list(compiled(job))
    except BaseException as error:  # whatever a snippet raises is its failure, not ours
        report("failed", described(job, error))
        leave(1)
    for line, name in refusals(job.code)[:1]:
        failure = f"names {name}, which no snippet may: it leads round the end of the program or into the machinery"
        report("failed", json.dumps({"failure": failure, "where": job.origin[line - 1], "trace": ""}))
        leave(1)
    work, code = os.path.join(room, "work"), os.path.join(room, "code")
    shelf = shelve(work) if NAME in job.code else []
    _hide(channel)
    scope = become_main(job, code)  # after what is frozen in _hide, so that what it holds is finalized at its end
    watch(work, job.name)
    confine(work, [code, *shelf, *sys.path])
    for part in parts:
        yield (step := Step(part, scope))
        if getpid() != own:
            break  # a process that the snippet forked: it ends as a program does, and nobody asks how
        if step.error is None:
            try:
                collector.check_all_shown()
                flush()
            except BaseException as error:
                step.error = error
        if step.error is not None:
            report("failed", described(job, step.error))
            with contextlib.suppress(BaseException):
                flush()
            leave(1)
        if job.pieces and marks:
            marks.send(b".")
            marks.recv(1)
        elif job.pieces:
            report("piece", f"{os.fstat(1).st_size} {os.fstat(2).st_size} {sum(os.times()[:2]):.3f}")
    if step.error is not None:
        traceback.print_exception(step.error)
    elif getpid() == own and (fault := seeds.drawn()):
        _silence()
        scope, found = new_main(job), seeds.find(job.name)
        for part in parts:
            yield (step := Step(part, scope))
            if found or step.error:
                break
        where = job.origin[min(*found, len(job.origin)) - 1] if found else job.origin[0]
        report("failed", json.dumps({"failure": fault, "where": where, "trace": ""}))
        leave(1)
    for entry in said(scope) if job.measures else ():
        report("measured", entry)
    report("ending", "")
    del scope, part, parts, step
    yield (last := Step(_ENDING, {"ends": [*_ends(), flush]}))
    if last.left and last.error is None:
        report("end", token)
    leave(0 if last.error is None else 1)


_ENDING = compile("for end in ends: end()", "<the end>", "exec")


def _ends() -> list[Callable[[], object]]:
    """What Python does at the end of a program, in its order."""
    return [threading._shutdown, atexit._run_exitfuncs, functools.partial(sys.modules.pop, "__main__", None), gc.collect]  # type: ignore


def _reporter(handle: int) -> Callable[[str, str], None]:
    """A function that writes a frame into the report. In a process that the snippet forks it writes nothing."""
    write, getpid, own = os.write, os.getpid, os.getpid()

    def report(kind: str, text: str) -> None:
        body = text.encode("utf-8", "backslashreplace")
        data = b"%s %d\n%s" % (kind.encode(), len(body), body)
        while data and getpid() == own:
            data = data[write(handle, data) :]

    return report


def _flusher() -> Callable[[], None]:
    def flush() -> None:
        for stream in (sys.stdout, sys.stderr):  # what a snippet put there, as Python does at its end
            if stream is not None and not stream.closed:
                stream.flush()

    return flush


def _collect(job: Job, report: Callable[[str, str], None]) -> tuple[Any, Any]:
    """The collector of the job's figures, and the watch over its seeds, with all that its conditions ask for set up."""
    from evidence.run.conditions import apply
    from evidence.run.figures import Collector

    return Collector(job.salt, lambda svg: report("figure", svg)), apply(job.conditions)


def _silence() -> None:
    """Let what is run a second time print nothing."""
    null = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(null, number)


def _hear_late_failures(report: Callable[[str, str], None]) -> None:
    """A failure in a thread, an exit handler or a finalizer, which Python only prints, is a failure of the snippet."""
    unraisable, thread = sys.unraisablehook, threading.excepthook

    def late(where: str, error: BaseException | None) -> None:
        report("late", f"{headline(error)}, raised in {where}" if error else f"failed in {where}")

    def on_unraisable(args: Any) -> None:
        late("an exit handler or a finalizer", args.exc_value)
        unraisable(args)

    def in_thread(args: Any) -> None:
        if args.exc_type is not SystemExit:
            late(f"the thread {args.thread.name if args.thread else ''!r}", args.exc_value)
        thread(args)

    sys.unraisablehook, threading.excepthook = on_unraisable, in_thread


def _hide(channel: Channel) -> None:
    """Take the machinery out of the snippet's sight."""
    os.register_at_fork(after_in_child=lambda: os.close(channel.report))
    for name in [name for name in sys.modules if name.partition(".")[0] == "evidence"]:
        del sys.modules[name]
    gc.freeze()  # what gc.get_objects and gc.get_referrers look through does not hold what is frozen
