"""A process that has imported what this project's programs import, and forks them: each begins in a moment, not in seconds.

python fork_server.py HANDLE      the socket through which `forks.py` asks

A program that it forks is a process of its own, with its own folder, environment and output; what it is spared is the start
of Python and the imports. The servers that such a program forks its snippets from are forks too, of one that has imported
PyTorch and is in namespaces of its own, as `evidence.run.server` does at its start.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
from pathlib import Path
from typing import Any

import evidence
from evidence.run import channel, namespaces, pool, processes
from evidence.run.server import Server, environment

ROOT = Path(__file__).parent.parent
TORCH = """
import os, socket, sys
sys.path.insert(0, {root!r})
import evidence.run.server as server
server.isolate()
server.prepare()
server.isolate = server.prepare = lambda: None
asked = socket.socket(fileno=int(sys.argv[1]))
while True:
    message, handles, *_ = socket.recv_fds(asked, 1, 3)
    if not message:
        break
    if os.fork() == 0:
        asked.close()
        os.setsid()
        control, errors, _ends_with_this_process = handles
        os.dup2(errors, 2)
        sys.argv[1:] = [str(control)]
        for step in server.serve():
            with step as (code, scope):
                del step
                exec(code, scope)
        os._exit(0)
    for handle in handles:
        os.close(handle)
    server._reap(os.WNOHANG)
"""
FRONTS = ("fetch_data", "make_site", "mkdocs_html", "mkdocs_labs", "mkdocs_page", "new_question", "serve")
BIND, REMOUNT, ONLY_READ = 4096, 32, 1


class Fork:
    """A fork of the process that has imported PyTorch, as far as a server looks at the process that it started."""

    def __init__(self, asked: socket.socket, control: int, errors: int) -> None:
        self.returncode: int | None = None
        self._life, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(asked, [b"s"], [control, errors, theirs.fileno()])

    def wait(self, timeout: float) -> int:
        """Wait for its end, and that of what it has forked."""
        self._life.settimeout(timeout)
        try:
            while self._life.recv(64):
                pass
        except TimeoutError:
            raise subprocess.TimeoutExpired("server", timeout) from None
        self._life.close()
        self.returncode = 0
        return 0

    def kill(self) -> None:
        raise AssertionError("a server of this project's own arithmetic does not end")


def forked_from(asked: socket.socket) -> type[Server]:
    """Servers that are forks, where the arithmetic is the machine's own; another one needs a process that starts with it."""

    class Forked(Server):
        def __init__(self, arithmetic: str) -> None:
            if arithmetic != "own":
                return super().__init__(arithmetic)
            self._control, theirs = socket.socketpair()
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115
            with theirs:
                self._process = Fork(asked, theirs.fileno(), self._errors.fileno())  # type: ignore[assignment]

    return Forked


def torch_server() -> socket.socket:
    """Start the process that has imported PyTorch; return the socket to ask it through. It ends with the last who holds that."""
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen(
            [sys.executable, "-P", "-c", TORCH.format(root=str(ROOT)), str(theirs.fileno())],
            env=environment("own"),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return ours


def warm_up() -> None:
    """Import what programs import, by doing once what they do: collect a page, build a site."""
    import pytest
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    evidence.__doc__ = "PYTEST_DONT_REWRITE"  # pytest would say in each run that it came too late to do so
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("docs").mkdir()
        Path("docs/index.md").write_text('# Home\n\n```python title="x"\nx = 1\n```\n', encoding="utf-8")
        Path("pytest.ini").touch()
        Path("evidence").symlink_to(ROOT / "evidence")
        with open(os.devnull, "w", encoding="utf-8") as null, contextlib.redirect_stdout(null):
            pytest.main(["docs", "-q", "--codeblocks", "--collect-only", "-p", "no:cacheprovider"])
        for name in FRONTS:
            importlib.import_module(f"evidence.fronts.{name}")

        settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        Path("mkdocs.yml").write_text(re.sub(r"^(nav|hooks):.*\n(  .*\n)*", "", settings, flags=re.M), encoding="utf-8")
        build(load_config("mkdocs.yml"))
    gc.collect()
    gc.freeze()


def run(args: list[str], root: Path | str, out: int, err: int, env: dict[str, str]) -> int:
    """Fork a program and wait for it; return its exit status as a shell's parent sees it."""
    sys.stdout.flush()
    sys.stderr.flush()
    if (child := os.fork()) == 0:
        become(args, root, out, err, env)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become(args: list[str], root: Path | str, out: int, err: int, env: dict[str, str]) -> None:
    """Run `python ARGS` in this process, from a folder, to its end."""
    processes.die_with(os.getppid())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None
    sys.path[0], sys.argv = os.getcwd(), args[1:]
    status: Any = 0
    try:
        assert args[0] == "-m", args
        runpy.run_module(args[1], run_name="__main__", alter_sys=True)
    except SystemExit as left:
        status = left.code
    except BaseException:
        traceback.print_exc()
        status = 1
    if isinstance(status, str):
        print(status, file=sys.stderr)
    threading._shutdown()  # type: ignore[attr-defined]
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else bool(status))


def spare_starts() -> None:
    """Let `make site` fork the programs that it starts, too."""
    from evidence.fronts import make_site as front

    def captured(command: list[str], cwd: Path, env: dict[str, str], **_: object) -> "subprocess.CompletedProcess[str]":
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            status = run(command[1:], cwd, out.fileno(), err.fileno(), env)
            out.seek(0), err.seek(0)
            return subprocess.CompletedProcess(command, status, out.read(), err.read())

    front._run = lambda command, root: run(command[1:], root, 1, 2, dict(os.environ))
    front.subprocess = types.SimpleNamespace(run=captured)  # type: ignore[attr-defined]


def read_only(folder: str) -> None:
    """Let this process see a folder that nobody may write to, as it would be on a medium that is mounted so."""
    libc, name = ctypes.CDLL(None, use_errno=True), folder.encode()
    user, group = os.geteuid(), os.getegid()
    done = libc.unshare(namespaces.USER | namespaces.MOUNT) == 0
    for file, line in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        Path("/proc/self", file).write_text(line)
    done = done and libc.mount(None, b"/", None, namespaces.PRIVATE | namespaces.RECURSIVE, None) == 0
    done = done and libc.mount(name, name, None, BIND, None) == 0
    done = done and libc.mount(None, name, None, BIND | REMOUNT | ONLY_READ, None) == 0
    assert done, f"{folder} could not be mounted read-only"


def attend(connection: socket.socket, out: int, err: int) -> None:
    """Fork the program that is asked for, and tell its exit status."""
    asked, _ = channel.receive(connection)
    if folder := asked["read_only"]:
        read_only(folder)
    channel.send(connection, {"status": run(asked["args"], asked["cwd"], out, err, asked["env"])})


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    asked = torch_server()
    warm_up()
    spare_starts()
    pool.Server = forked_from(asked)  # type: ignore[misc]
    assert len(os.listdir("/proc/self/task")) == 1, "a process of several threads is not one to fork"
    own = os.getpid()
    while True:
        message, handles, *_ = socket.recv_fds(control, 1, 3)
        if message == b"s":  # a server for a runner of the tests' own
            socket.send_fds(asked, [b"s"], handles)
        elif message and os.fork() == 0:
            control.close()
            processes.die_with(own)
            attend(socket.socket(fileno=handles[0]), *handles[1:])
            os._exit(0)
        for handle in handles:
            os.close(handle)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            return


if __name__ == "__main__":
    main()
