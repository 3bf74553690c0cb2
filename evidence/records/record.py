"""A record: what a snippet left when it last ran, as one file that is whole and well-formed or counts as none."""

import hashlib
import json
import platform
from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from evidence.records.held import Held
from evidence.records.printed import plain_text
from evidence.run.job import Measured, Part, Try

LIBRARIES = ("torch", "numpy", "matplotlib", "scikit-learn")  # scikit-learn's version is also that of its data


@dataclass
class Record:
    """The outcome of a snippet that passed."""

    snippet: str
    digest: str
    stdout: str
    stderr: str
    figures: list[str]  # SVG, as Matplotlib wrote it
    seconds: float  # CPU time
    versions: dict[str, str]
    held: Held = field(default_factory=dict)  # where else it was run: kept in a file of its own
    cells: list[tuple[str, int]] = field(default_factory=list)  # of a lab: what each cell printed, how many figures it drew
    ran: str = ""  # the day, ISO 8601
    parts: list[Part] = field(default_factory=list)  # of a snippet that teaches, then proves
    measured: Measured = field(default_factory=dict)  # what it says that it measured
    tries: list[Try] = field(default_factory=list)  # what its teaching part left with other values of its knobs

    def written(self) -> str:
        """The record as the text of its file."""
        body = asdict(self)
        return json.dumps({"record": body, "checksum": _checksum(body)})

    def show_plainly(self) -> None:
        """Put in the place of what was printed what a terminal would have shown of it."""
        self.stdout, self.stderr = plain_text(self.stdout), plain_text(self.stderr)
        self.cells = [(plain_text(text), drawn) for text, drawn in self.cells]
        self.parts = [part._replace(stdout=plain_text(part.stdout), stderr=plain_text(part.stderr)) for part in self.parts]
        self.tries = [one._replace(stdout=plain_text(one.stdout), stderr=plain_text(one.stderr)) for one in self.tries]


@cache
def versions() -> dict[str, str]:
    """The versions that a run depends on, without importing the libraries."""
    python = platform.python_version()
    return {"python": python} | {name: version(name) for name in LIBRARIES}


def read_record(path: Path) -> Record | None:
    """The record that stands in a file; None where there is none, or not a whole one."""
    try:
        found = _record_in(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return copy(found)


@lru_cache(maxsize=512)  # a build asks for most records several times, and a check of their sums takes longer than to read them
def _record_in(text: str) -> Record | None:
    """The record that a text is; who gets it takes a copy, whose fields he may set."""
    try:
        stored = json.loads(text)
        body = stored["record"]
        record = Record(**body) if stored["checksum"] == _checksum(body) else None
        if record is None or not _well_formed(record):
            return None
        record.parts = [Part(*part) for part in record.parts]
        record.tries = [Try(*one) for one in record.tries]
        return record
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _well_formed(record: Record) -> bool:
    """Whether the fields of a record are what they should be: a checksum can be right and the rest wrong."""
    texts = [record.snippet, record.digest, record.stdout, record.stderr, record.ran, *record.figures, *record.versions.values()]
    return (
        all(isinstance(text, str) for text in texts)
        and isinstance(record.figures, list)
        and isinstance(record.seconds, float | int)
        and {"python", *LIBRARIES} <= record.versions.keys()
        and isinstance(record.cells, list)
        and all(isinstance(text, str) and isinstance(drawn, int) for text, drawn in record.cells)
        and all(_has(part, (str, str, int, float | int)) for part in record.parts)
        and all(_has(one, (str, str, str, list, float | int)) for one in record.tries)
        and all(isinstance(svg, str) for one in record.tries for svg in one[3])
        and all(isinstance(value, float | int | str) for value in record.measured.values())
        and bool(record.ran and date.fromisoformat(record.ran))
    )


def _has(fields: object, kinds: tuple[object, ...]) -> bool:
    """Whether a list of a file has just these types."""
    return isinstance(fields, list) and len(fields) == len(kinds) and all(map(isinstance, fields, kinds))  # type: ignore[arg-type]


def _checksum(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
