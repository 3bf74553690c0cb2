"""The jobs of one fence: the whole snippet, and its teaching part once more for each other value of its knobs."""

from dataclasses import replace

from evidence.read.model import Fence
from evidence.read.parts import Parts
from evidence.run.job import Job, Outcome, Try

SECONDS = 2  # what a value may cost on a usual machine: `make bench` holds it to that
CPU_SECONDS = 10 * SECONDS  # against one that is far from it, on any machine


def tries_of(fence: Fence, whole: Job) -> list[Job]:
    """A job for each value of a knob beside the written ones."""
    return [_turned(fence.parts, whole, number) for number in range(len(fence.parts.choices()))]


def _turned(parts: Parts, whole: Job, number: int) -> Job:
    """The teaching part with one line changed."""
    knob, value = parts.choices()[number]
    lines = whole.code.removesuffix("\n").split("\n")[: parts.proof or None]
    lines[knob.line] = knob.turned(lines[knob.line], value)
    choice = knob.choice(value)
    taught = replace(whole, code="\n".join(lines) + "\n", origin=whole.origin[: len(lines)], parts=(), measures=0)
    return replace(taught, tried=choice, salt=f"{whole.salt} {choice}", cpu_seconds=min(CPU_SECONDS, whole.cpu_seconds))


def together(outcomes: list[Outcome]) -> Outcome:
    """One outcome of all the jobs of a fence; it failed where one of them did, the whole snippet first."""
    whole, *tries = outcomes
    whole.tries = [Try(one.job.tried, one.stdout, one.stderr, one.figures, one.seconds) for one in tries]
    if not whole.failure and (failed := next((one for one in tries if one.failure), None)):
        whole.failure = f"with {failed.job.tried}: {failed.failure}; what holds for the written value alone belongs to the proof"
        whole.where, whole.trace = failed.where, failed.trace
    return whole
