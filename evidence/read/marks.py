"""Verdicts, statuses and citations: each has one form, and what only looks like one is a fault with its line.

Markdown would show it as it is typed, and no list, index or search would know of it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.read.model import Page
from evidence.read.sources import BIBLIOGRAPHY, bibliography_faults, sources
from evidence.read.syntax import (
    CHECK,
    CITATION,
    CODE_SPAN,
    LIKE_A_CITATION,
    LIKE_A_STATUS,
    LIKE_A_VERDICT,
    ONE,
    STATUS,
    VERDICT,
)

COMMENT = re.compile(r"<!--.*?-->", re.S)
NO_TEXT = re.compile(rf"{CODE_SPAN.pattern}|(?<!\\)\$[^$]+\$", re.S)
FORMS = (
    (LIKE_A_VERDICT, VERDICT, "`**Verdict: holds.**`, `**Verdict: holds when …**` or `**Verdict: does not hold.**`"),
    (
        LIKE_A_STATUS,
        STATUS,
        "`**Status: open.**` or `**Status: contested.**`, with what is known behind it",
    ),
)
CITED = "`[@key]`, `[@key, sec. 2]` or `[@one, p. 3; @other]`, each key in small letters as in docs/references.bib"


def mark_faults(root: Path, page: Page) -> Iterator[EvidenceError]:
    """What is wrong with the verdicts, statuses and citations of a page."""
    code = {k for fence in page.fences for k in range(fence.first, fence.first + len(fence.origin) + 2)}
    code |= {k for shown in page.listings for k in range(shown.first, shown.last + 1)}
    own = [(line.number, "" if k in code else line.text) for k, line in enumerate(page.lines) if line.path == page.path]
    for number, paragraph in _paragraphs(own):
        for n, text in enumerate(paragraph.split("\n")):
            for like, form, expected in FORMS:
                if like.match(text) and (n or not form.match(paragraph)):
                    said = f"found {text.strip()[:60]!r}; expected at the start of a paragraph {expected}"
                    yield EvidenceError(page.path, number + n, said)
    yield from citation_faults(root, page.path, own)


def citation_faults(root: Path, path: str, lines: list[tuple[int, str]]) -> Iterator[EvidenceError]:
    """What is wrong with the citations of a text.

    Args:
        root: the project.
        path: the file that the text stands in.
        lines: its lines with their numbers, where code stands empty ones.
    """
    known = None if bibliography_faults(root) else sources(root)  # what is wrong with that file is said once
    for number, paragraph in _paragraphs(lines):
        text = NO_TEXT.sub(_blank, paragraph)
        for like in LIKE_A_CITATION.finditer(text):
            line = number + text[: like.start()].count("\n")
            found = re.compile(CITATION).match(text, like.start())
            if text[: like.start()].endswith("\\"):
                continue
            if not found:
                yield EvidenceError(path, line, f"found {' '.join(like[0].split())!r}; expected {CITED}")
                continue
            for one in ONE.finditer(found[1]):
                if known is not None and one[1] not in known:
                    yield EvidenceError(path, line, f"cites @{one[1]}, which {BIBLIOGRAPHY} does not hold")


def _paragraphs(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each paragraph with the number of its first line; what only a comment says is left out."""
    text = COMMENT.sub(lambda found: found[0] if CHECK.match(found[0]) else _blank(found), "\n".join(text for _, text in lines))
    held: list[str] = []
    first = 0
    for (number, _), line in zip([*lines, (0, "")], [*text.split("\n"), ""], strict=True):
        if line.strip():
            first = first if held else number
            held.append(line)
        elif held:
            yield first, "\n".join(held)
            held = []


def _blank(found: re.Match[str]) -> str:
    """As many lines without a word."""
    return re.sub(r"[^\n]", " ", found[0])
