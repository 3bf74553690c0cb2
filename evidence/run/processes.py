"""The processes of one job, counted, measured and ended together. On Linux alone all of it; elsewhere what the group allows."""

import contextlib
import ctypes
import os
import signal
import sys
import time

from evidence.run.job import DISK_BYTES, MEMORY_BYTES, PROCESSES

LINUX = sys.platform == "linux"
PDEATHSIG, CHILD_SUBREAPER = 1, 36  # of prctl
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def adopt_orphans() -> None:
    """Make this process the parent of all that its descendants leave behind, so that none escapes."""
    if LINUX:
        ctypes.CDLL(None).prctl(CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends."""
    if LINUX:
        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it had ended before
            os._exit(1)


def descendants(pid: int) -> list[int]:
    """All processes below one, nearest first. Empty where /proc does not tell."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
    return found[1:]


def cpu_seconds(pids: list[int]) -> float:
    """The CPU seconds of processes and of their children that have ended; 0 where /proc does not tell."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/stat") as file:
            ticks += sum(int(field) for field in file.read().rpartition(")")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def excess(warden: int, work: str) -> str:
    """What the processes below a warden use too much of, in words, or ""."""
    below = descendants(warden)
    if len(below) > PROCESSES:
        return f"had {len(below)} processes at once; at most {PROCESSES} are allowed"
    inherited = _resident(warden)
    if (memory := sum(max(0, _resident(pid) - inherited) for pid in below)) > MEMORY_BYTES:
        return f"used {memory / 2**30:.1f} GiB in {len(below)} processes; at most {MEMORY_BYTES / 2**30:.0f} GiB are allowed"
    if (disk := _size(work)) > DISK_BYTES:
        return f"wrote {disk / 2**20:.0f} MiB into its folder; at most {DISK_BYTES / 2**20:.0f} MiB are allowed"
    return ""


def end_all(main: int) -> float:
    """Kill every process below this one; return the CPU seconds of those that had not been counted."""
    seconds, stop = 0.0, time.monotonic() + 10
    while time.monotonic() < stop:
        below = descendants(os.getpid())
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that none forks while the others are killed
            for pid in below:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
        if not LINUX:
            with contextlib.suppress(OSError):
                os.killpg(main, signal.SIGKILL)
        try:
            while (ended := os.wait4(-1, os.WNOHANG))[0]:
                seconds += ended[2].ru_utime + ended[2].ru_stime
        except ChildProcessError:
            break
        time.sleep(0.001)
    return seconds


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _size(folder: str) -> int:
    """The bytes that the files below a folder take on the disk."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total
