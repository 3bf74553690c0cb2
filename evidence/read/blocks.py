"""Which lines of a page are fences, which lie in comments, which are prose: the one reader of a page's structure.

It takes what Python-Markdown, pymdownx.superfences and CommonMark read alike, and refuses what they read in different ways.
"""

import re
from dataclasses import dataclass, field

from evidence.read.syntax import BEHIND_A_MARKER, CODE_SPAN, FENCE, HOLDS_INDENTED

INDENTED = "Markdown shows it as an indented block of code; begin it as far left as the text around it"


@dataclass(frozen=True)
class Block:
    """A fence: the indices of its first and last line, both marks included."""

    first: int
    last: int
    prefix: str
    mark: str
    info: str


@dataclass
class Scan:
    """The structure of a page, by the indices of its lines."""

    blocks: dict[int, Block] = field(default_factory=dict)  # by their first line
    hidden: set[int] = field(default_factory=set)  # lines that begin inside a comment
    apart: set[int] = field(default_factory=set)  # these, and what stands in a fence below its opening mark
    problems: list[tuple[int, str]] = field(default_factory=list)


def scan(texts: list[str]) -> Scan:
    """Read the structure of a page from its lines, which hold no tabs."""
    found = Scan()
    comment: int | None = None  # where the open one starts
    index = 0
    while index < len(texts):
        opening = opens(texts[index])
        if opening is None:
            if comment is not None:
                found.hidden.add(index)
                found.apart.add(index)
            elif (late := BEHIND_A_MARKER.match(texts[index])) and opens(late["rest"]):
                message = "found a fence behind a list marker; start it on a line of its own, indented below the item"
                found.problems.append((index, message))
            elif _indented_code(texts, index, found):
                found.problems.append((index, f"found {texts[index].strip()!r} indented: {INDENTED}, or put code into a fence"))
            comment = _open_comment(texts[index], index, comment)
            index += 1
            continue
        block = _block(texts, index, opening, found)
        if block is None:
            said = opening["mark"] + opening["info"]
            found.problems.append((index, f"opens a fence ({said}) that is never closed; close it with {opening['mark']}"))
            return found
        if comment is not None:
            message = (
                f"found a fence inside the comment that starts at line {comment + 1}; end the comment before it, or delete it"
            )
            found.problems.append((index, message))
            found.hidden.update(range(index, block.last + 1))
        else:
            if not _held(texts, index, found):
                found.problems.append((index, f"found a fence indented by {len(block.prefix)}: {INDENTED}"))
            found.blocks[index] = block
        found.apart.update(range(index + 1, block.last + 1))
        index = block.last + 1
    if comment is not None:
        found.problems.append((comment, "opens a comment that is never closed; close it with `-->`"))
    return found


def opens(text: str) -> re.Match[str] | None:
    """The opening mark of a fence, if the line is one; three backticks and more that close on the line are a code span."""
    match = FENCE.match(text)
    return None if match is None or (match["mark"][0] == "`" and "`" in match["info"]) else match


def code_of(text: str, prefix: str) -> str:
    """A line of a fence without what stands before the fence."""
    return text[len(prefix) :] if text.startswith(prefix) else ""


def _block(texts: list[str], first: int, opening: re.Match[str], found: Scan) -> Block | None:
    """The fence that opens at a line, with what is wrong inside it noted; None where nothing closes it."""
    prefix, mark = opening["prefix"], opening["mark"]
    nearly = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ ]*$")
    inside = f"in the fence that opens at line {first + 1}"
    for index in range(first + 1, len(texts)):
        text, rest = texts[index], code_of(texts[index], prefix)
        apart = not text.startswith(prefix) and text.strip() != prefix.strip()
        closes = bool(nearly.match(text.lstrip("> ") if apart else rest))
        if apart:
            found.problems.append((index, f"found {text!r} {inside}; each of its lines starts as that one, with {prefix!r}"))
        elif closes and rest.rstrip(" ") != mark:
            found.problems.append((index, f"found {rest!r} {inside}; close it with {mark}, or open it with a longer mark"))
        if closes:
            return Block(first, index, prefix, mark, opening["info"])
    return None


def _open_comment(text: str, index: int, opened: int | None) -> int | None:
    """Where the comment starts that is still open behind a line, if there is one."""
    rest = text
    while True:
        if opened is not None:
            _, closed, rest = rest.partition("-->")
            if not closed:
                return opened
        _, opens_again, rest = CODE_SPAN.sub("", rest).partition("<!--")
        if not opens_again:
            return None
        opened = index


def _indented_code(texts: list[str], index: int, found: Scan) -> bool:
    starts = texts[index].strip() and not (index and texts[index - 1].startswith("    "))
    return bool(starts) and not _held(texts, index, found)


def _held(texts: list[str], index: int, found: Scan) -> bool:
    """Whether the indentation of a line belongs to a list, a note or a tab above it, and so on outwards."""
    need, at = _indent(texts[index]), index
    while need >= 4:
        outer = (k for k in range(at - 1, -1, -1) if texts[k].strip() and k not in found.apart and _indent(texts[k]) < need)
        at = next(outer, -1)
        while at > 0 and not HOLDS_INDENTED.match(texts[at]) and texts[at - 1].strip():
            at -= 1  # to the first line of its paragraph
        if at < 0 or not HOLDS_INDENTED.match(texts[at]) or not 4 <= need - _indent(texts[at]) < 8:
            return False
        need = _indent(texts[at])
    return True


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
