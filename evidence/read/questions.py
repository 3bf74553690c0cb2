"""The questions of the site, read off its pages."""

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

from evidence.read.headings import Heading, read_heading
from evidence.read.model import Fence, Page
from evidence.read.syntax import CITATION, CLAIM, LINK, ONE, STATUS, VERDICT
from evidence.read.syntax import DIRECTIVE as DIRECTIVE
from evidence.read.syntax import EXPLORER as EXPLORER
from evidence.read.topics import is_topic, topic_of

VERDICTS = {"holds": "holds", "conditional": "holds when …", "refuted": "does not hold"}  # by the kind, as lists name it
BOLD, SENTENCE = re.compile(r"(\*\*.*?(?:\*\*|$))(.*)"), re.compile(r".*?[.](?=\s|$)|.*")


@dataclass
class Question:
    """A page, or a section of one: a question, its answer and its evidence."""

    page: str
    topic: str
    id: str
    title: str
    answer: str
    verdict: str  # one of VERDICTS, or "" where the question is no claim of the notes
    status: str  # answered, contested or open; or withheld
    note: str  # what follows the status: what is known, what would settle it
    line: int  # of its heading
    start: int  # index of its heading among the expanded lines
    end: int  # index of the expanded line behind its last
    fences: list[Fence] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    withheld: list[tuple[Fence, str]] = field(default_factory=list)  # the fences for which it is, each with the reason
    judged: str = ""  # its verdict with its condition, as it is written
    parts: list[str] = field(default_factory=list)  # the headings within its answer
    whole: bool = False  # whether its page is its own

    def withhold(self, doubts: list[tuple[Fence, str]]) -> "Question":
        """The same question without anything of its answer; it counts as withheld, not as answered."""
        return replace(self, answer="", verdict="", judged="", status="withheld", note="", cited=[], withheld=doubts)

    def link(self, start: str, text: str) -> str:
        """A Markdown link to this question from a page."""
        return f"[{text}]({self.way(start)})"

    def way(self, start: str) -> str:
        """The relative link to this question from a page."""
        return way(start, self.page) + ("" if self.whole else f"#{self.id}")


def way(start: str, page: str) -> str:
    """The relative link from one page to another, its letters beyond ASCII, spaces and parentheses encoded."""
    return quote(relpath(page, PurePosixPath(start).parent))


def moved(text: str, page: str, start: str) -> str:
    """Markdown from one page as it must stand on another, so that its relative links lead where they led."""

    def link(match: re.Match[str]) -> str:
        path, anchor = match[1], match[2] or ""
        there = PurePosixPath(page).parent / path if path else page
        return f"]({relpath(there, PurePosixPath(start).parent)}{anchor})"

    return text if PurePosixPath(page).parent == PurePosixPath(start).parent and "](#" not in text else LINK.sub(link, text)


def cited_keys(text: str) -> set[str]:
    """The keys of all citations of a text."""
    return {one[1] for group in re.finditer(CITATION, text) for one in ONE.finditer(group[1])}


def questions(pages: list[Page]) -> list[Question]:
    """Every question of the site: a heading with an id, under which something runs.

    One of level 1 has its page to itself, and its topic is the page of its folder; one of level 2 is a part of its topic's page.
    """
    found = []
    topics = {page.path: page.title for page in pages if is_topic(page.path)}
    for page in pages:
        texts = [line.text if line.path == page.path else "" for line in page.lines]
        level = 1 if page.asks else 2
        topic = topics.get(topic_of(page.path), page.title) if page.asks else page.title
        starts = [
            (k, h)
            for h in page.headings
            if h.level == level
            for k, x in enumerate(page.lines)
            if (x.path, x.number) == (page.path, h.line)
        ]
        ends = [k for k, _ in starts[1:]] + [len(texts)]
        for (start, heading), end in zip(starts, ends, strict=False):
            fences = [fence for fence in page.fences if start < fence.first < end]
            if fences:
                body = "\n".join(texts[start + 1 : end])
                found.append(_question(page.path, topic, heading, (start, end), body, fences))
                found[-1].whole = bool(page.asks)
                spans = [(x.first, x.last) for x in fences] + [(x.first, x.last) for x in page.listings]
                code = {k for first, last in spans for k in range(first, last)}
                written = (read_heading(texts[k], 0) for k in range(start + 1, end) if k not in code)
                found[-1].parts = [heading.title for heading in written if heading]
    return found


def _sentence(verdict: str) -> str:
    """A verdict with its condition, without what follows: what is bold, and the rest of the sentence that it begins."""
    bold, rest = BOLD.fullmatch(" ".join(verdict.split())).groups()  # type: ignore[union-attr]
    return bold if bold.endswith(".**") else bold + SENTENCE.match(rest)[0]  # type: ignore[index]


def _question(page: str, topic: str, heading: Heading, span: tuple[int, int], body: str, fences: list[Fence]) -> Question:
    verdict = judged = status = note = answer = ""
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        if match := VERDICT.match(paragraph):
            verdict = VERDICTS[str(match.lastgroup)]
            judged = _sentence(paragraph)
        elif match := STATUS.match(paragraph):
            status, note = match["status"], " ".join(match["note"].split())
        elif not answer and not CLAIM.match(paragraph) and not paragraph.startswith(("#", "```", "<", "|")):
            answer = " ".join(paragraph.split())
    cited = list(dict.fromkeys(one[1] for group in re.finditer(CITATION, body) for one in ONE.finditer(group[1])))
    status = status or "answered"
    told = (answer, verdict, status, note, heading.line, *span, fences, cited)
    return Question(page, topic, heading.id, heading.title, *told, judged=judged)
