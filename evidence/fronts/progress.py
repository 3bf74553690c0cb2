"""A line for each snippet as it ends, with an estimate of the time that is left."""

import time
from collections.abc import Callable
from concurrent.futures import Future

from evidence.run.job import PUBLISHED, Job, Outcome


class Progress:
    """Tells how far a session is. The time that is left is reckoned from what the jobs took when they last ran."""

    def __init__(self, write: Callable[[str], None], expected: list[float]) -> None:
        self._write = write
        self._all, self._sum = len(expected), sum(expected)
        self._done, self._past = 0, 0.0
        self._began = time.monotonic()

    def follow(self, future: "Future[Outcome]", expected: float) -> None:
        """Tell of a job when it ends."""
        future.add_done_callback(lambda ended: self._tell(ended, expected))

    def _tell(self, future: "Future[Outcome]", expected: float) -> None:
        if future.cancelled():
            return
        outcome = future.result()
        self._done += 1
        self._past += expected or 0.01
        verdict = f"FAILED: {outcome.failure}" if outcome.failure else "passed"
        under = under_what(outcome.job)
        head = f"[{self._done:{len(str(self._all))}}/{self._all}] {outcome.job.name}{under}"
        self._write(f"{head} {outcome.seconds:.1f} s {verdict}{self._left()}")

    def _left(self) -> str:
        if self._done == self._all:
            return ""
        seconds = (time.monotonic() - self._began) * (self._sum - self._past) / self._past
        return f"; about {seconds / 60:.0f} min left" if seconds >= 90 else f"; about {seconds:.0f} s left"


def under_what(job: Job) -> str:
    """What of a job's conditions is not as in a published run, in words behind its name."""
    told = job.conditions
    parts = [job.tried] * bool(job.tried) + [f"shift {told.shift}"] * (told.shift != PUBLISHED.shift)
    parts += ["a millionth off"] * bool(told.noise)
    parts += [told.arithmetic] * (told.arithmetic != PUBLISHED.arithmetic) + [told.data] * (told.data != PUBLISHED.data)
    return f" ({', '.join(parts)})" if parts else ""
