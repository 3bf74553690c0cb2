"""Records: what a snippet printed and drew when it last ran, addressed by what went into the run."""

import hashlib
import json
import os
import platform
import re
import tempfile
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from evidence.read.pages import Fence
from evidence.run.job import PUBLISHED, Conditions, Job, Outcome

FOLDER = ".evidence"
LIBRARIES = ("torch", "numpy", "matplotlib", "scikit-learn")  # scikit-learn's version is also that of its data
LAB_CPU_SECONDS, LAB_WALL_SECONDS = 600, 3_600  # against a lab that never ends; what one may cost, `make bench` says
MACHINERY = ("colours.py", "run")  # what decides the outcome of a run


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
    seeds: tuple[int, int] | None = field(default=None)  # held for … of … shifts of all seeds, where that was run
    cells: list[tuple[str, int]] = field(default_factory=list)  # of a lab: what each cell printed, how many figures it drew
    ran: str = ""  # the day, ISO 8601


@cache
def versions() -> dict[str, str]:
    """The versions that a run depends on, without importing the libraries."""
    python = platform.python_version()
    return {"python": python} | {name: version(name) for name in LIBRARIES}


@cache
def _machinery() -> str:
    here = Path(__file__).parent.parent
    files = [file for name in MACHINERY for file in (sorted((here / name).glob("*.py")) or [here / name])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest(fence: Fence) -> str:
    """The address of a fence's record: its code, the versions of the libraries and their data, and the machinery."""
    cells = [len(cell.origin) for cell in fence.cells]
    what = [fence.code, slug(fence.snippet), versions(), _machinery(), *([cells] if cells else [])]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:20]


def slug(snippet: str) -> str:
    """A file name for a snippet; fences written on a page share the page's, so that moving one down changes nothing."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(\.md):\d+$", r"\1", snippet).lower()).strip("-")


def job_of(fence: Fence, conditions: Conditions = PUBLISHED) -> Job:
    """What the runner needs to run a fence."""
    origin = tuple((line.path, line.number) for line in fence.origin)
    job = Job(fence.snippet, fence.code, origin, salt=digest(fence), conditions=conditions)
    if not fence.cells:
        return job
    lengths = tuple(len(cell.origin) for cell in fence.cells)
    return replace(job, cells=lengths, cpu_seconds=LAB_CPU_SECONDS, wall_seconds=LAB_WALL_SECONDS)


class Records:
    """The folder of records of a project."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def _path(self, fence: Fence, kind: str = "json") -> Path:
        return self.folder / f"{slug(fence.snippet)}.{digest(fence)}.{kind}"

    def load(self, fence: Fence) -> Record | None:
        """The record of exactly this code under exactly these libraries, or None. A corrupt record counts as none."""
        record = self._read(self._path(fence))
        if record is None or record.digest != digest(fence):
            return None
        try:
            held, shifts = json.loads(self._path(fence, "seeds").read_text())
            record.seeds = (int(held), int(shifts))
        except (OSError, ValueError, TypeError):
            pass
        return record

    def _read(self, path: Path) -> Record | None:
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            body = stored["record"]
            return Record(**body) if stored["checksum"] == _checksum(body) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def missing(self, fence: Fence) -> str:
        """Say in words why a fence has no record: it is corrupt, it is of something older, or there is none."""
        if self._path(fence, "failed").exists():
            return f"its last run failed: {self._path(fence, 'failed').read_text(encoding='utf-8')}"
        if self._path(fence).exists():
            return "its record is corrupt"
        for path in self.folder.glob(f"{slug(fence.snippet)}.*.json"):
            if old := self._read(path):
                changed = [f"{k} {old.versions.get(k)}, now {v}" for k, v in versions().items() if old.versions.get(k) != v]
                return f"its record is stale: it is of {'; '.join(changed) or 'other code'}"
        return "it has not run"

    def save(self, fence: Fence, outcome: Outcome) -> Record:
        """Write the record of an outcome that passed; the file is whole or not there."""
        record = Record(
            fence.snippet, digest(fence), outcome.stdout, outcome.stderr, outcome.figures, round(outcome.seconds, 3), versions()
        )
        record.cells, record.ran = outcome.cells, datetime.now(UTC).date().isoformat()
        body = asdict(record) | {"seeds": None}
        self._write(self._path(fence), json.dumps({"record": body, "checksum": _checksum(body)}))
        self._path(fence, "failed").unlink(missing_ok=True)
        return record

    def save_seeds(self, fence: Fence, held: int, shifts: int) -> None:
        """Remember for how many shifts of its seeds the fence's assertions held."""
        self._write(self._path(fence, "seeds"), json.dumps([held, shifts]))

    def fail(self, fence: Fence, fault: str) -> None:
        """Forget a fence's record, as it has just failed and an earlier pass no longer counts; keep what was wrong."""
        self._path(fence).unlink(missing_ok=True)
        self._write(self._path(fence, "failed"), fault)

    def expected_seconds(self, fence: Fence) -> float:
        """How long the fence took when any version of it last ran; 1 where that is unknown."""
        olds = [r for p in self.folder.glob(f"{slug(fence.snippet)}.*.json") if (r := self._read(p))]
        return max((r.seconds for r in olds), default=1.0)

    def _write(self, path: Path, text: str) -> None:
        self.folder.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)


def _checksum(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
