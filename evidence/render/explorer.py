"""Interactive pieces: `<!-- explorer: name -->` is the place that docs/assets/explorers/name.js fills."""

from pathlib import Path

from evidence.errors import EvidenceError


def place_of(name: str, page: str, line: int, up: str) -> str:
    """The place of an interactive piece, as HTML; without JavaScript there is nothing but the text below.

    Args:
        name: the explorer.
        page: the page that asks for it, and the line where it does.
        line: that line.
        up: the way from the page to the site's root.

    Raises:
        EvidenceError: there is no such explorer.
    """
    script = f"assets/explorers/{name}.js"
    if not (Path.cwd() / "docs" / script).exists():
        raise EvidenceError(page, line, f"asks for the explorer {name!r}, and there is no docs/{script}")
    room = "--lines:15;--figures:1"  # about as high as so much code and a figure
    return f'<div class="explorer" data-explorer="{name}" style="{room}"></div><script defer src="{up}{script}"></script>'
