"""Run a claim under other conditions than those of the published run, and report where it does not hold: `make elsewhere`."""

from collections.abc import Iterator
from dataclasses import dataclass

from evidence.read.pages import Fence
from evidence.records.held import AXES, PASSED
from evidence.records.record import versions
from evidence.records.store import Records
from evidence.run import arithmetic, data
from evidence.run.job import PUBLISHED, Conditions, Outcome

SHIFTS, LAB_SHIFTS = 10, 3  # of the seeds; a lab, which takes long, gets a few of them
NOISE = 1e-6
MORE_TIME = 4  # an older processor's instructions are slower, and two threads take twice the CPU time


@dataclass(frozen=True)
class Trial:
    """One run under other conditions."""

    axis: str
    name: str
    conditions: Conditions


@dataclass(frozen=True)
class Loss:
    """A trial in which a claim did not hold."""

    fence: Fence
    trial: Trial
    outcome: Outcome

    @property
    def fault(self) -> str:
        return f"does not hold on the axis {self.trial.axis} ({self.trial.name}): {self.outcome.failure}"

    def __str__(self) -> str:
        return f"{self.place}: {self.fault}"

    @property
    def place(self) -> str:
        path, line = self.outcome.where if self.outcome.where[0] else (self.fence.page, self.fence.line)
        return f"{path}:{line}"


@dataclass
class Tally:
    """How the trials of one axis under one name came out."""

    held: int = 0
    tried: int = 0
    seconds: float = 0.0


class Elsewhere:
    """The axes that a session was asked for, and what came of them. False where it was asked for none.

    Args:
        asked: names of axes with commas between them, or "all".
        shifts: by how much the seeds are shifted at most; 0 if not said.

    Raises:
        ValueError: there is no such axis.
    """

    def __init__(self, asked: str, shifts: int) -> None:
        names = asked.split(",") if asked else []
        if "all" in names:  # other versions need another environment, which runs them itself
            names = [axis for axis in AXES if axis != "versions"]
        if unknown := [name for name in names if name not in AXES]:
            raise ValueError(f"found the axis {unknown[0]!r}; expected one of {', '.join(AXES)}, or all")
        self.axes = [axis for axis in AXES if axis in names or (axis == "seeds" and shifts)]
        self.shifts = shifts
        self.losses: list[Loss] = []
        self.tallies: dict[tuple[str, str], Tally] = {}

    def __bool__(self) -> bool:
        return bool(self.axes)

    def trials(self, fence: Fence) -> list[Trial]:
        """Under what to run a fence."""
        return [trial for axis in self.axes for trial in _trials(axis, fence, self.shifts)]

    def note(self, fence: Fence, trials: list[Trial], outcomes: list[Outcome], records: Records) -> list[Loss]:
        """Keep what came of a fence's trials; return those that make it a failure, the first one first."""
        lost = []
        for trial, outcome in zip(trials, outcomes, strict=True):
            loss = Loss(fence, trial, outcome)
            records.hold(fence, trial.axis, {trial.name: f"{loss.place}: {outcome.failure}" if outcome.failure else PASSED})
            tally = self.tallies.setdefault((trial.axis, "shifted" if trial.axis == "seeds" else trial.name), Tally())
            tally.tried, tally.held = tally.tried + 1, tally.held + (not outcome.failure)
            tally.seconds += outcome.seconds
            if outcome.failure:
                lost.append(loss)
        self.losses += lost
        return [loss for loss in lost if loss.trial.axis != "data"]

    def report(self) -> Iterator[str]:
        """The report, line by line: what failed, first what makes the session red; then how often each axis held."""
        order = {axis: n for n, axis in enumerate(AXES)}  # the data come last
        for loss in sorted(self.losses, key=lambda loss: order[loss.trial.axis]):
            yield str(loss)
        yield f"{'axis':12s}{'under':48s}{'held':>12s}{'CPU time':>12s}"
        for (axis, name), tally in sorted(self.tallies.items(), key=lambda item: order[item[0][0]]):
            yield f"{axis:12s}{name:48s}{tally.held:>5d} of {tally.tried:<4d}{tally.seconds:>10.0f} s"
        yield from self.missing()

    def missing(self) -> Iterator[str]:
        """What was asked for and cannot be run here."""
        if "arithmetic" in self.axes:
            _, lacking = arithmetic.available()
            own = arithmetic.own_level()
            if own:
                yield f"arithmetic: published runs here compute with {own}, so that is not run again"
            if lacking:
                yield f"arithmetic: this machine lacks {', '.join(lacking)}"
        if "data" in self.axes and data.fashion_folder() is None:
            yield f"data: Fashion-MNIST is not on this machine; {data.REMEDY}"


def _trials(axis: str, fence: Fence, shifts: int) -> list[Trial]:
    if axis == "seeds":
        most = min(shifts or SHIFTS, LAB_SHIFTS) if fence.cells else shifts or SHIFTS
        return [Trial(axis, f"shift {shift}", Conditions(shift=shift)) for shift in range(1, most + 1)]
    if axis == "arithmetic":
        here, _ = arithmetic.available()
        under = [Trial(axis, name, Conditions(arithmetic=name)) for name in here]
        return [*under, Trial(axis, "a millionth off", Conditions(noise=NOISE))]
    if axis == "versions":
        names = {"torch": "torch", "numpy": "NumPy", "python": "Python"}
        return [Trial(axis, ", ".join(f"{said} {versions()[name]}" for name, said in names.items()), PUBLISHED)]
    if "load_digits" in fence.code and data.fashion_folder():
        return [Trial(axis, "Fashion-MNIST at 8x8", Conditions(data="fashion"))]
    return []
