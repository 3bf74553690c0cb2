"""A page as a notebook, with the outputs of its records."""

import re
from pathlib import PurePosixPath
from typing import Any

import nbformat

from evidence.export.form import fence_in_cells
from evidence.export.whole import Whole, cited

NODE: Any = nbformat.NotebookNode


def made(whole: Whole) -> bytes:
    """The page as a notebook, as nbformat writes it."""
    cells: list[Any] = []
    for n, part in enumerate(whole.parts):
        head = {"id": f"part-{n}", "metadata": {}}
        if isinstance(part, str):
            source = _absolute(cited(part, whole.known).strip(), whole.pages[0].path, whole.address)
            cells.append(NODE(cell_type="markdown", source=source, **head))
            continue
        captions = [f"*{cited(caption, whole.known)}*" for _, caption in part.figures]
        count = 1 + sum(cell.cell_type == "code" for cell in cells)
        cells += fence_in_cells(part, whole.records.load(part), captions, f"part-{n}", count)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = NODE(nbformat=4, nbformat_minor=5, metadata=NODE(kernelspec=NODE(kernel)), cells=cells)
    return (str(nbformat.writes(notebook)) + "\n").encode()  # type: ignore[no-untyped-call]


def _absolute(text: str, page: str, address: str) -> str:
    """Relative links made absolute; without an address, their text alone."""

    def link(match: re.Match[str]) -> str:
        label, path, anchor = match[1], match[2], match[3] or ""
        if not address:
            return label
        folder = PurePosixPath(page).relative_to("docs").parent
        parts: list[str] = []
        for part in (folder / path).parts if path else PurePosixPath(page).relative_to("docs").parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        target = re.sub(r"(?:^|/)index\.md$|\.(?:md|py)$", "/", "/".join(parts))
        return f"[{label}]({address.rstrip('/')}/{target.lstrip('/')}{anchor})"

    return re.sub(r"\[([^\]]+)\]\((?![a-z]+:)([^)#]*)(#[^)]*)?\)", link, text)
