"""Jobs of one file to give to a runner, and the processes that it leaves."""

from collections.abc import Callable
from pathlib import Path

from evidence.run import server
from evidence.run.job import Job

SECRET = "SECRET_TOKEN", "hunter2"  # what stands in the environment when the server of the tests' runner starts
LEAN = "import sys, types\nsys.modules['evidence.run.preload'] = types.ModuleType('evidence.run.preload')\n"


def job(code: str, **more) -> Job:
    """A job of one file, s.py."""
    return Job("s.py", code, tuple(("s.py", n) for n in range(1, code.count("\n") + 2)), "salt", **more)


def hidden(code: str, **more) -> Job:
    """A job whose code the check of names does not see, so that the walls behind that check are tried."""
    return job(f"exec(compile({code!r}, 's.py', 'exec'))\n", **more)


def lean_command(command: Callable[[str], list[str]] = server.command) -> Callable[[str], list[str]]:
    """The command of a server that imports in advance nothing that only spares its snippets time."""

    def of(entry: str) -> list[str]:
        *start, boot = command(entry)
        return [*start, LEAN + boot]

    return of


def processes_in(folder: Path) -> list[str]:
    """The processes that run with a folder as their TMPDIR, or in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found
