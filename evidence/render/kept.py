"""HTML that was made before: kept beside the records, by everything that decides it, so that a build makes it once.

What draws and what highlights depends on its arguments, on the code that it may import and on a few libraries, and on
nothing else. It takes most of the time of a build, and from one build to the next hardly any of its arguments change.
"""

import contextlib
import functools
import hashlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from evidence.records.store import FOLDER

MAKERS = ("errors.py", "colours.py", "read", "records", "render")  # this room, and all that it may import
LIBRARIES = ("pillow", "pygments", "pymdown-extensions")
UNUSED_SECONDS = 30 * 86_400  # what no build has asked for in a month goes
Maker = Callable[..., str]


def folder() -> Path:
    """Where the HTML of the project at hand is kept."""
    return Path.cwd() / FOLDER / "rendered"


def kept(make: Maker) -> Maker:
    """Let a function of texts that returns HTML answer from what it made before, in this process or in an earlier one."""

    @lru_cache(maxsize=512)
    @functools.wraps(make)
    def answer(*given: str) -> str:
        file = folder() / _address(make.__qualname__, *given)
        html = _read(file)
        if html is None:
            html = make(*given)
            with contextlib.suppress(OSError):  # a full disk or a folder of somebody else: it is made again the next time
                _write(file, html)
        return html

    return answer


def prune(now: float | None = None) -> None:
    """Remove what no build has asked for in a month."""
    oldest = (time.time() if now is None else now) - UNUSED_SECONDS
    for file in folder().glob("*"):
        with contextlib.suppress(OSError):  # another build was faster
            if file.stat().st_mtime < oldest:
                file.unlink()


def _address(*given: str) -> str:
    return _hash(json.dumps([_makers(), *given]))


@cache
def _makers() -> str:
    """A hash of what makes the HTML: our code, Python and the libraries."""
    here = Path(__file__).parent.parent
    files = [file for name in MAKERS for file in (sorted((here / name).glob("*.py")) or [here / name])]
    made_by = [platform.python_version(), *map(version, LIBRARIES)]
    return _hash(json.dumps([made_by, *(file.read_text(encoding="utf-8") for file in files)]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(file: Path) -> str | None:
    """What is kept in a file, or None where there is nothing or it is not whole."""
    try:
        checksum, _, html = file.read_bytes().decode().partition("\n")
        if checksum != _hash(html):
            return None
        if time.time() - file.stat().st_mtime > UNUSED_SECONDS / 30:
            os.utime(file)
    except (OSError, ValueError):
        return None
    return html


def _write(file: Path, html: str) -> None:
    """Keep it, whole or not at all; nothing is kept where nothing has been recorded."""
    if not file.parent.parent.is_dir():
        return
    file.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "wb") as part:
        part.write(f"{_hash(html)}\n{html}".encode())
    os.replace(name, file)
