"""The rules of the form: how long what is taught may be, how long an answer, and what must be the same everywhere.

They came after the first snippets. `RULES` says for each of them what it holds for.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from evidence.errors import EvidenceError
from evidence.read.headings import read_heading
from evidence.read.model import Fence, Page
from evidence.read.syntax import CLAIM, COMMENT, LIKE_A_CLAIM, LIKE_A_VERDICT, LINK
from evidence.read.tree import calls, nodes_of

LINES, WIDTH, WORDS = 30, 88, 700
SEEDS = re.compile(r"(?<![\w.,])(?P<count>\d{1,6}) seeds\b")
SHARED = ("the digits", "Fashion-MNIST", "one epoch", "IoU")  # the names of folds that hold the same lines wherever they stand
ALL, FORMED = "every page and snippet", "snippets with a proof or a knob, and the answers that show one"
RULES = {
    f"what a teaching part shows has at most {LINES} lines": FORMED,
    f"no line of code has more than {WIDTH} characters, as it would wrap": FORMED,
    f"an answer has at most {WORDS} words, without code, alt texts and sources": FORMED,
    f"snippets are formatted by ruff, for lines of {WIDTH} characters": FORMED,  # `make lint` and a test hold them to it
    "the digits are loaded in a fold of that name": FORMED,
    "a proof that says a number of seeds has a range, a list or a constant of that number": FORMED,
    "folds with one of the names " + ", ".join(SHARED) + " are the same lines": ALL,
    "a claim stands directly above its verdict, once": ALL,
    "a caption links to no other page, as engines make addresses of the links in prose alone": ALL,
}


def rule_problems(page: Page) -> Iterator[EvidenceError]:
    """What breaks a rule on one page."""
    for fence in page.fences:
        yield from _captions(fence)
        if fence.parts.formed:
            yield from _code(fence)
            yield from _seeds(fence)
    yield from _answers(page)
    yield from _claims(page)


def shown_lines(fence: Fence) -> list[int]:
    """The indices of the lines of a teaching part that a page shows open."""
    folded = {k for fold in fence.parts.folds for k in range(fold.first, fold.last + 1)}
    lines = [k for k in range(len(fence.parts.teaching(fence.origin))) if k not in folded]
    while lines and not fence.origin[lines[-1]].text.strip():
        lines.pop()
    return lines


def _code(fence: Fence) -> Iterator[EvidenceError]:
    lines = shown_lines(fence)
    if len(lines) > LINES:
        line = fence.origin[lines[LINES]]
        remedy = "fold what is no idea of its own (`# region: …`), or leave it to the proof"
        said = f"is line {LINES + 1} of {len(lines)} that a page would show open, at most {LINES}; {remedy}"
        yield EvidenceError(line.path, line.number, said)
    for line in fence.origin:
        if len(line.text) > WIDTH:
            yield EvidenceError(line.path, line.number, f"has {len(line.text)} characters, at most {WIDTH} do not wrap; break it")
    inside = {k for fold in fence.parts.folds if fold.name == SHARED[0] for k in range(fold.first, fold.last + 1)}
    for k, line in enumerate(fence.origin):
        if "load_digits(" in line.text and k not in inside:
            said = f"loads the digits outside of the fold `# region: {SHARED[0]}`, whose lines are the same in each snippet"
            yield EvidenceError(line.path, line.number, said)


def _captions(fence: Fence) -> Iterator[EvidenceError]:
    for _, caption in fence.figures:
        for page, place in LINK.findall(caption):
            if page:
                said = f"has a caption that links to {page + place!r}, which would lead nowhere; put the link into the text"
                yield EvidenceError(fence.page, fence.line, said)


def _seeds(fence: Fence) -> Iterator[EvidenceError]:
    """A number of seeds that a proof says, and that its code does not have."""
    match = SEEDS.search(fence.parts.said)
    if match and int(match["count"]) not in set(_counts(nodes_of(fence.code))):
        line = fence.origin[fence.parts.proof]
        said = f"says {match[0]!r}, and no range, list or constant of the code has that number; say how many there are"
        yield EvidenceError(line.path, line.number, said)


def _counts(nodes: tuple[ast.AST, ...]) -> Iterator[int]:
    """The numbers that a code could count by."""
    for node in nodes:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value
        elif isinstance(node, ast.Tuple | ast.List):
            yield len(node.elts)
        elif calls(node, "range"):
            numbers = [one.value for one in node.args if isinstance(one, ast.Constant) and type(one.value) is int]
            if len(numbers) == len(node.args) and 0 < len(numbers) <= 3 and numbers[2:] != [0]:
                yield len(range(*numbers))


def _answers(page: Page) -> Iterator[EvidenceError]:
    """Answers that show a formed snippet and are too long."""
    if not any(fence.parts.formed for fence in page.fences):
        return
    code = {k for fence in page.fences for k in range(fence.first, fence.first + len(fence.origin) + 2)}
    code |= {k for shown in page.listings for k in range(shown.first, shown.last + 1)}
    headings = [(k, h) for k, x in enumerate(page.lines) if k not in code and (h := read_heading(x.text, x.number))]
    whole = any(heading.level == 1 and heading.id for _, heading in headings)  # a page of its own for one question
    asked = [k for k, heading in headings if heading.level < (2 if whole else 3)]
    for start, end in pairwise([*asked, len(page.lines)]):
        if not any(start < fence.first < end and fence.parts.formed for fence in page.fences):
            continue
        count, counts, below = 0, True, dict(headings)
        for k in range(start + 1, end):
            if k in below:
                counts = below[k].title.strip() != "Sources"
            elif counts and k not in code and not COMMENT.match(page.lines[k].text):
                count += len(page.lines[k].text.split())
        if count > WORDS:
            line = page.lines[start]
            said = f"is answered in {count} words, at most {WORDS} without code and sources"
            yield EvidenceError(line.path, line.number, f"{said}; what does not fit is another question")


def _claims(page: Page) -> Iterator[EvidenceError]:
    """Claims that are malformed, or stand alone."""
    code = {k for fence in page.fences for k in range(fence.first, fence.last + 1)}
    code |= {k for shown in page.listings for k in range(shown.first, shown.last + 1)}
    for k, line in enumerate(page.lines):
        if k in code or not LIKE_A_CLAIM.match(line.text):
            continue
        end = next((n for n in range(k, len(page.lines)) if not page.lines[n].text.strip()), len(page.lines))
        below = next((x.text for x in page.lines[end:] if x.text.strip()), "")
        if not CLAIM.match(line.text):
            expected = "expected `**Claim:** the claim, in its own words` at the start of a paragraph"
            yield EvidenceError(page.path, line.number, f"found {line.text.strip()!r}; {expected}")
        elif not LIKE_A_VERDICT.match(below):
            said = "states a claim, and no verdict stands directly below; write `**Verdict: …**`"
            yield EvidenceError(page.path, line.number, said)


def unlike(pages: list[Page]) -> Iterator[EvidenceError]:
    """The shared folds of a site that differ from the first of their name."""
    first: dict[str, tuple[list[str], str]] = {}
    for fence in (fence for page in pages for fence in page.fences):
        for fold in fence.parts.folds:
            lines = fence.origin[fold.first : fold.last + 1]
            texts, place = [line.text for line in lines], f"{lines[0].path}:{lines[0].number}"
            known = first.setdefault(fold.name, (texts, place))
            if fold.name in SHARED and known[0] != texts:
                said = f"holds the fold {fold.name!r} in other lines than {known[1]}; a reader who knows it should know it here"
                yield EvidenceError(lines[0].path, lines[0].number, said)
