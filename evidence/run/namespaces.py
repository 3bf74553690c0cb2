"""Namespaces, where Linux gives them to everybody: a network without an interface, and memory files that go with the run."""

import contextlib
import ctypes
import os
import subprocess
import sys
from functools import cache

USER, MOUNT, IPC, NETWORK = 0x10000000, 0x00020000, 0x08000000, 0x40000000
PRIVATE, RECURSIVE, NO_SUID, NO_DEV = 1 << 18, 1 << 14, 1 << 1, 1 << 2


def isolate() -> bool:
    """Move this process into namespaces of its own; True where that worked. Needs a process of one thread."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(USER | MOUNT | IPC | NETWORK):
        return False
    with contextlib.suppress(OSError):  # the same person as before, and nobody else
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    private = libc.mount(None, b"/", None, PRIVATE | RECURSIVE, None) == 0
    for folder in (b"/dev/shm", b"/run"):  # nothing stays in the first, and no other program's socket stands in the second
        private = private and libc.mount(b"tmpfs", folder, b"tmpfs", NO_SUID | NO_DEV, b"size=1g") == 0
    return bool(private)


@cache
def given() -> bool:
    """Whether this system gives a process namespaces of its own; a process of one thread tries it."""
    trial = "import runpy, sys; sys.exit(not runpy.run_path(sys.argv[1])['isolate']())"
    return subprocess.run([sys.executable, "-I", "-c", trial, __file__], capture_output=True, check=False).returncode == 0


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
