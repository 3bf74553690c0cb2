"""Expand `--8<-- "file"` and `--8<-- "file:section"` as pymdownx.snippets does, and raise where it would be silent."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import EvidenceError, read_text

INCLUDE = re.compile(r"""^(?P<prefix>[> \t]*)-{1,}8<-{1,}[ \t]+(?P<quote>["'])(?P<target>.+?)(?P=quote)[ \t]*$""")
BLOCK = re.compile(r"^[> \t]*-{1,}8<-{1,}[ \t]*$")
SECTION = re.compile(r"(?i)-{1,}8<-{1,}[ \t]+\[[ \t]*(?P<type>start|end)[ \t]*:[ \t]*(?P<name>[a-z][-_0-9a-z]*)[ \t]*\]")


@dataclass(frozen=True)
class Line:
    """One line of an expanded page and where it was written."""

    text: str
    path: str  # relative to the project
    number: int  # counted from 1


def expand(root: Path, path: str, text: str) -> list[Line]:
    """Return the lines of a page with its includes replaced by what they name.

    Args:
        root: the project; the targets of includes are relative to it.
        path: the page, relative to root, for messages.
        text: the page's Markdown.

    Raises:
        EvidenceError: a missing file, a path outside the project, a circle, a section that is never opened, never closed
            or defined twice, or pymdownx's block notation, which this site does not use.
    """
    return _expand(root, [Line(t, path, n) for n, t in enumerate(text.split("\n"), 1)], (path,))


def _expand(root: Path, lines: list[Line], stack: tuple[str, ...]) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        match = INCLUDE.match(line.text)
        if match:
            prefix = match["prefix"]
            out += [
                Line((prefix + got.text).rstrip(" ") if not got.text else prefix + got.text, got.path, got.number)
                for got in _target(root, match["target"], line, stack)
            ]
        elif BLOCK.match(line.text):
            raise EvidenceError(line.path, line.number, 'found the block form of an include; write --8<-- "path/of/file.py"')
        else:
            out.append(line)
    return out


def _target(root: Path, target: str, at: Line, stack: tuple[str, ...]) -> list[Line]:
    path, _, section = target.partition(":")
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()):
        raise EvidenceError(at.path, at.number, f"includes {path!r}, which lies outside the project")
    if not file.is_file():
        raise EvidenceError(at.path, at.number, f"includes {path!r}, and there is no such file; start at the project's root")
    name = file.relative_to(root.resolve()).as_posix()
    if name in stack:
        raise EvidenceError(at.path, at.number, f"includes itself in a circle: {' -> '.join((*stack, name))}")
    text = read_text(file, name).removesuffix("\n")
    lines = [Line(t, name, n) for n, t in enumerate(text.split("\n"), 1)]
    sections = _sections(lines)
    if section:
        if section not in sections:
            known = ", ".join(sorted(sections)) or "none"
            raise EvidenceError(
                at.path,
                at.number,
                f"includes section {section!r} of {name}, which is never opened there (sections found: {known}); "
                f"open it with a line `# --8<-- [start:{section}]`",
            )
        start, end = sections[section]
        lines = lines[start:end]
    lines = [line for line in lines if not SECTION.search(line.text)]
    if section:
        texts = textwrap.dedent("\n".join(line.text for line in lines)).split("\n")
        lines = [Line(t, line.path, line.number) for t, line in zip(texts, lines, strict=True)] if lines else []
    return _expand(root, lines, (*stack, name))


def _sections(lines: list[Line]) -> dict[str, tuple[int, int]]:
    """Map each section's name to the slice of lines between its markers."""
    opened: dict[str, int] = {}
    closed: dict[str, tuple[int, int]] = {}
    for index, line in enumerate(lines):
        match = SECTION.search(line.text)
        if not match:
            continue
        name = match["name"]
        if match["type"].lower() == "start":
            if name in opened or name in closed:
                raise EvidenceError(line.path, line.number, f"defines section {name!r} twice; give the second another name")
            opened[name] = index
        elif name in opened:
            closed[name] = (opened.pop(name) + 1, index)
        else:
            raise EvidenceError(line.path, line.number, f"closes section {name!r}, which is not open here")
    for name, index in opened.items():
        line = lines[index]
        raise EvidenceError(
            line.path, line.number, f"opens section {name!r} and never closes it; add a line `# --8<-- [end:{name}]`"
        )
    return closed
