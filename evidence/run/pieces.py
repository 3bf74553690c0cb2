"""Code that is run in pieces, one after another in one process: what each of them printed, drew and took."""

from typing import NamedTuple

from evidence.run.job import Part


class Mark(NamedTuple):
    """How much there was at the end of a piece."""

    out: int  # bytes
    err: int
    report: int
    seconds: float  # of CPU, since the process began


def divided(stdout: bytes, stderr: bytes, places: list[int], marks: list[Mark], began: float) -> list[Part]:
    """Divide what a job left among its pieces.

    What comes behind the last mark, of a thread or of an exit handler, is the last piece's.

    Args:
        stdout, stderr: what was kept of them.
        places: where in the report each figure ends, in bytes.
        marks: one for each piece that ended.
        began: the CPU seconds that were used before the code began.
    """
    parts, last = [], Mark(0, 0, 0, began)
    for mark in marks:
        out, err = (data[a:b] for data, a, b in ((stdout, last.out, mark.out), (stderr, last.err, mark.err)))
        drawn = sum(last.report < place <= mark.report for place in places)
        parts.append(Part(_text(out), _text(err), drawn, round(max(0.0, mark.seconds - last.seconds), 2)))
        last = mark
    if parts:
        end = parts[-1]
        rest = _text(stdout[last.out :]), _text(stderr[last.err :])
        parts[-1] = end._replace(stdout=end.stdout + rest[0], stderr=end.stderr + rest[1])
    return parts


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
