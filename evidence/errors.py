"""One kind of refusal, with the page and the line in front."""

import errno
from pathlib import Path

import click


class EvidenceError(click.ClickException):
    """Something on a page, or in what it shows, that must not be published.

    It is a ClickException, so MkDocs ends with the message alone and exit status 1.
    """

    def __init__(self, path: Path | str, line: int, message: str) -> None:
        self.path = Path(path)
        self.line = line
        self.text = message
        super().__init__(f"{path}:{line}: {message}")


class Unshowable(Exception):
    """Something in a text that cannot be shown; whoever knows the page says where it stands."""

    def __init__(self, found: str, message: str) -> None:
        self.found = found  # what to look for in the page's lines
        super().__init__(message)


def unwritten(error: OSError) -> str:
    """Say of a file that cannot be written why, and what helps."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    helps = "make room on its disk" if full else "see whose it is (`ls -ld`) and whether its disk may be written (`mount`)"
    return f"cannot be written: {error.strerror}; {helps}"


def read_text(path: Path, shown_as: Path | str) -> str:
    """Read a UTF-8 file with Unix line endings.

    Raises:
        EvidenceError: the file is missing, is not UTF-8, or has CRLF line endings (a copied snippet would differ by bytes).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EvidenceError(shown_as, 1, f"cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise EvidenceError(
            shown_as, line, f"is not UTF-8: found {found}; save the file as UTF-8 (`iconv -f latin1 -t utf-8`)"
        ) from error
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        raise EvidenceError(shown_as, line, f"has Windows line endings (CRLF), expected LF; run `sed -i 's/\\r$//' {shown_as}`")
    return text.removeprefix("\ufeff")
