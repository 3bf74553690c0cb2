"""Files of the folder of records: whole or not there, and an error names the one that cannot be written."""

import contextlib
import os
import tempfile
from pathlib import Path

import click

from evidence.errors import unwritten


class RecordsError(click.ClickException):
    """A file of the records cannot be written, read or removed."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {message}")


def write(path: Path, text: str) -> None:
    """Write a file in one go: who reads it meanwhile sees the old one or the new one.

    Raises:
        RecordsError: the disk is full, the folder is read-only, or a file stands in the folder's place.
    """
    folder, part = path.parent, ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(part, path)
    except OSError as error:
        if part:
            with contextlib.suppress(OSError):
                os.unlink(part)
        if folder.is_file():
            said = f"is a file, and the folder of records belongs there; move it away: `mv {folder.name} {folder.name}.old`"
            raise RecordsError(folder, said) from error
        raise RecordsError(path, f"{unwritten(error)}; what was recorded before is still there") from error


def renew(path: Path, text: str) -> None:
    """Write a file unless it holds this text already.

    Raises:
        RecordsError: as `write`.
    """
    with contextlib.suppress(OSError, ValueError):
        if path.read_text(encoding="utf-8") == text:
            return
    write(path, text)


def remove(path: Path) -> None:
    """Remove a file that may be gone already.

    Raises:
        RecordsError: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:  # a file stands in the folder's place: nothing to remove
        pass
    except OSError as error:
        raise RecordsError(path, f"cannot be removed: {error.strerror}") from error
