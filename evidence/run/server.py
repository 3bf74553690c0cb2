"""The process that snippets are forked from: it imports the libraries once, then forks a warden for each job.

`serve` is a generator for one reason. Whatever a snippet finds below itself on the stack of calls is `BOOT`, whose frame holds
the snippet's own code and names and nothing of ours: the generators that judge it are suspended meanwhile, on no stack.
"""

import contextlib
import gc
import os
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from evidence.run import sandbox, warden
from evidence.run.arithmetic import environment as of_arithmetic
from evidence.run.job import Job
from evidence.run.namespaces import isolate
from evidence.run.rooms import Rooms

ROOT = str(Path(__file__).parents[2])
BOOT = """
import sys
sys.path.insert(0, {root!r})
for step in __import__("evidence.run.server").run.server.{entry}():
    with step as (code, scope):
        del step
        exec(code, scope)
"""
CLOSING = 60  # seconds until a server that does not end is killed: it may be importing the libraries, on a busy machine
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
PASSED_ON = ("PATH", "LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def environment(arithmetic: str) -> dict[str, str]:
    """The whole environment of a server: a few names of ours, and no secret of the person or the job that runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LC_")}
    fixed = {"MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}
    return kept | dict.fromkeys(THREADS, "1") | fixed | of_arithmetic(arithmetic)


def command(entry: str) -> list[str]:
    """The command that starts a Python whose lowest frame is BOOT."""
    return [sys.executable, "-P", "-c", BOOT.format(root=ROOT, entry=entry)]


class Server:
    """A server as its client sees it. `ask` gives a connection to a new process for one job."""

    def __init__(self, arithmetic: str) -> None:
        self._control, theirs = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        with theirs:
            self._process = subprocess.Popen(
                [*command("serve"), str(theirs.fileno())],
                env=environment(arithmetic),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,  # an interrupt from the keyboard is its client's to handle
            )

    def ask(self) -> socket.socket:
        """A connection to a warden of its own.

        Raises:
            OSError: the server has ended.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"j"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def last_words(self) -> str:
        """What the server wrote, where it has ended by itself: a library that is missing, say."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
            self._errors.seek(0)
            lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            return f"; its server ended with {self._process.returncode}" + (f": {lines[-1]}" if lines else "")
        return ""

    def close(self) -> None:
        """End the server; its wardens end when their connections do, and it waits for them and for its own imports."""
        self._control.close()
        try:
            self._process.wait(CLOSING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()


def serve() -> Iterator[sandbox.Step]:
    """The server's loop. It yields in the processes of snippets alone, which are forked from within it."""
    control = socket.socket(fileno=int(sys.argv[1]))
    isolate()  # first, as it needs a process of one thread
    prepare()
    rooms = Rooms()
    while True:
        try:
            message, handles, *_ = socket.recv_fds(control, 1, 1)
        except OSError:
            message = b""
        if not message:
            _reap()  # wardens end with their connections, and make rooms until then
            rooms.close()
            return
        connection = socket.socket(fileno=handles[0])
        if os.fork() == 0:
            control.close()
            yield from warden.watch(connection, rooms)
            os._exit(1)
        connection.close()
        _reap(os.WNOHANG)


def alone() -> Iterator[sandbox.Step]:
    """Where processes cannot be forked: run the one job that stands in a room, in this process. Its client is the warden."""
    room, token = sys.argv[1:]
    prepare()
    with open(os.path.join(room, "job"), encoding="utf-8") as file:
        job = Job.read(file.read())
    report = os.open(os.path.join(room, "report"), os.O_WRONLY | os.O_APPEND)
    yield from sandbox.steps(job, token, room, sandbox.Channel(1, 2, report, None))


def prepare() -> None:
    """Import the libraries, and let this project's own folder be found no more (also where it is installed as editable)."""
    import evidence.run.preload  # noqa: F401

    sys.path.remove(ROOT)
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) != ROOT or path.endswith("-packages")]
    gc.collect()
    for each in gc.get_objects():
        if type(each) is weakref.finalize:
            each.atexit = False  # a library's own, of no matter to the end of a snippet
    gc.freeze()  # what is here now is no garbage of any snippet, and a collection need not touch (that is, copy) it


def _reap(options: int = 0) -> None:
    """Let ended wardens go; with no options, wait for all of them."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass
