"""What earlier runs of the same code measured: a number that prose shows must be the same in each, in all its digits."""

import json
from pathlib import Path

from evidence.read.measured import printed
from evidence.read.model import Fence
from evidence.records.files import write
from evidence.run.job import Measured

MOST = 20  # runs of one code that are remembered


def differs(fence: Fence, file: Path, measured: Measured) -> str:
    """Say which number of a page is another one than in an earlier run of the same code, behind its place, or ""."""
    for use in fence.uses:
        for earlier in _read(file):
            try:
                then, now = (printed(values[use.name], use.format) for values in (earlier, measured))
            except (KeyError, ValueError, TypeError):
                continue
            if then != now:
                said = f"shows {use.text!r}, which is {now}, and in an earlier run of the same code was {then}"
                return f"{fence.page}:{use.line}: {said}; print fewer digits, or seed what differs"
    return ""


def note(file: Path, measured: Measured) -> None:
    """Remember what a run measured.

    Raises:
        RecordsError: the file cannot be written.
    """
    known = _read(file)
    if measured and measured not in known:
        write(file, json.dumps([*known, measured][-MOST:]))


def _read(file: Path) -> list[Measured]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return [one for one in told if isinstance(one, dict)]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
