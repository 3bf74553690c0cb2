"""Records: what a snippet printed and drew when it last ran, addressed by what went into the run."""

import hashlib
import json
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

from evidence.read.pages import Fence
from evidence.records import again, held
from evidence.records.excuse import excuse
from evidence.records.files import remove, write
from evidence.records.held import Held
from evidence.records.judgement import fault, misfit
from evidence.records.record import Record, read_record, versions
from evidence.run.job import PUBLISHED, Conditions, Job, Outcome

FOLDER = ".evidence"
LAB_CPU_SECONDS, LAB_WALL_SECONDS = 600, 3_600  # against a lab that never ends; what one may cost, `make bench` says
KEPT_SECONDS = 7 * 24 * 3600  # how long a record outlives the code that it is of
MACHINERY = ("colours.py", "run")  # what decides the outcome of a run


@cache
def _machinery() -> str:
    here = Path(__file__).parent.parent
    files = [file for name in MACHINERY for file in (sorted((here / name).glob("*.py")) or [here / name])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest(fence: Fence, made_with: dict[str, str] | None = None) -> str:
    """The address of a fence's record: its code, what it should print, the libraries with their data, and the machinery.

    `made_with` are the versions; those of this environment, if none are given.
    """
    cells, using = tuple(len(cell.origin) for cell in fence.cells), tuple((made_with or versions()).items())
    return _address(fence.code, slug(fence.snippet), using, _machinery(), cells, fence.block.expected_output)


@lru_cache(maxsize=1024)  # whoever asks for a record asks for its address, several times in a build
def _address(
    code: str, name: str, using: tuple[tuple[str, str], ...], machinery: str, cells: tuple[int, ...], expected: str | None
) -> str:
    what = [code, name, dict(using), machinery, *([cells] if cells else [])]
    what += [] if expected is None else [{"expected": expected}]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:20]


