"""A failure in words: its headline, its place in the files where the code was written, its traceback."""

import json
import os
import traceback

from evidence.run.job import Job


class Overtime(BaseException):
    """A snippet used up its CPU time; a BaseException, so that no `except Exception` swallows it."""


def described(job: Job, error: BaseException) -> str:
    """What failed and where, with the lines of the files in which the code was written, as JSON."""
    if error.__traceback__ and error.__traceback__.tb_next:
        error.__traceback__ = error.__traceback__.tb_next  # the frame below the snippet's own
    shown = traceback.TracebackException.from_exception(error)
    where: tuple[str, int] = ("", 0)
    todo: list[traceback.TracebackException | None] = [shown]
    while todo:
        one = todo.pop()
        if one is None:
            continue
        todo += [one.__cause__, one.__context__]
        frames = [f for f in one.stack if os.path.dirname(f.filename) != os.path.dirname(__file__)]
        one.stack[:] = [_placed(job, f) for f in frames]
        if getattr(one, "filename", "") == job.name and one.lineno:  # a syntax error
            path, line = job.origin[min(int(one.lineno), len(job.origin)) - 1]
            vars(one).update(filename=path, lineno=str(line))
            where = (path, line)
    own = [f for f in shown.stack if (f.filename, f.lineno) in job.origin]
    if own:
        where = (own[-1].filename, own[-1].lineno or 0)
    elif not where[0]:  # nothing of the snippet's own: its end
        where = job.origin[-1] if job.origin else (job.name, 1)
    failure = headline(error)
    if isinstance(error, SystemExit):
        failure = f"left by SystemExit({error.code!r}) before its end, so nothing after it was checked"
    elif isinstance(error, Overtime):
        failure = f"used more than {job.cpu_seconds} s of CPU time; make it smaller, or make it a lab"
    elif isinstance(error, AssertionError) and not str(error) and own:
        failure = f"AssertionError without a message: {own[-1].line}"
    return json.dumps({"failure": failure, "where": where, "trace": "".join(shown.format()).rstrip()})


def headline(error: BaseException) -> str:
    """Type and first line of what an error says; notes and further lines stand in the traceback."""
    told = "".join(traceback.TracebackException(type(error), error, None).format_exception_only())
    lines = [line for line in told.splitlines() if line.strip()]
    if isinstance(error, SyntaxError):  # after the place and the line itself
        lines = [line for line in lines if line.startswith(type(error).__name__)] or lines
    return lines[0].strip() if lines else type(error).__name__


def _placed(job: Job, frame: traceback.FrameSummary) -> traceback.FrameSummary:
    if frame.filename != job.name or not frame.lineno or frame.lineno > len(job.origin):
        return frame
    path, line = job.origin[frame.lineno - 1]
    return traceback.FrameSummary(path, line, frame.name, line=frame.line)
