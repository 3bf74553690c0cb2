"""A question to the reader, with its answer folded: nothing in it is typed that a run could say."""

from html import escape

from evidence.read.model import Check
from evidence.records.form import left
from evidence.records.store import Records
from evidence.render.block import printed
from evidence.render.fences import Fences


def check_yourself(check: Check, fences: Fences) -> str:
    """The HTML of a check, one block; the answer opens without a script."""
    outputs = [_output(text) for text in outputs_of(check, fences.records)]
    answer = f"<p>{fences.phrase(check.answer)}</p>"
    summary = f'<summary><span class="evidence-asks">Check yourself</span> {fences.phrase(check.question)}</summary>'
    return "\n".join([f'<details class="evidence-check">{summary}<div>{answer}', *outputs, "</div></details>"])


def outputs_of(check: Check, records: Records) -> list[str | None]:
    """What the runs printed that an answer shows; None for one that has no record."""
    found = [(records.load(fence), which) for fence, which in check.outputs]
    return [left(record, which) if record else None for record, which in found]


def _output(text: str | None) -> str:
    return f"<p>{escape('(not run yet)')}</p>" if text is None else printed(text)
