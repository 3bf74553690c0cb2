"""Landlock, Linux's fence for a process and all it starts: which files it reads and writes, no TCP, no signals to others.

It needs no privilege, and nothing that a snippet does takes it back. https://docs.kernel.org/userspace-api/landlock.html
"""

import contextlib
import ctypes
import glob
import os
import sys
from collections.abc import Iterable

from evidence.run.namespaces import given

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same numbers on every architecture
NO_NEW_PRIVILEGES = 38  # of prctl
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
CHANGE_DIR = sum(1 << bit for bit in range(4, 13))  # remove and make entries of every kind
REFER, TRUNCATE = 1 << 13, 1 << 14
BIND, CONNECT = 1 << 0, 1 << 1
ABSTRACT_SOCKETS, SIGNALS = 1 << 0, 1 << 1
FILES_AT, TCP_AT, SCOPES_AT = 3, 4, 6  # the versions of the kernel's interface that a fence needs

READ = ("/usr", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/proc", "/sys/devices/system", "/sys/fs/cgroup", "/etc/fonts")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/etc/os-release")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
LOADERS = ("/lib*/ld-*", "/lib/*/ld-*", "/usr/lib*/ld-*")


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("handle", ctypes.c_int32)]


def version() -> int:
    """The version of Landlock that the kernel has; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(CREATE, None, ctypes.c_size_t(0), 1)))


def lacking() -> str:
    """What this system cannot keep a snippet from, in one sentence, or "" where it lacks nothing."""
    found = version()
    if not found:
        why = "has no Landlock" if sys.platform == "linux" else "is no Linux"
        return f"this system {why}: Python's audit hook alone keeps a snippet from files, network and other processes"
    lacks = [
        what for what, at in (("truncating files", 3), ("TCP", TCP_AT), ("signals to other processes", SCOPES_AT)) if found < at
    ]
    said = [f"this kernel's Landlock (version {found}) does not yet cover {', '.join(lacks)}"] if lacks else []
    if not given():
        said.append("this system gives no namespaces: Python's audit hook alone keeps a snippet from UDP and sockets in /run")
    return "; ".join(said)


def confine(work: str, readable: Iterable[str]) -> None:
    """From here on this process and its children write below `work` and read what is named or the system's, and no more.

    Where the kernel has no Landlock, nothing happens; `lacking` says so.

    Raises:
        OSError: the kernel refuses what it says that it can.
    """
    if not (abi := version()):
        return
    libc = ctypes.CDLL(None, use_errno=True)

    def call(*args: object) -> int:
        if (got := int(libc.syscall(*args))) < 0:
            raise OSError(ctypes.get_errno(), f"Landlock: {os.strerror(ctypes.get_errno())}")
        return got

    change = WRITE_FILE | CHANGE_DIR | (REFER if abi >= 2 else 0) | (TRUNCATE if abi >= FILES_AT else 0)
    read = READ_FILE | READ_DIR
    rules = _Ruleset(EXECUTE | change | read, BIND | CONNECT if abi >= TCP_AT else 0, ABSTRACT_SOCKETS | SIGNALS)
    size = 24 if abi >= SCOPES_AT else 16 if abi >= TCP_AT else 8
    fence = call(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)

    def allow(path: str, access: int) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            handle = os.open(path, os.O_PATH)
            if not os.path.isdir(path):
                access &= EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE
            call(ADD, fence, 1, ctypes.byref(_Beneath(access & rules.fs, handle)), 0)
            os.close(handle)

    for path in (*READ, *SETTINGS, sys.prefix, sys.base_prefix, *readable):
        allow(path, read)
    for path in DEVICES:
        allow(path, read | WRITE_FILE | TRUNCATE)
    for path in (work, "/dev/shm"):
        allow(path, read | change)
    for path in (os.path.realpath(sys.executable), *(found for pattern in LOADERS for found in glob.glob(pattern))):
        allow(path, EXECUTE | READ_FILE)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call(RESTRICT, fence, 0)
    os.close(fence)
