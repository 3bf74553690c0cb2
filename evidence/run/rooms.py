"""The folders that jobs run in: below one of the server's own, which goes with it, also where it was killed."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: what a killed run leaves stays in the folder for temporary files
    fcntl = None  # type: ignore[assignment]

PREFIX = "evidence-"
SHARED = re.compile(r"(?:joblib_memmapping_folder_|sem\.loky-|torch_)(\d+)[_-]")


class Rooms:
    """A folder of folders. While it is in use a lock is held, so that the next run can tell what was left behind."""

    def __init__(self) -> None:
        _sweep()
        made = Path(tempfile.mkdtemp(prefix="." + PREFIX))
        self._lock = os.open(made / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        if fcntl:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.folder = made.rename(made.with_name(made.name[1:]))  # only now that it is locked: nobody sweeps it away

    def make(self) -> Path:
        """A new room: `work`, the snippet's own folder, and beside it what it may read."""
        room = Path(tempfile.mkdtemp(dir=self.folder))
        (room / "work").mkdir()
        return room

    def let_go(self) -> None:
        """Close the lock in a snippet's process."""
        os.close(self._lock)

    def close(self) -> None:
        """Remove all rooms."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def _sweep() -> None:
    """Remove the rooms of servers that are gone, and what joblib's and torch's killed processes left in memory."""
    if not fcntl:
        return
    for file in Path("/dev/shm").glob("*"):
        found = SHARED.match(file.name)
        with contextlib.suppress(OSError):
            if found and file.stat().st_uid == os.getuid() and not os.path.exists(f"/proc/{found[1]}"):
                shutil.rmtree(file) if file.is_dir() else file.unlink()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            handle = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
