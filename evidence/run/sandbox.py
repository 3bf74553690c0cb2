"""What happens inside a snippet's own process: limits, no network, no writes elsewhere, and a traceback that names the page."""

import atexit
import contextlib
import gc
import json
import linecache
import multiprocessing.process
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from evidence.run.failure import Overtime, described, headline
from evidence.run.hook import watch
from evidence.run.job import FILE_BYTES, MEMORY_BYTES, Job
from evidence.run.landlock import confine
from evidence.run.refused import refusals


@dataclass(frozen=True)
class Channel:
    """The descriptors by which a snippet's process is heard."""

    stdout: int
    stderr: int
    report: int
    marks: socket.socket | None  # to say the end of a cell and wait until it was noted; None where nobody listens


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
    _confine(job, room, channel)
    collector, seeds = _collect(job, report)
    _hear_late_failures(report)
    flush = _flusher()
    report("began", str(sum(os.times()[:2])))
    try:
        parts = [compile(text, job.name, "exec", dont_inherit=True) for text in _cells(job)]
    except BaseException as error:  # whatever a snippet raises is its failure, not ours
        report("failed", described(job, error))
        leave(1)
    for line, name in refusals(job.code)[:1]:
        failure = f"names {name}, which no snippet may: it leads round the end of the program or into the machinery"
        report("failed", json.dumps({"failure": failure, "where": job.origin[line - 1], "trace": ""}))
        leave(1)
    work, code = os.path.join(room, "work"), os.path.join(room, "code")
    _hide(channel)
    scope = _become_main(job, code)  # after what is frozen in _hide, so that what it holds is finalized at its end
    watch(work, job.name)
    confine(work, [code, *sys.path])
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
        if job.cells and marks:
            marks.send(b".")
            marks.recv(1)
        elif job.cells:
            report("cell", str(os.fstat(1).st_size))
    if step.error is not None:
        traceback.print_exception(step.error)
    elif getpid() == own and (fault := seeds.drawn()):
        _silence()
        scope, found = _new_main(job), seeds.find(job.name)
        for part in parts:
            yield (step := Step(part, scope))
            if found or step.error:
                break
        where = job.origin[min(*found, len(job.origin)) - 1] if found else job.origin[0]
        report("failed", json.dumps({"failure": fault, "where": where, "trace": ""}))
        leave(1)
    report("ending", "")
    del scope, part, parts, step
    yield (last := Step(_ENDING, {"ends": [*_ends(), flush]}))
    if last.left and last.error is None:
        report("end", token)
    leave(0 if last.error is None else 1)


_ENDING = compile("for end in ends: end()", "<the end>", "exec")


def _ends() -> list[Callable[[], object]]:
    """What Python does at the end of a program, in its order."""
    return [threading._shutdown, atexit._run_exitfuncs, partial(sys.modules.pop, "__main__", None), gc.collect]  # type: ignore


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


def _become_main(job: Job, code: str) -> dict[str, Any]:
    """The names of a new module that is as under `python file.py`: guarded bodies run, classes pickle.

    The file lies in the folder `code`, where multiprocessing's spawned processes look for it.
    """
    file = os.path.join(code, job.name.replace(":", ".") if os.name == "nt" else job.name)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(job.code)
    vars(multiprocessing.process)["ORIGINAL_DIR"] = code
    sys.argv = [job.name]
    lines = [line + "\n" for line in job.code.split("\n")]
    linecache.cache[job.name] = (len(job.code), None, lines, job.name)
    return _new_main(job)


def _new_main(job: Job) -> dict[str, Any]:
    module = types.ModuleType("__main__")
    module.__file__ = job.name
    sys.modules["__main__"] = module
    return module.__dict__


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


def _cells(job: Job) -> Iterator[str]:
    """The code of each cell, behind as many empty lines as stand before it, so that tracebacks count right.

    A line ends where "\n" is, and nowhere else: as the cells' lengths were counted, and as Python counts.
    """
    lines = [line + "\n" for line in job.code.split("\n")]
    start = 0
    for length in job.cells or (len(lines),):
        yield "\n" * start + "".join(lines[start : start + length])
        start += length


def _confine(job: Job, room: str, channel: Channel) -> None:
    """Redirect the standard streams, move into the room, and set the limits that the operating system keeps."""
    work = os.path.join(room, "work")
    for number, handle in ((1, channel.stdout), (2, channel.stderr)):
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="strict", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1)  # noqa: SIM115
    sys.dont_write_bytecode = True
    os.chdir(work)
    tempfile.tempdir = work
    os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "JOBLIB_TEMP_FOLDER"), work))
    if sys.platform == "win32":
        return
    import resource

    os.setsid()  # so that it can be ended with all it started where nothing better is at hand
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def over(_signal: int, _frame: object) -> None:
        raise Overtime

    signal.signal(signal.SIGXCPU, over)
    for what, soft, hard in (
        (resource.RLIMIT_CPU, job.cpu_seconds, job.cpu_seconds + 5),
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS keeps no limit on the address space
            resource.setrlimit(what, (soft, hard))
