"""The words of the site: the glossary, and other words for which the search should find a question."""

import re
from pathlib import Path

from evidence.errors import EvidenceError

GLOSSARY = "docs/glossary.md"
SYNONYMS = "docs/synonyms.txt"
ALIAS = re.compile(r"(?P<short>[a-z0-9]+) = (?P<long>[a-z ]+)")
TERM = re.compile(r"^\*\[(?P<term>[^\]]+)\]: (?P<meaning>.+)$", re.M)


def terms(root: Path) -> dict[str, str]:
    """The meaning of each term; none where there is no glossary."""
    file = root / GLOSSARY
    return dict(TERM.findall(file.read_text(encoding="utf-8"))) if file.exists() else {}


def synonyms(root: Path) -> dict[str, str]:
    """Other words for which the search should find a question, by its id.

    Raises:
        EvidenceError: a line that is neither `question-id: other words` nor `short = long form`.
    """
    return _lines(root)[0]


def aliases(root: Path) -> dict[str, str]:
    """Short forms that the search reads as their long ones, wherever they are typed or stand.

    Raises:
        EvidenceError: as `synonyms`.
    """
    return _lines(root)[1]


def words_faults(root: Path) -> list[EvidenceError]:
    """What is wrong with docs/synonyms.txt: its first fault, or nothing."""
    try:
        _lines(root)
    except EvidenceError as error:
        return [error]
    return []


def _lines(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    file = root / SYNONYMS
    also: dict[str, str] = {}
    short: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.exists() else [], 1):
        name, colon, words = line.partition(": ")
        if match := ALIAS.fullmatch(line):
            short[match["short"]] = match["long"]
        elif colon and words and re.fullmatch(r"[\w-]+", name):
            also[name] = words
        elif line:
            raise EvidenceError(SYNONYMS, number, f"found {line!r}; expected `question-id: other words` or `short = long form`")
    return also, short
