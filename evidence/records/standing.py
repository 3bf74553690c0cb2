"""What stands: an answer is shown only while all of its evidence does, and is withheld else, with the reason."""

from pathlib import Path

from evidence.read.labs import read_labs
from evidence.read.pages import Fence, Page
from evidence.read.questions import Question, questions
from evidence.records.store import Records


def standing(pages: list[Page], records: Records) -> list[Question]:
    """Every question of these pages, those whose evidence does not stand withheld."""
    asked, known = questions(pages), {page.path: page for page in pages}
    needed = [question.fences + _leant_on(question, known[question.page]) for question in asked]
    return [q.withhold(why) if (why := doubts(fences, records)) else q for q, fences in zip(asked, needed, strict=True)]


def _leant_on(question: Question, page: Page) -> list[Fence]:
    """The fences of a page's other answers whose numbers or outputs this one shows."""
    others = [fence for fence in page.fences if fence not in question.fences]
    within = range(question.start, question.end)
    printed = {id(fence) for check in page.checks if check.first in within for fence, _ in check.outputs}
    return [fence for fence in others if id(fence) in printed or any(use.index in within for use in fence.uses)]


def doubts(fences: list[Fence], records: Records) -> list[tuple[Fence, str]]:
    """The fences whose evidence does not stand, each with the reason."""
    return [(fence, why) for fence in fences if (why := records.doubt(fence))]


def standing_labs(root: Path, records: Records) -> list[Page]:
    """The labs whose run stands."""
    return [lab for lab in read_labs(root) if not lab.problems and not doubts(lab.fences, records)]


def published(pages: list[Page], records: Records) -> list[Fence]:
    """The fences of these pages that a reader may have: those of answers that stand, and those outside of answers that do."""
    asked = standing(pages, records)
    inside = {id(fence) for question in asked for fence in question.fences}
    answers = [fence for question in asked if not question.withheld for fence in question.fences]
    others = [fence for page in pages for fence in page.fences if id(fence) not in inside and not records.doubt(fence)]
    shown = {id(fence) for fence in answers + others}
    return [fence for page in pages for fence in page.fences if id(fence) in shown]
