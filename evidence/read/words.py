"""The words of the site: the glossary, and other words for which the search should find a question."""

import re
from pathlib import Path

from evidence.errors import EvidenceError

GLOSSARY = "docs/glossary.md"
SYNONYMS = "docs/synonyms.txt"
TERM = re.compile(r"^\*\[(?P<term>[^\]]+)\]: (?P<meaning>.+)$", re.M)


def terms(root: Path) -> dict[str, str]:
    """The meaning of each term; none where there is no glossary."""
    file = root / GLOSSARY
    return dict(TERM.findall(file.read_text(encoding="utf-8"))) if file.exists() else {}


def synonyms(root: Path) -> dict[str, str]:
    """Other words for which the search should find a question, by its id.

    Raises:
        EvidenceError: a line that is not `question-id: other words`.
    """
    file, out = root / SYNONYMS, {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.exists() else [], 1):
        name, colon, words = line.partition(": ")
        if line and not (colon and words and re.fullmatch(r"[\w-]+", name)):
            raise EvidenceError(SYNONYMS, number, f"found {line!r}; expected `question-id: other words`")
        out[name] = words
    return out
