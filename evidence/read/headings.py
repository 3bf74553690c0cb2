"""Headings: the one way to write them that Markdown, the index and the run understand alike."""

import re
from dataclasses import dataclass

from evidence.read.syntax import CODE_SPAN, HEADING, ID, LIKE_A_HEADING, UNDERLINE

EXPECTED = "expected `## The question? { #its-id }`, the id in plain letters, digits and hyphens"


@dataclass(frozen=True)
class Heading:
    """A heading; on level 2, with an id, it is a question."""

    level: int
    title: str
    id: str
    line: int


def read_heading(text: str, line: int) -> Heading | None:
    """The heading that a line is, if it is one."""
    match = HEADING.match(text)
    if not match:
        return None
    named = ID.match(match["attributes"] or "")
    return Heading(len(match["level"]), match["title"], named["id"] if named else "", line)


def heading_fault(text: str, before: str) -> str:
    """Say what is wrong with a line that Markdown takes for a heading, or ""; `before` is the line above it."""
    visible = CODE_SPAN.sub("", text)
    match = HEADING.match(text)
    if match is None:
        if LIKE_A_HEADING.search(visible):
            return f"found the heading {text.strip()!r}; {EXPECTED}, at the start of the line"
        if UNDERLINE.match(text) and before.strip("> "):
            return f"found a heading that is underlined, {before.strip()!r}; {EXPECTED} (or an empty line above a rule)"
        return ""
    if match["attributes"] and not ID.match(match["attributes"]):
        return f"found the heading's id {match['attributes']!r}; {EXPECTED}"
    if re.search(r"\{[^{}]*#", CODE_SPAN.sub("", match["title"])):
        return f"found {match['title']!r}, which holds an id that is not its end; {EXPECTED}"
    if re.search(r"\]\s*[(\[]", match["title"]):
        return "found a link in a heading, and the heading is itself the text of links; put the link below it"
    return ""
