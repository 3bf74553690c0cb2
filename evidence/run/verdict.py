"""What the parent makes of a job that has ended. All that the snippet's process says is data: checked, bounded, never believed.

A snippet has passed where its process ended with status 0, after it had said so at the very end with the job's token, after as
many pieces as the job has, and with nothing wrong before. Anything else is a failure.
"""

import json
import re
import signal
from dataclasses import dataclass, field
from typing import Any

from evidence.run import measured
from evidence.run.job import OUTPUT_BYTES, Job, Outcome
from evidence.run.pieces import Mark, divided

LINE, TRACE = 20_000, 100_000  # characters of a failure and of its traceback
FRAMES = ("began", "figure", "piece", "measured", "late", "failed", "ending", "end")


@dataclass
class Seen:
    """What a job's warden saw from outside."""

    code: int | None  # the exit status; negative for a signal
    over: str  # why the warden ended it, or ""
    seconds: float  # of CPU, of all its processes
    ends: list[Mark] | None  # at the end of each piece; None: nobody looked
    printed: tuple[int, int]
    stdout: bytes
    stderr: bytes
    report: bytes


@dataclass
class Told:
    """What the snippet's process said, frame by frame."""

    began: float = 0.0
    figures: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # where in the report each figure ends
    late: list[str] = field(default_factory=list)  # failures in threads, at the exit, in finalizers
    failed: dict[str, Any] = field(default_factory=dict)
    pieces: list[Mark] = field(default_factory=list)  # as `ends` of Seen, where nobody looked from outside
    measured: list[str] = field(default_factory=list)
    ending: bool = False  # the code has ended; what follows are threads, exit handlers and finalizers
    ended: bool = False
    garbled: str = ""


def seen(header: dict[str, Any], blobs: list[bytes]) -> Seen:
    """What the warden's message says.

    Raises:
        ValueError, KeyError, TypeError: it is not what a warden sends.
    """
    stdout, stderr, report = blobs
    code, over, seconds = header["code"], header["over"], header["seconds"]
    if not (code is None or type(code) is int) or type(over) is not str or type(seconds) not in (int, float):
        raise ValueError(f"found {header!r}")
    ends = [Mark(int(out), int(err), int(report), float(used)) for out, err, report, used in header["ends"]]
    printed = tuple(int(n) for n in header["printed"])
    return Seen(code, over, float(seconds), ends, (printed[0], printed[1]), stdout, stderr, report)


def judge(job: Job, token: str, what: Seen) -> Outcome:
    """The outcome of a job."""
    told = _read(what.report, token)
    ends = told.pieces if what.ends is None else what.ends
    outcome = Outcome(job, figures=told.figures, seconds=max(0.0, what.seconds - told.began))
    if told.failed:
        outcome.failure, outcome.where, outcome.trace = told.failed["failure"], told.failed["where"], told.failed["trace"]
    elif failure := _failure(job, what, told, len(ends)):
        outcome.failure, outcome.where = failure, job.origin[0] if job.origin else (job.name, 1)
    for name, size, data in (("stdout", what.printed[0], what.stdout), ("stderr", what.printed[1], what.stderr)):
        text, fault = _text(name, size, data)
        setattr(outcome, name, text)
        outcome.failure = outcome.failure or fault
    if job.measures and not outcome.failure:
        outcome.measured, outcome.failure = measured.judged(job, told.measured)
        outcome.where = job.origin[job.measures - 1] if outcome.failure else outcome.where
    pieces = divided(what.stdout, what.stderr, told.places, ends, told.began)
    if job.cells:
        outcome.cells = [(piece.stdout, piece.figures) for piece in pieces]
    elif job.parts:
        outcome.parts = pieces
    return outcome


def _failure(job: Job, what: Seen, told: Told, pieces: int) -> str:
    if what.over:
        return what.over + (": its code has ended, and a thread or an exit handler of it has not" if told.ending else "")
    if what.code is None or what.code < 0:
        name = signal.Signals(-what.code).name if what.code else "a signal"
        return f"its process was killed by {name} (memory or CPU time used up, a fault in native code, or killed from outside)"
    if told.garbled:
        return told.garbled
    if told.late:
        return told.late[0]
    if not told.ended or what.code or pieces != len(job.pieces):
        return f"its process ended with exit status {what.code} before the end of the snippet"
    return ""


def _read(report: bytes, token: str) -> Told:
    """Read the report, frame by frame, until its end or the first thing that is none."""
    told, at = Told(), 0
    while at < len(report):
        head, newline, _ = report[at : at + 40].partition(b"\n")
        kind, _, size = head.decode("ascii", "replace").partition(" ")
        if not newline or kind not in FRAMES or not size.isdecimal() or told.ended:
            told.garbled = f"its report is garbled: found {head!r} where a frame should begin"
            return told
        start = at + len(head) + 1
        at = start + int(size)
        body = report[start:at].decode("utf-8", "replace")
        if at > len(report):
            return told  # it was cut off, so its end is missing too
        if fault := _take(told, kind, body, token, at):
            told.garbled = fault
            return told
    return told


def _take(told: Told, kind: str, body: str, token: str, at: int) -> str:
    """Take one frame over; say what is wrong with it, or ""."""
    if kind == "began" and at < 60:  # the first frame, sent before any of the snippet's code ran
        told.began = float(body)
    elif kind == "figure":
        told.figures.append(body)
        told.places.append(at)
    elif kind == "piece":
        if not (found := re.fullmatch(r"(\d{1,12}) (\d{1,12}) (\d{1,9}\.\d{1,9})", body, re.ASCII)):
            return "its report is garbled: found the end of a piece that is not described"
        told.pieces.append(Mark(int(found[1]), int(found[2]), at, float(found[3])))
    elif kind == "measured":
        told.measured.append(body)
        return "" if len(told.measured) <= measured.ENTRIES + 2 else "its report is garbled: it measured too much"
    elif kind == "ending":
        told.ending = True
    elif kind == "late":
        told.late.append(body[:LINE])
    elif kind == "end":
        told.ended = body == token
        return "" if told.ended else "its report is garbled: found an end with another token"
    elif kind == "failed":
        try:
            failed = json.loads(body)
            path, line = failed["where"]
            failure, trace = failed["failure"], failed["trace"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return "its report is garbled: found a failure that is not described"
        if not all(type(part) is str for part in (path, failure, trace)) or type(line) is not int or not failure:
            return "its report is garbled: found a failure of other types"
        told.failed = {"failure": failure[:LINE], "where": (path[:LINE], line), "trace": trace[:TRACE]}
    return ""


def _text(name: str, size: int, data: bytes) -> tuple[str, str]:
    """A stream as text, and what is wrong with it, or ""."""
    if size > OUTPUT_BYTES:
        text = data[:OUTPUT_BYTES].decode("utf-8", errors="replace")
        return text, f"printed {size:,} bytes to {name}; a page shows at most {OUTPUT_BYTES:,}"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return data.decode("utf-8", errors="replace"), f"printed byte 0x{data[error.start]:02x} to {name}, which is not UTF-8"
