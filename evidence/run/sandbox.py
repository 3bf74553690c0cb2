"""What happens inside a snippet's own process: limits, no network, no writes elsewhere, and a traceback that names the page."""

import contextlib
import linecache
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from evidence.run.job import FILE_BYTES, MEMORY_BYTES, Job, Outcome

WRITES = {"os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime"}
MOVES = {"os.rename", "os.link", "os.symlink"}
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"}
NETWORK = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}


class Refused(PermissionError):
    """A snippet tried what no snippet may."""

    __module__ = "builtins"  # a reader of the message needs no module name


class Overtime(BaseException):
    """A snippet used up its CPU time; a BaseException, so that no `except Exception` swallows it."""


def main(job: Job, work: str, connection: "Connection[Any, Any]") -> None:
    """Run the job in `work` (an empty folder, beside which stdout and stderr are written) and send its Outcome."""
    outcome = Outcome(job)
    _confine(work, job.cpu_seconds)
    import torch

    from evidence.run.figures import Collector
    from evidence.run.seeds import shift_seeds

    torch.set_num_threads(1)
    collector = Collector(job.salt)
    shift_seeds(job.conditions.shift)
    module = types.ModuleType("__main__")  # as under `python file.py`: guarded bodies run, classes pickle
    module.__file__ = job.name
    sys.modules["__main__"] = module
    sys.argv = [job.name]
    linecache.cache[job.name] = (len(job.code), None, job.code.splitlines(keepends=True), job.name)
    began = time.process_time()
    try:
        parts = [compile(text, job.name, "exec", dont_inherit=True) for text in _cells(job)]
        _watch(work)
        for part in parts:
            exec(part, module.__dict__)
            collector.check_all_shown()
            sys.stdout.flush()
            outcome.ends.append((os.fstat(1).st_size, len(collector.svgs)))
    except SystemExit as error:
        _describe(outcome, error, f"left by SystemExit({error.code!r}) before its end, so nothing after it was checked")
    except Overtime as error:
        _describe(outcome, error, f"used more than {job.cpu_seconds} s of CPU time; make it smaller, or make it a lab")
    except BaseException as error:  # whatever a snippet raises is its failure, not ours
        _describe(outcome, error, "".join(traceback.format_exception_only(error)).strip().splitlines()[-1])
    outcome.seconds = time.process_time() - began
    outcome.figures = collector.svgs
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(outcome)


def _cells(job: Job) -> Iterator[str]:
    """The code of each cell, behind as many empty lines as stand before it, so that tracebacks count right."""
    lines = job.code.splitlines(keepends=True)
    start = 0
    for length in job.cells or (len(lines),):
        yield "\n" * start + "".join(lines[start : start + length])
        start += length


def _confine(work: str, cpu_seconds: int) -> None:
    """Redirect the standard streams, move into `work`, and set the limits that the operating system keeps."""
    folder = os.path.dirname(work)
    for number, name in ((1, "stdout"), (2, "stderr")):
        handle = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(handle, number)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="strict", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1)  # noqa: SIM115
    sys.dont_write_bytecode = True
    os.chdir(work)
    tempfile.tempdir = work
    vars(multiprocessing.current_process())["_config"]["tempdir"] = work  # for a DataLoader's workers
    os.environ.update(HOME=work, TMPDIR=work, TEMP=work, TMP=work, SOURCE_DATE_EPOCH="0", PYTHONHASHSEED="0")
    if sys.platform == "win32":
        return
    import resource

    os.setsid()  # so that the parent can end the snippet with all it started

    def over(_signal: int, _frame: object) -> None:
        raise Overtime

    signal.signal(signal.SIGXCPU, over)
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 5),
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS keeps no limit on the address space
            resource.setrlimit(what, (soft, hard))


def _watch(work: str) -> None:
    """From here on refuse the network, other programs, and writes outside `work`."""
    inside = os.path.realpath(work) + os.sep
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def may_write(path: Any) -> bool:
        if isinstance(path, int):  # a descriptor that was opened before
            return True
        real = os.path.realpath(os.fsdecode(path))
        return real.startswith(inside) or real + os.sep == inside or real == os.devnull or real.startswith("/dev/shm/")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            wants = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & writing)
            if wants and path is not None and not may_write(path):
                raise Refused(f"a snippet may write in its own working folder alone, not to {path!r}")
        elif event in WRITES | MOVES:
            for path in args[: 2 if event in MOVES else 1]:
                if isinstance(path, str | bytes | os.PathLike) and not may_write(path):
                    raise Refused(f"a snippet may write in its own working folder alone, not {event} {path!r}")
        elif event in NETWORK:
            if getattr(args[0], "family", None) == getattr(socket, "AF_UNIX", -1):
                return  # how a DataLoader's workers talk to each other
            raise Refused(f"a snippet runs without network, found {event}{args[1:]!r}")
        elif event in PROGRAMS:
            raise Refused(f"a snippet starts no other program, found {event} {args[0]!r}")

    sys.addaudithook(hook)


def _describe(outcome: Outcome, error: BaseException, failure: str) -> None:
    """Fill in what failed and where, with the lines of the files in which the code was written."""
    job = outcome.job
    shown = traceback.TracebackException.from_exception(error)
    todo: list[traceback.TracebackException | None] = [shown]
    while todo:
        one = todo.pop()
        if one is None:
            continue
        todo += [one.__cause__, one.__context__]
        frames = [f for f in one.stack if os.path.dirname(f.filename) != os.path.dirname(__file__)]
        one.stack[:] = [_placed(job, f) for f in frames]
        if getattr(one, "filename", "") == job.name and one.lineno:  # a syntax error
            path, line = job.origin[min(int(one.lineno), len(job.origin)) - 1]
            vars(one).update(filename=path, lineno=str(line))
            outcome.where = (path, line)
    own = [f for f in shown.stack if (f.filename, f.lineno) in job.origin]
    if own:
        outcome.where = (own[-1].filename, own[-1].lineno or 0)
    elif not outcome.where[0]:  # nothing of the snippet's own: its end
        outcome.where = job.origin[-1] if job.origin else (job.name, 1)
    if isinstance(error, AssertionError) and not str(error) and own:
        failure = f"AssertionError without a message: {own[-1].line}"
    outcome.failure = failure
    outcome.trace = "".join(shown.format()).rstrip()


def _placed(job: Job, frame: traceback.FrameSummary) -> traceback.FrameSummary:
    if frame.filename != job.name or not frame.lineno or frame.lineno > len(job.origin):
        return frame
    path, line = job.origin[frame.lineno - 1]
    return traceback.FrameSummary(path, line, frame.name, line=frame.line)
