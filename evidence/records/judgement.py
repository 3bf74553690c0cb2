"""The one judgement of what a run left: pytest, the preview and the store all ask here."""

from collections.abc import Sequence
from typing import Protocol

from evidence.read.labs import cells_fault
from evidence.read.pages import Fence
from evidence.records.drawings import drawing_fault
from evidence.run.job import Outcome


class Made(Protocol):
    """What a run made: an outcome that has just come, or the record that was kept of it."""

    stdout: str
    stderr: str

    @property
    def figures(self) -> Sequence[str]: ...

    @property
    def cells(self) -> Sequence[tuple[str, int]]: ...


def fault(fence: Fence, outcome: Outcome) -> str:
    """What is wrong with the outcome of a fence, in one line that begins with the place; "" where it passed."""
    drawn = (wrong for svg in outcome.figures if (wrong := drawing_fault(svg)))
    if not (found := outcome.failure or misfit(fence, outcome) or next(drawn, "")):
        return ""
    path, line = place(fence, outcome)
    return f"{path}:{line}: {found}"


def place(fence: Fence, outcome: Outcome) -> tuple[str, int]:
    """The file and the line to look at for an outcome that did not pass."""
    return outcome.where if outcome.where[0] else (fence.page, fence.line)


def misfit(fence: Fence, made: Made) -> str:
    """Say how what a run made and what its page says of it differ, or ""."""
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
