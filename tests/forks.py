"""Programs of this project as forks of one process that has imported what they import: see `fork_server.py`.

Only for what does not test the start of a process, its interruption, or who may see it.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

from evidence.run import channel
from evidence.run.server import THREADS, Server

QUIET = {"NO_MKDOCS_2_WARNING": "true"}
LOCK = threading.Lock()


@cache
def _server() -> socket.socket:
    """The socket to ask through. The process behind it ends with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, Path(__file__).with_name("fork_server.py"), str(theirs.fileno())]
        path = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | QUIET | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": path}
        subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    return ours


def python(*args: str, cwd: Path, read_only: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGS` in a folder, as `subprocess.run` would.

    Args:
        args: begin with -m and a module of this project, pytest, mkdocs or zensical.
        read_only: a folder that it may not write to, whoever runs it.
        environment: what is added to the environment.
    """
    env = os.environ | QUIET | environment
    if sys.platform != "linux":
        return subprocess.run([sys.executable, *args], cwd=cwd, capture_output=True, text=True, env=env)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        ours, theirs = socket.socketpair()
        with LOCK, theirs:
            socket.send_fds(_server(), [b"p"], [theirs.fileno(), out.fileno(), err.fileno()])
        with ours:
            channel.send(ours, {"args": args, "cwd": str(cwd), "env": dict(env), "read_only": str(read_only or "")})
            status = channel.receive(ours)[0]["status"]
        said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
    return subprocess.CompletedProcess([sys.executable, *args], status, *said)


def server_class() -> type[Server]:
    """What a runner of the tests' own starts where it would start a server."""
    from fork_server import forked_from

    if sys.platform != "linux":
        return Server
    return forked_from(_server())
