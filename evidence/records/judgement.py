"""The one judgement of what a run left: pytest, the preview and the store all ask here."""

from typing import Protocol

from evidence.read.labs import cells_fault
from evidence.read.pages import Fence
from evidence.records.drawings import drawing_fault
from evidence.records.form import Formed, form_faults
from evidence.run.job import Outcome


class Made(Formed, Protocol):
    """What a run made: an outcome that has just come, or the record that was kept of it."""

    stderr: str
    cells: list[tuple[str, int]]


class Misfit(str):
    """How what a run made and what its page says of it differ; "" where they do not."""

    where: tuple[str, int] = ("", 0)  # the file and the line to look at, where that is not the fence

    @property
    def placed(self) -> str:
        """What is wrong, behind the place."""
        return f"{self.where[0]}:{self.where[1]}: {self}" if self.where[0] else str(self)

    @classmethod
    def at(cls, where: tuple[str, int], said: str) -> "Misfit":
        """What is wrong at a place."""
        found = cls(said)
        found.where = where
        return found


def fault(fence: Fence, outcome: Outcome) -> str:
    """What is wrong with the outcome of a fence, in one line that begins with the place; "" where it passed."""
    figures = [*outcome.figures, *(svg for one in outcome.tries for svg in one.figures)]
    drawn = (wrong for svg in figures if (wrong := drawing_fault(svg)))
    misfits = Misfit() if outcome.failure else misfit(fence, outcome)
    if not (found := outcome.failure or misfits or next(drawn, "")):
        return ""
    if misfits.where[0]:
        return misfits.placed
    path, line = place(fence, outcome)
    return f"{path}:{line}: {found}"


def place(fence: Fence, outcome: Outcome) -> tuple[str, int]:
    """The file and the line to look at for an outcome that did not pass."""
    return outcome.where if outcome.where[0] else (fence.page, fence.line)


def misfit(fence: Fence, made: Made) -> Misfit:
    """Say how what a run made and what its page says of it differ, or ""."""
    if found := _differs(fence, made):
        return Misfit(found)
    return next((Misfit.at(place, said) for place, said in form_faults(fence, made)), Misfit())


def _differs(fence: Fence, made: Made) -> str:
    block = fence.block
    if block.expected_output is not None and made.stdout != block.expected_output:
        return f"printed {made.stdout!r}, and the page expects {block.expected_output!r}"
    if not fence.cells:
        return fence.figures_fault(len(made.figures))
    if made.stderr:
        return f"a lab's page shows no stderr, and it wrote: {made.stderr.strip().splitlines()[-1]}"
    if len(made.cells) != len(fence.cells):
        return f"ran {len(made.cells)} cells, and the lab holds {len(fence.cells)}"
    return cells_fault(fence, [drawn for _, drawn in made.cells])
