"""Interactive pieces: `<!-- explorer: name -->` is the place that docs/assets/explorers/name.js fills."""

from pathlib import Path

from evidence.errors import EvidenceError
from evidence.render.furniture import relative_root


def place_of(name: str, page: str, line: int) -> str:
    """The place of an interactive piece, as HTML; without JavaScript there is nothing but the text below.

    Raises:
        EvidenceError: there is no such explorer.
    """
    script = f"assets/explorers/{name}.js"
    if not (Path.cwd() / "docs" / script).exists():
        raise EvidenceError(page, line, f"asks for the explorer {name!r}, and there is no docs/{script}")
    up = relative_root(page)
    room = "--lines:15;--figures:1"  # about as high as so much code and a figure
    return f'<div class="explorer" data-explorer="{name}" style="{room}"></div><script defer src="{up}{script}"></script>'
