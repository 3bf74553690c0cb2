"""`--8<-- "snippets/folder/file.py"` inside a `python` fence stands for the whole of a snippet's file."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from evidence.errors import EvidenceError, read_text
from evidence.read.syntax import LIKE_AN_INCLUDE

FOLDER = "snippets"


@dataclass(frozen=True)
class Line:
    """One line of an expanded page and where it was written."""

    text: str
    path: str  # relative to the project
    number: int  # counted from 1


def included(root: Path, name: str, path: str, number: int) -> list[Line]:
    """The lines of a snippet's file.

    Args:
        root: the project.
        name: the file, relative to it.
        path: the page that includes it, and the line where it does, for messages.
        number: that line.

    Raises:
        EvidenceError: a name that is no Python file below snippets/, a file that is missing, a link, malformed as a text,
            or that includes another.
    """
    plain = PurePosixPath(name)
    if plain.parts[:1] != (FOLDER,) or plain.suffix != ".py" or ".." in plain.parts or plain.as_posix() != name:
        expected = f"a page includes whole Python files below {FOLDER}/, as `{FOLDER}/dropout/scaling.py`"
        raise EvidenceError(path, number, f"includes {name!r}; {expected}")
    file = root / name
    if file.resolve() != root.resolve() / name:
        raise EvidenceError(path, number, f"includes {name!r}, which is a link to somewhere else; put the file itself there")
    if not file.is_file():
        raise EvidenceError(path, number, f"includes {name!r}, and there is no such file; start at the project's root")
    lines = [Line(text, name, n) for n, text in enumerate(read_text(file, name).removesuffix("\n").split("\n"), 1)]
    for line in lines:
        if LIKE_AN_INCLUDE.match(line.text):
            raise EvidenceError(name, line.number, f"found {line.text.strip()!r}; a snippet includes nothing, it is whole")
    return lines
