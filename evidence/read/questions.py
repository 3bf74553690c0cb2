"""The questions of the site, read off its pages."""

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from evidence.read.pages import Fence, Heading, Page
from evidence.read.sources import ONE
from evidence.read.syntax import CLAIM
from evidence.read.syntax import DIRECTIVE as DIRECTIVE
from evidence.read.syntax import EXPLORER as EXPLORER

VERDICTS = {"holds.": "holds", "holds when": "holds when …", "does not hold": "does not hold"}
CITED = re.compile(r"\[(@[^\]]+)\]")


@dataclass
class Question:
    """A section of a page: a question, its answer and its evidence."""

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

    def withhold(self, doubts: list[tuple[Fence, str]]) -> "Question":
        """The same question without anything of its answer; it counts as withheld, not as answered."""
        return replace(self, answer="", verdict="", status="withheld", note="", cited=[], withheld=doubts)

    def link(self, start: str, text: str) -> str:
        """A Markdown link to this question from a page."""
        return f"[{text}]({way(start, self.page)}#{self.id})"


def way(start: str, page: str) -> str:
    """The relative link from one page to another, its letters beyond ASCII, spaces and parentheses encoded."""
    return "../" * (len(PurePosixPath(start).parts) - 2) + quote(PurePosixPath(page).relative_to("docs").as_posix())


def cited_keys(text: str) -> set[str]:
    """The keys of all citations of a text."""
    return {one[1] for group in CITED.finditer(text) for one in ONE.finditer(group[1])}


def questions(pages: list[Page]) -> list[Question]:
    """Every question of the site: a heading of level 2 with an id, under which something runs."""
    found = []
    for page in pages:
        texts = [line.text if line.path == page.path else "" for line in page.lines]
        topic = next((text[2:].strip() for text in texts if text.startswith("# ")), page.path)
        starts = [
            (k, h)
            for h in page.headings
            if h.level == 2
            for k, x in enumerate(page.lines)
            if (x.path, x.number) == (page.path, h.line)
        ]
        ends = [k for k, _ in starts[1:]] + [len(texts)]
        for (start, heading), end in zip(starts, ends, strict=False):
            fences = [fence for fence in page.fences if start < fence.first < end]
            if fences:
                body = "\n".join(texts[start + 1 : end])
                found.append(_question(page.path, topic, heading, (start, end), body, fences))
    return found


def _question(page: str, topic: str, heading: Heading, span: tuple[int, int], body: str, fences: list[Fence]) -> Question:
    verdict = status = note = answer = ""
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        if paragraph.startswith("**Verdict: "):
            said = paragraph.removeprefix("**Verdict: ").lower()
            verdict = next((shown for start, shown in VERDICTS.items() if said.startswith(start)), "")
        elif match := re.match(r"\*\*Status: (contested|open)\.\*\*\s*(.*)", paragraph, re.S):
            status, note = match[1], " ".join(match[2].split())
        elif not answer and not CLAIM.match(paragraph) and paragraph[0] not in "#`<|":
            answer = " ".join(paragraph.split())
    cited = list(dict.fromkeys(one[1] for group in CITED.finditer(body) for one in ONE.finditer(group[1])))
    status = status or "answered"
    return Question(page, topic, heading.id, heading.title, answer, verdict, status, note, heading.line, *span, fences, cited)
