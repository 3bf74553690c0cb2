"""What goes into a snippet's process and what comes out of it."""

import json
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

CPU_SECONDS = 240  # a snippet takes at most 60 on one core of a usual machine; this is against one that never ends
WALL_SECONDS = 1200  # machines are busy: the clock on the wall is only the last resort
MEMORY_BYTES = 6 * 2**30
FILE_BYTES = 64 * 2**20
DISK_BYTES = 512 * 2**20
PROCESSES = 64
OUTPUT_BYTES = 100_000


@dataclass(frozen=True)
class Conditions:
    """Under what a job runs. The defaults are those of a published run; under each other value a claim must hold too."""

    shift: int = 0  # added to every seed
    noise: float = 0.0  # the size, relative to themselves, of what is added to random draws: it stands for other processors
    arithmetic: str = "own"  # a name of the settings of the processor's instructions and threads, "own" for the machine's
    data: str = "digits"  # what `load_digits` answers: "digits", or "fashion" for Fashion-MNIST cut to the same size


PUBLISHED = Conditions()


@dataclass(frozen=True)
class Job:
    """One snippet to run."""

    name: str  # the snippet's file, or page:line
    code: str
    origin: tuple[tuple[str, int], ...]  # for each line of code, the file and line where it was written
    salt: str  # for the ids in its figures
    conditions: Conditions = PUBLISHED
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: int = WALL_SECONDS
    cells: tuple[int, ...] = ()  # of a lab: how many lines of the code are each cell's
    parts: tuple[int, ...] = ()  # of a snippet that teaches, then proves: how many lines are each part's
    measures: int = 0  # the line of the code that makes the dict `measured`, counted from 1; 0 where none does
    tried: str = ""  # the choice of a knob that this job runs, as "p = 0.1"

    @property
    def pieces(self) -> tuple[int, ...]:
        """How many lines each piece has of a code that is run in pieces."""
        return self.cells or self.parts

    def write(self) -> str:
        """The job as JSON, for the process that runs it."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Job":
        """The job that `write` wrote."""
        told = json.loads(text)
        origin = tuple((path, line) for path, line in told["origin"])
        pieces = {name: tuple(told[name]) for name in ("cells", "parts")}
        return cls(**told | {"origin": origin, "conditions": Conditions(**told["conditions"]), **pieces})


class Part(NamedTuple):
    """What one part of a snippet left."""

    stdout: str
    stderr: str
    figures: int  # how many it drew
    seconds: float  # CPU time


class Try(NamedTuple):
    """What the teaching part of a snippet left with another value of a knob."""

    choice: str  # as "p = 0.1"
    stdout: str
    stderr: str
    figures: list[str]
    seconds: float


Measured = dict[str, float | int | str]


@dataclass
class Outcome:
    """What came of a job. `failure` is "" where it passed."""

    job: Job
    failure: str = ""  # one line: what went wrong
    where: tuple[str, int] = ("", 0)  # file and line of the failure
    trace: str = ""
    stdout: str = ""
    stderr: str = ""
    figures: list[str] = field(default_factory=list)
    seconds: float = 0.0  # CPU time
    cells: list[tuple[str, int]] = field(default_factory=list)  # of a lab: what each cell printed, how many figures it drew
    parts: list[Part] = field(default_factory=list)  # of a snippet that teaches, then proves
    measured: Measured = field(default_factory=dict)  # what the snippet says that it measured
    tries: list[Try] = field(default_factory=list)  # its knobs' other values
