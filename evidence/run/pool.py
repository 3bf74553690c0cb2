"""Run snippets, as many at once as there are cores, each in a process of its own. `Runner` is the door of this room."""

import contextlib
import os
import secrets
import socket
import subprocess
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from evidence.run import channel
from evidence.run.arithmetic import threads
from evidence.run.job import OUTPUT_BYTES, Job, Outcome
from evidence.run.rooms import Rooms
from evidence.run.server import THREADS, Server, command, environment
from evidence.run.verdict import Seen, judge, seen
from evidence.run.warden import PATIENCE

__all__ = ["THREADS", "Runner", "cores"]
GRACE = 30  # seconds by which a warden may be late


class Runner:
    """A pool of snippet processes. Use it as a context manager; leaving it ends what still runs."""

    def __init__(self, workers: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(workers or cores())
        self._servers: dict[str, Server] = {}  # one for each setting of the arithmetic
        self._running: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._cores = workers or cores()
        self._free = threading.Semaphore(self._cores)  # a run of two threads takes two: crowded, they wait for each other
        self._turn = threading.Lock()  # one run at a time waits for what it takes, so that none waits for ever
        self._closed = False

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for connection in tuple(self._running):  # the threads that wait for them take them out as they end
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for server in self._servers.values():
                server.close()
            self._servers.clear()
        self._pool.shutdown()

    def submit(self, job: Job) -> "Future[Outcome]":
        """Queue a job; its Outcome says what came of it. Never raises for what the snippet does."""
        return self._pool.submit(self._run if hasattr(os, "fork") else _run_alone, job)

    def _run(self, job: Job) -> Outcome:
        takes = min(threads(job.conditions.arithmetic), self._cores)
        with self._turn:
            for _ in range(takes):
                self._free.acquire()
        try:
            return self._judged(job)
        finally:
            self._free.release(takes)

    def _judged(self, job: Job) -> Outcome:
        token = secrets.token_hex(16)
        why = "the run was ended"
        for _ in range(2):  # a server that was killed from outside is started again, once
            if self._closed:
                break
            try:
                with self._connection(job.conditions.arithmetic) as connection:
                    try:
                        channel.send(connection, {"token": token}, job.write().encode())
                        connection.settimeout(PATIENCE * job.wall_seconds + GRACE)
                        return judge(job, token, seen(*channel.receive(connection)))
                    finally:
                        self._running.discard(connection)
            except (OSError, EOFError) as error:
                why = f"the process that watches over it ended ({type(error).__name__}: {error}){self._last_words(job)}"
        return Outcome(job, failure=why, where=(job.name, 1))

    def _connection(self, arithmetic: str) -> socket.socket:
        with self._lock:
            if self._closed:
                raise OSError("the run was ended")
            for _ in range(2):
                if arithmetic not in self._servers:
                    self._servers[arithmetic] = Server(arithmetic)
                try:
                    connection = self._servers[arithmetic].ask()
                    self._running.add(connection)
                    return connection
                except OSError:
                    self._servers.pop(arithmetic).close()
            raise OSError("no server answers")

    def _last_words(self, job: Job) -> str:
        """What the server wrote when it ended, if it did: a library that is missing, say."""
        with self._lock:
            server = self._servers.get(job.conditions.arithmetic)
            return server.last_words() if server else ""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run_alone(job: Job) -> Outcome:
    """Run a job in a fresh process: where none can be forked (Windows). Its seconds are those by the clock."""
    rooms, token = Rooms(), secrets.token_hex(16)
    room = rooms.make()
    try:
        (room / "job").write_text(job.write(), encoding="utf-8")
        for name in ("stdout", "stderr", "report"):
            (room / name).touch()
        began, over, code = time.monotonic(), "", None
        with open(room / "stdout", "ab") as out, open(room / "stderr", "ab") as err:
            try:
                code = subprocess.run(
                    [*command("alone"), str(room), token],
                    env=environment(job.conditions.arithmetic), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                    timeout=job.wall_seconds,
                ).returncode  # fmt: skip
            except subprocess.TimeoutExpired:
                over = f"ran for more than {job.wall_seconds} s by the clock on the wall"
        out_data, err_data, report = ((room / name).read_bytes() for name in ("stdout", "stderr", "report"))
        kept = out_data[:OUTPUT_BYTES], err_data[:OUTPUT_BYTES], report
        seconds = time.monotonic() - began
        return judge(job, token, Seen(code, over, seconds, None, (len(out_data), len(err_data)), *kept))
    finally:
        rooms.close()
