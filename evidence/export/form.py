"""A snippet in other forms: its teaching part and its proof one after the other, with what each left, and its knobs' values."""

from typing import Any

import nbformat

from evidence.read.model import Check
from evidence.read.pages import Fence
from evidence.records.form import taught
from evidence.records.record import Record
from evidence.records.store import Records
from evidence.render import escape
from evidence.render.checks import outputs_of
from evidence.render.measured import Numbers

NODE: Any = nbformat.NotebookNode


def fence_in_markdown(fence: Fence, record: Record | None, figures: list[str]) -> list[str]:
    """The paragraphs of a fence in a page of Markdown.

    Args:
        fence: the fence.
        record: its record, or None where it is skipped.
        figures: the words for each figure, as Markdown.
    """
    teaching, proof = _codes(fence)
    own = taught(record) if record else None
    drawn = own.figures if own and record and record.parts else len(figures)
    out = [escape.fenced(teaching, f"python title={fence.snippet}"), *_printed("It printed:", own.stdout if own else "")]
    out += figures[:drawn]
    for one in record.tries if record else []:
        out += _printed(f"With `{one.choice}` in place of what is written it printed:", one.stdout)
    if proof:
        out += [f"Proof: {fence.parts.said}. It goes on in the same file.", escape.fenced(proof, f"python title={fence.snippet}")]
        out += [*_printed("It printed:", record.parts[1].stdout if record else ""), *figures[drawn:]]
    return out


def fence_in_cells(fence: Fence, record: Record | None, captions: list[str], name: str, count: int) -> list[Any]:
    """The cells of a fence in a notebook; its proof is a cell of its own, whose code JupyterLab folds.

    Args:
        fence: the fence.
        record: its record, or None where it is skipped.
        captions: the caption of each figure, as Markdown.
        name: what the ids of its cells begin with.
        count: the number of its first cell of code.
    """
    teaching, proof = _codes(fence)
    own = taught(record) if record else None
    drawn = own.figures if own and record and record.parts else len(captions)
    figures = record.figures if record else []
    cells = [_code(teaching, _outputs(own.stdout if own else "", figures[:drawn]), name, count)]
    cells += _words("\n\n".join(captions[:drawn]), f"{name}-captions")
    cells += _words("\n\n".join(_choices(fence)), f"{name}-knobs")
    if proof:
        outputs = _outputs(record.parts[1].stdout if record else "", figures[drawn:])
        cells.append(_code(proof, outputs, f"{name}-proof", count + 1, NODE(jupyter=NODE(source_hidden=True))))
        cells += _words("\n\n".join(captions[drawn:]), f"{name}-proof-captions")
    return cells


def check_in_markdown(check: Check, records: Records, numbers: Numbers) -> list[str]:
    """The lines of a check: its question, and its answer folded where Markdown is shown."""
    outputs = [escape.fenced(text.rstrip(), "text") for text in outputs_of(check, records) if text]
    answer = [numbers.markdown(check.answer), *outputs]
    fold = ["<details><summary>Answer</summary>", *answer, "</details>"]
    return ["", "\n\n".join([f"**Check yourself.** {numbers.markdown(check.question)}", *fold]), ""]


def _codes(fence: Fence) -> tuple[str, str]:
    """What teaches and what proves; "" for the second where there is no proof."""
    at = fence.parts.proof
    if not at:
        return fence.code, ""
    teaching = "".join(x.text + "\n" for x in fence.origin[:at]).rstrip("\n") + "\n"
    return teaching, "".join(x.text + "\n" for x in fence.origin[at:])


def _choices(fence: Fence) -> list[str]:
    """For each knob the values to try."""
    said = []
    for knob in fence.parts.knobs:
        own, *others = (f"`{value}`" for value in knob.values)
        said.append(f"Try other values of `{knob.name}`: {', '.join(others)} in place of {own}.")
    return said


def _printed(said: str, text: str) -> list[str]:
    return [f"{said}\n\n{escape.fenced(text.rstrip(), 'text')}"] if text else []


def _outputs(printed: str, figures: list[str]) -> list[Any]:
    said = [NODE(output_type="stream", name="stdout", text=printed)] if printed else []
    return said + [NODE(output_type="display_data", data={"image/svg+xml": svg}, metadata={}) for svg in figures]


def _code(source: str, outputs: list[Any], name: str, count: int, metadata: Any = None) -> Any:
    source = source.rstrip()
    return NODE(cell_type="code", source=source, outputs=outputs, execution_count=count, id=name, metadata=metadata or NODE())


def _words(text: str, name: str) -> list[Any]:
    return [NODE(cell_type="markdown", source=text, id=name, metadata=NODE())] if text else []
