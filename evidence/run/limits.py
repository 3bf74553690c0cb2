"""What the operating system keeps a snippet's process to."""

import contextlib
import os
import signal
import sys
import tempfile

from evidence.run.failure import Overtime
from evidence.run.job import FILE_BYTES, MEMORY_BYTES, Job


def limit(job: Job, room: str, stdout: int, stderr: int) -> None:
    """Redirect the standard streams, move into the room, and set the limits that the operating system keeps."""
    work = os.path.join(room, "work")
    for number, handle in ((1, stdout), (2, stderr)):
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
