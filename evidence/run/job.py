"""What goes into a snippet's process and what comes out of it."""

import json
from dataclasses import asdict, dataclass, field

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

    def write(self) -> str:
        """The job as JSON, for the process that runs it."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Job":
        """The job that `write` wrote."""
        told = json.loads(text)
        origin = tuple((path, line) for path, line in told["origin"])
        return cls(**told | {"origin": origin, "conditions": Conditions(**told["conditions"]), "cells": tuple(told["cells"])})


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