def slug(snippet: str) -> str:
    """A file name for a snippet; fences written on a page share the page's, so that moving one down changes nothing."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(\.md):\d+$", r"\1", snippet).lower()).strip("-")


def job_of(fence: Fence, conditions: Conditions = PUBLISHED) -> Job:
    """What the runner needs to run a fence."""
    origin = tuple((line.path, line.number) for line in fence.origin)
    job = Job(fence.snippet, fence.code, origin, digest(fence), conditions, measures=fence.measures.line)
    if not fence.cells:
        proof = fence.parts.proof
        return replace(job, parts=(proof, len(origin) - proof) if proof else ())
    lengths = tuple(len(cell.origin) for cell in fence.cells)
    return replace(job, cells=lengths, cpu_seconds=LAB_CPU_SECONDS, wall_seconds=LAB_WALL_SECONDS)


class Records:
    """The folder of records of a project."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def _path(self, fence: Fence, kind: str = "json") -> Path:
        return self.folder / f"{slug(fence.snippet)}.{digest(fence)}.{kind}"

    def load(self, fence: Fence) -> Record | None:
        """The record of exactly this code under exactly these libraries, or None.

        A record that is corrupt, or that does not fit what the page says of it, counts as none.
        What it printed is given as a terminal would have shown it: everything that shows a record gets it from here.
        """
        record = read_record(self._path(fence))
        if record is None or record.digest != digest(fence) or misfit(fence, record):
            return None
        record.held = self._held(digest(fence), fence)
        record.show_plainly()
        return record

    def doubt(self, fence: Fence) -> str:
        """Say why a fence's evidence does not stand, or "". A skip with a reason stands, unless it ran and failed."""
        if self.load(fence) or (excuse(fence) and not self._path(fence, "failed").exists()):
            return ""
        return self.missing(fence)

    def missing(self, fence: Fence) -> str:
        """Say in words why a fence has no record: it failed, it is corrupt, misfit or of something older, or there is none."""
        file, failed = self._path(fence), self._path(fence, "failed")
        if failed.exists():
            return f"its last run failed: {_text(failed)}"
        if file.exists():
            record = read_record(file)
            wrong = misfit(fence, record).placed if record and record.digest == digest(fence) else ""
            return f"its record does not fit the page: {wrong}" if wrong else f"its record is corrupt: {FOLDER}/{file.name}"
        if olds := [r for path in self._every_version(fence) if (r := read_record(path))]:
            old = olds[-1].versions
            changed = [f"{name} {old.get(name)} → {now}" for name, now in versions().items() if old.get(name) != now]
            return f"its record is stale: {'; '.join(changed) or 'it is of other code'}"
        return "it has not run"

    def _every_version(self, fence: Fence) -> list[Path]:
        """The files of all records of a snippet, the one written last at the end."""
        found = self.folder.glob(f"{slug(fence.snippet)}.*.json")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def keep(self, fence: Fence, outcome: Outcome) -> None:
        """Keep what came of a run: the record of one that passed, else what was wrong; an earlier pass no longer counts.

        Raises:
            RecordsError: the folder of records cannot be written.
        """
        if wrong := self.judge(fence, outcome):
            self.fail(fence, wrong)
        else:
            self.save(fence, outcome)
            again.note(self._path(fence, "measured"), outcome.measured)

    def judge(self, fence: Fence, outcome: Outcome) -> str:
        """What is wrong with the outcome of a fence, also beside its earlier runs; "" where it passed."""
        return fault(fence, outcome) or again.differs(fence, self._path(fence, "measured"), outcome.measured)

    def save(self, fence: Fence, outcome: Outcome) -> Record:
        """Write the record of an outcome that passed; the file is whole or not there."""
        record = Record(
            fence.snippet, digest(fence), outcome.stdout, outcome.stderr, outcome.figures, round(outcome.seconds, 3), versions()
        )
        record.cells, record.parts, record.measured, record.tries = outcome.cells, outcome.parts, outcome.measured, outcome.tries
        record.ran = datetime.now(UTC).date().isoformat()
        write(self._path(fence), record.written())
        remove(self._path(fence, "failed"))
        return record

    def hold(self, fence: Fence, axis: str, said: dict[str, str]) -> None:
        """Keep under which conditions of an axis a fence held, and what it said under the others.

        What holds for other versions is kept with the records that those have of the same code.
        """
        addresses = [digest(fence)] if axis != "versions" else self._of_other_versions(fence)
        for address in addresses:
            told = self._held(address, fence)
            told[axis] = told.get(axis, {}) | said
            write(self._held_path(address, fence), json.dumps(told, indent=1))

    def _of_other_versions(self, fence: Fence) -> list[str]:
        """The addresses of all records of exactly this code that were made with other versions of the libraries."""
        found = [record for path in self.folder.glob(f"{slug(fence.snippet)}.*.json") if (record := read_record(path))]
        return [r.digest for r in found if r.versions != versions() and r.digest == digest(fence, r.versions)]

    def _held(self, address: str, fence: Fence) -> Held:
        try:
            return held.read(self._held_path(address, fence).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _held_path(self, address: str, fence: Fence) -> Path:
        return self.folder / f"{slug(fence.snippet)}.{address}.held"

    def fail(self, fence: Fence, wrong: str) -> None:
        """Forget a fence's record, as it has just failed and an earlier pass no longer counts; keep what was wrong."""
        remove(self._path(fence))
        write(self._path(fence, "failed"), wrong)

    def expected_seconds(self, fence: Fence) -> float:
        """How long the fence took when any version of it last ran; where that is unknown, a guess."""
        olds = [r for path in self._every_version(fence) if (r := read_record(path))]
        return max((r.seconds for r in olds), default=60.0 if fence.cells else 2.0)

    def prune(self, fences: Iterable[Fence]) -> None:
        """Take away what belongs to none of these fences as they are now, but for what is younger than a week.

        Another branch may come back within days, and its records with it.
        """
        kept = {f"{slug(fence.snippet)}.{digest(fence)}" for fence in fences}
        last_week = time.time() - KEPT_SECONDS
        for file in self.folder.glob("*.*"):
            if file.is_file() and ".".join(file.name.split(".")[:2]) not in kept and file.stat().st_mtime < last_week:
                remove(file)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return f"what was wrong cannot be read from {FOLDER}/{path.name}"
