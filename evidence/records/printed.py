"""What a run printed, as a terminal would have shown it: no colours, no control characters, the last state of each line."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<numbers>[0-?]*)[ -/]*(?P<final>[@-~])"  # colours, moves of the cursor, erasing
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"  # titles and links
    r"|\x1b(?![\[\]PX^_])[ -/]*[0-~]"  # others of the terminal's own
)


def plain_text(output: str) -> str:
    """Return what a terminal would show of an output.

    A carriage return and a backspace go back over what stands there, colours and other sequences of the terminal leave
    nothing behind, and any other control character is shown by its picture (␀ for NUL), so that it is neither lost nor
    able to do anything.
    """
    if not CONTROL.search(output):
        return output
    return "\n".join(_line(line) if CONTROL.search(line) else line for line in output.split("\n"))


def _line(text: str) -> str:
    """One line, with what was written over it."""
    cells: list[str] = []
    column = at = 0
    while at < len(text):
        if found := SEQUENCE.match(text, at):
            if found["final"] == "K":  # erase: from here on (0), up to here (1), the line (2)
                keep = {"1": [*" " * min(column, len(cells)), *cells[column:]], "2": []}
                cells = keep.get(found["numbers"] or "0", cells[:column])
            at = found.end()
            continue
        sign = text[at]
        at += 1
        if sign == "\r":
            column = 0
        elif sign == "\b":
            column = max(column - 1, 0)
        elif sign != "\a":
            cells += [" "] * (column - len(cells))
            cells[column : column + 1] = [_picture(sign)]
            column += 1
    return "".join(cells)


def _picture(sign: str) -> str:
    """A control character's picture (of the C1 ones, which have none, the sign for an unknown character)."""
    if not CONTROL.match(sign):
        return sign
    code = ord(sign)
    return "\u2421" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else "\ufffd"
