"""A lab as a notebook with the outputs of its record, and as Markdown."""

import copy
import re
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from evidence.errors import EvidenceError
from evidence.read.pages import Fence, Page
from evidence.records.record import Record
from evidence.render.escape import fenced
from evidence.render.withheld import in_markdown

NODE: Any = nbformat.NotebookNode
AS_WRITTEN = {"extension": ".py", "format_name": "percent", "comment_magics": False}  # `# !ls` stays the comment that ran
DESCRIBED = re.compile(r"<!--\s*figure:.*?-->\s*Figure:.*?(?:\n\s*\n|\Z)", re.S)  # the words for figures stand with these
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def withheld_notebook(lab: Page, doubts: list[tuple[Fence, str]]) -> Any:
    """A notebook with the title of a lab that is withheld, and the reason; nothing else of it."""
    title = next((line.text for line in lab.lines if line.text.startswith("# ")), f"# {Path(lab.path).stem}")
    cell = NODE(cell_type="markdown", source=f"{title}\n\n{in_markdown('This lab', doubts)}", id="cell-0", metadata=NODE())
    return NODE(nbformat=4, nbformat_minor=5, metadata=NODE(kernelspec=NODE(KERNEL)), cells=[cell])


def notebook(root: Path, lab: Fence, record: Record | None) -> Any:
    """The lab as a notebook, with the outputs of its record (none where there is no record).

    Each picture's output carries its alt text and caption in its metadata, for the page that shows it.

    Raises:
        EvidenceError: the code cells of the notebook are not the code that ran, to the byte.
    """
    made = copy.deepcopy(jupytext.reads((root / lab.page).read_text(encoding="utf-8"), fmt=AS_WRITTEN))
    made.metadata["kernelspec"] = KERNEL
    made.metadata.pop("jupytext", None)
    for n, cell in enumerate(made.cells):
        cell["id"] = f"cell-{n}"
    codes = [cell for cell in made.cells if cell.cell_type == "code"]
    _compare(lab, [cell.source for cell in codes])
    figures = iter(record.figures if record else [])
    outputs = record.cells if record else []
    for n, (cell, fence) in enumerate(zip(codes, lab.cells, strict=True)):
        cell.execution_count = n + 1 if record else None
        if n >= len(outputs):
            continue
        text = outputs[n][0]
        if text:
            cell.outputs.append(NODE(output_type="stream", name="stdout", text=text))
        for alt, caption in fence.figures:
            data = {"image/svg+xml": next(figures), "text/plain": alt}
            said = {"alt": alt, "caption": caption}
            cell.outputs.append(NODE(output_type="display_data", data=data, metadata=said))
    return made


def lab_as_markdown(root: Path, lab: Page, record: Record | None) -> str:
    """The lab as Markdown, each cell of code followed by what it printed and by the words for its figures."""
    out: list[str] = []
    for cell in notebook(root, lab.fences[0], record).cells:
        if cell.cell_type == "markdown":
            out.append(DESCRIBED.sub("", cell.source).strip())
            continue
        out.append(fenced(cell.source, "python"))
        for output in cell.outputs:
            if output.output_type == "stream":
                out.append(f"It printed:\n\n{fenced(output.text.rstrip(), 'text')}")
            else:
                out.append(f"Figure: {output.metadata['caption']} ({output.metadata['alt']})")
    return "\n\n".join(part for part in out if part) + "\n"


def _compare(lab: Fence, sources: list[str]) -> None:
    """Hold the code of a notebook against what ran, cell by cell; the empty lines at a cell's end are no code."""
    ran = [cell.code.rstrip("\n") for cell in lab.cells]
    for cell, source, code in zip(lab.cells, sources, ran, strict=False):
        if source.rstrip("\n") != code:
            raise EvidenceError(lab.page, cell.line, f"has a cell that a notebook shows as {source!r}, and {code!r} ran")
    if len(sources) != len(ran):
        raise EvidenceError(lab.page, 1, f"has {len(ran)} cells of code that ran, and {len(sources)} as a notebook")
