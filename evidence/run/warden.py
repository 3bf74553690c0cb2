"""One process for each job: it forks the snippet's own, reads what that prints, keeps the limits, and ends all it started."""

import contextlib
import os
import selectors
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

from evidence.run import channel, processes, sandbox
from evidence.run.job import OUTPUT_BYTES, Job
from evidence.run.pieces import Mark
from evidence.run.rooms import Rooms

REPORT_BYTES = 64 * 2**20  # the figures of one snippet
TICK = 0.2  # seconds between two looks at what the processes use
STIRS = 0.1  # CPU seconds that show that something is computing
STILL = 5  # seconds without that, at least, before it counts as standing still
CPU_GRACE = 6  # seconds in which a process ends by its own limit, with its line
PATIENCE = 20  # so many times the limit by the clock, where it computes on a busy machine


def watch(connection: socket.socket, rooms: Rooms) -> Iterator[sandbox.Step]:
    """Run the job that comes through the connection and send back what happened. Yields in the snippet's process alone."""
    try:
        header, (text,) = channel.receive(connection)
    except (EOFError, OSError):  # its client has gone before it said what to run
        os._exit(1)
    job = Job.read(text.decode())
    room = rooms.make()
    processes.adopt_orphans()
    pipes = [os.pipe() for _ in range(3)]
    marks, theirs = socket.socketpair()
    warden = os.getpid()
    main = os.fork()
    if main == 0:
        for handle in (*(reading for reading, _ in pipes), connection.detach(), marks.detach()):
            os.close(handle)
        rooms.let_go()
        processes.die_with(warden)
        out, err, report = (writing for _, writing in pipes)
        yield from sandbox.steps(job, header["token"], str(room), sandbox.Channel(out, err, report, theirs))
        os._exit(1)
    theirs.close()
    for _, writing in pipes:
        os.close(writing)
    try:
        answer, blobs = Warden(job, main, connection, marks, [reading for reading, _ in pipes]).attend(str(room / "work"))
    finally:
        shutil.rmtree(room, ignore_errors=True)
    with contextlib.suppress(OSError):  # nobody waits for it any more
        channel.send(connection, answer, *blobs)
    os._exit(0)


class Warden:
    """Attends one snippet's process to its end."""

    def __init__(self, job: Job, main: int, connection: socket.socket, marks: socket.socket, pipes: list[int]) -> None:
        self.job, self.main = job, main
        self.kept = {handle: bytearray() for handle in pipes}
        self.sizes = dict.fromkeys(pipes, 0)
        self.out, self.err, self.report = pipes
        self.marks = marks
        self.ends: list[Mark] = []
        self.code: int | None = None
        self.seconds = 0.0
        self.over = ""
        self.began = time.monotonic()
        self.worked = self.began, 0.0  # when it was last seen to compute, and how many CPU seconds it had used then
        self.selector = selectors.DefaultSelector()
        for handle in pipes:
            os.set_blocking(handle, False)
            self.selector.register(handle, selectors.EVENT_READ, self._read)
        self.selector.register(marks, selectors.EVENT_READ, lambda _: self._mark())
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self._end("the run was ended"))
        woken, waking = os.pipe()
        for handle in (woken, waking):
            os.set_blocking(handle, False)
        signal.set_wakeup_fd(waking)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector.register(woken, selectors.EVENT_READ, lambda handle: self._reap(os.read(handle, 512)))

    def attend(self, work: str) -> tuple[dict[str, Any], list[bytes]]:
        """Wait for the end of the snippet, or bring it about; then say what was seen."""
        look = time.monotonic() + TICK
        self._reap()
        while self.code is None and not self.over:
            for key, _ in self.selector.select(TICK):
                key.data(key.fileobj)
            if time.monotonic() > look and self.code is None:
                self._end(processes.excess(os.getpid(), work) or self._too_long())
                look = time.monotonic() + TICK
        self.seconds += processes.end_all(self.main)
        for handle in self.kept:
            self._read(handle)
        answer: dict[str, Any] = {"code": self.code, "over": self.over, "seconds": self.seconds, "ends": self.ends}
        answer["printed"] = [self.sizes[self.out], self.sizes[self.err]]
        return answer, [bytes(self.kept[handle]) for handle in (self.out, self.err, self.report)]

    def _too_long(self) -> str:
        """Whether the processes have used too much time, in words, or "".

        A machine that does other work beside is no fault of a snippet's: while it computes it may take longer by the clock.
        """
        now, limit = time.monotonic(), self.job.wall_seconds
        used = self._used()
        if used > self.job.cpu_seconds + CPU_GRACE:
            return f"used more than {self.job.cpu_seconds} s of CPU time in all its processes; make it smaller, or make it a lab"
        if used > self.worked[1] + STIRS:
            self.worked = now, used
        if now - self.began > (limit if now - self.worked[0] > max(STILL, limit / 4) else PATIENCE * limit):
            return f"ran for more than {limit} s by the clock on the wall"
        return ""

    def _used(self) -> float:
        """The CPU seconds of all processes so far."""
        return self.seconds + processes.cpu_seconds(processes.descendants(os.getpid()))

    def _read(self, handle: int) -> None:
        """Take over what stands in a pipe; of too much, keep the beginning."""
        most = REPORT_BYTES if handle == self.report else OUTPUT_BYTES
        with contextlib.suppress(BlockingIOError):
            while data := os.read(handle, 2**16):
                self.sizes[handle] += len(data)
                self.kept[handle] += data[: most - len(self.kept[handle])]
                if handle == self.report and self.sizes[handle] > most:
                    return self._end(f"its figures take more than {most:,} bytes")
                if handle != self.report and self.sizes[handle] > 1000 * most:
                    return self._end(f"printed more than {1000 * most:,} bytes")
            if handle in self.selector.get_map():
                self.selector.unregister(handle)

    def _mark(self) -> None:
        """A piece has ended: what was printed and drawn up to here is its own. The snippet waits for the answer."""
        try:
            mark = self.marks.recv(1)
        except OSError:
            mark = b""
        if not mark:
            self.selector.unregister(self.marks)
            return
        for handle in self.kept:
            self._read(handle)
        sizes = self.sizes[self.out], self.sizes[self.err], self.sizes[self.report]
        self.ends.append(Mark(*sizes, self._used()))
        if len(self.ends) > len(self.job.pieces):
            return self._end(f"said the end of more pieces than its {len(self.job.pieces)}")
        with contextlib.suppress(OSError):
            self.marks.send(mark)

    def _reap(self, _woken: bytes = b"") -> None:
        """Take note of processes that have ended."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if not pid:
                    return
                self.seconds += used.ru_utime + used.ru_stime
                if pid == self.main:
                    self.code = os.waitstatus_to_exitcode(status)

    def _end(self, why: str) -> None:
        self.over = self.over or why
