"""The rules of an answer: what the page of a question has to hold, beside what its syntax asks for."""

import re
from collections.abc import Iterator

from evidence.errors import EvidenceError
from evidence.read.model import Fence, Page
from evidence.read.syntax import CITATION, HEADING

NEEDED = ("Why", "In practice", "Sources")
LONGEST_ANSWER = 60  # words
NUMBER = re.compile(r"(?<![\w.])\d+\.?\d*(?:e[-+]?\d+)?")
MEASURED = re.compile(r"(?<![\w.])(?:\d+\.\d+|\d+(?= ?%))")


def answer_faults(page: Page) -> Iterator[EvidenceError]:
    """What a question's page lacks, each thing with its line."""
    if not page.asks:
        return
    own = [(line.text, line.number) for line in page.lines if line.path == page.path]
    own = [(text, number) for text, number in own if number > page.asks.line]
    first = next(_paragraphs(own), ("", page.asks.line))
    judged = first[0].startswith("**Verdict: ")
    answer, line = [*_paragraphs(own), ("", page.asks.line), ("", page.asks.line)][judged]
    words = len(answer.split())
    if not words or answer.startswith(("#", "```", "~~~", "<", "|")) or words > LONGEST_ANSWER:
        message = f"expected a short answer of at most {LONGEST_ANSWER} words, found {words} words: {answer[:60]!r}"
        yield EvidenceError(page.path, line, message)
    parts = {match["title"]: number for text, number in own if (match := HEADING.match(text)) and len(match["level"]) == 2}
    for needed in NEEDED:
        if needed not in parts:
            yield EvidenceError(page.path, page.asks.line, f"lacks `## {needed}`")
    for text, number in own:
        if "TODO" in text:
            yield EvidenceError(page.path, number, f"is not filled in: {text.strip()}")
    told = "\n".join(text for text, number in own if number > parts.get("Sources", page.asks.line))
    if "Sources" in parts and not re.search(CITATION, told):
        yield EvidenceError(page.path, parts["Sources"], "its sources cite nothing: `- [@key, sec. 3.1]: what stands there.`")
    for fence in page.fences:
        yield from typed_faults(fence)


def _paragraphs(lines: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Each paragraph with the number of its first line."""
    held: list[tuple[str, int]] = []
    for text, number in [*lines, ("", 0)]:
        if text.strip():
            held.append((text.strip(), number))
        elif held:
            yield "\n".join(text for text, _ in held), held[0][1]
            held = []


def typed_faults(fence: Fence) -> Iterator[EvidenceError]:
    """What was measured and then typed into the words for a fence's figures."""
    for words in fence.figures:
        for said in words:
            if found := typed_numbers(fence.code, said):
                message = f"{said[:40]!r} holds {', '.join(found)}: say it in words, or with a bound that the snippet asserts"
                yield EvidenceError(fence.page, fence.line, message)


def typed_numbers(code: str, said: str) -> list[str]:
    """Decimals and percentages in what is said of a figure that its code does not hold: somebody measured and typed them.

    Counts and settings are whole numbers, and bounds that a claim keeps to stand in its assertions; what a run measures
    stands in its output and its drawing alone, since it changes with the seed and the machine.
    """
    known = {round(float(number), 9) for number in NUMBER.findall(code)}
    known |= {round(100 * number, 9) for number in known}
    said = re.sub(CITATION, "", said)
    return [number for number in MEASURED.findall(said) if round(float(number), 9) not in known]
