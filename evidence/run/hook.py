"""The audit hook: what a snippet may not do, refused with its own line and in words, on every system.

The kernel's fence (landlock.py) stands behind it where there is one. What the hook needs is bound when it is made, to copies
where that matters, so that code which puts something else into `os` or `os.path` does not reach it.
"""

import ctypes
import importlib.util
import os
import posixpath
import socket
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

WRITES = frozenset({"os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime"})
MOVES = frozenset({"os.rename", "os.link", "os.symlink"})
PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"})
NETWORK = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)
INSIDES = frozenset(  # of interest to debuggers, and to a snippet that looks for its judge
    {"sys._getframe", "sys._current_frames", "sys.settrace", "sys.setprofile", "gc.get_objects", "gc.get_referrers"}
    | {"gc.get_referents", "code.__new__", "ctypes.dlopen", "ctypes.dlsym", "ctypes.string_at"}
    | {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}  # attributes, of which `object.__getattr__` tells
)


class Refused(PermissionError):
    """A snippet tried what no snippet may."""

    __module__ = "builtins"  # a reader of the message needs no module name


def watch(work: str, own: str) -> None:
    """From here on refuse the network, other programs, and writes outside `work`; and to the code of the file `own` insides."""
    sys.addaudithook(_hook(os.path.realpath(work) + os.sep, own))


def _hook(inside: str, own: str) -> Callable[[str, tuple[Any, ...]], None]:
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    fsdecode, null, sep, unix, frame = os.fsdecode, os.devnull, os.sep, getattr(socket, "AF_UNIX", -1), sys._getframe
    writes, moves, programs, network, insides = WRITES, MOVES, PROGRAMS, NETWORK, INSIDES
    native = ctypes.__file__  # which speaks for its caller
    ident, realpath, refused, paths = threading.get_ident, _private_realpath(), Refused, (str, bytes, os.PathLike)

    def within(path: Any) -> bool:
        if isinstance(path, int):  # a descriptor that was opened before
            return True
        real = realpath(fsdecode(path))
        return real.startswith(inside) or real + sep == inside or real == null or real.startswith("/dev/shm/")

    asking: set[int] = set()  # threads in `asker`, which itself does what it is asked about

    def asker() -> str:
        """The file of the code that does what the hook is told of."""
        if ident() in asking:
            return ""
        asking.add(ident())
        try:
            who = frame(2)
            while who.f_back and who.f_code.co_filename == native:
                who = who.f_back
            return who.f_code.co_filename
        finally:
            asking.discard(ident())

    def near(address: Any) -> bool:
        return not isinstance(address, paths) or fsdecode(address)[:1] in ("", "\0") or within(address)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            wants = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & writing)
            if wants and path is not None and not within(path):
                raise refused(f"a snippet may write in its own working folder alone, not to {path!r}")
        elif event == "object.__getattr__" or event in insides:
            found = args[1] if event == "object.__getattr__" else event
            if found in insides and asker() == own:
                raise refused(f"a snippet looks into no insides of Python, found {found}")
        elif event in writes or event in moves:
            for path in args[: 2 if event in moves else 1]:
                if isinstance(path, paths) and not within(path):
                    raise refused(f"a snippet may write in its own working folder alone, not {event} {path!r}")
        elif event in network:
            if getattr(args[0], "family", None) == unix and all(near(address) for address in args[1:]):
                return  # how a DataLoader's workers talk to each other
            raise refused(f"a snippet runs without network, found {event}{args[1:]!r}")
        elif event in programs:
            raise refused(f"a snippet starts no other program, found {event} {args[0]!r}")

    return hook


def _private_realpath() -> Callable[[str], str]:
    """`os.path.realpath` from a copy of its module, over a copy of `os`."""
    if os.path is not posixpath:
        return os.path.realpath
    spec = importlib.util.find_spec("posixpath")
    assert spec and spec.loader, "the standard library has posixpath"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["os"] = types.SimpleNamespace(**vars(os))
    realpath: Callable[[str], str] = vars(module)["realpath"]
    return realpath
