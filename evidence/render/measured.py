"""`[=name:format]` in any text of a page becomes what its snippet measured: the one place where that is done."""

import re
from collections.abc import Callable
from dataclasses import replace

from evidence.read.measured import meant, printed
from evidence.read.pages import Page
from evidence.read.questions import Question
from evidence.read.syntax import CODE_SPAN, LIKE_MEASURED, MEASURED
from evidence.records.store import Records


class Numbers:
    """The measured numbers of one page."""

    def __init__(self, page: Page, records: Records) -> None:
        self.measuring = [fence for fence in page.fences if fence.measures.line]
        self.records = records
        self.known: dict[str, dict[str, float | int | str]] = {}  # by the snippet

    def markdown(self, text: str) -> str:
        """A text of Markdown with its numbers; one without a record has its name there, marked."""
        return self._put(text, lambda name: f'<mark title="not measured yet">{name}</mark>')

    def plain(self, text: str) -> str:
        """A text without markup, as that in place of a picture."""
        return self._put(text, lambda name: f"({name}: not measured yet)")

    def _put(self, text: str, missing: Callable[[str], str]) -> str:
        if not LIKE_MEASURED.search(text):
            return text
        code = [span.span() for span in CODE_SPAN.finditer(text)]

        def number(match: re.Match[str]) -> str:
            if any(start <= match.start() < end for start, end in code):
                return match[0]
            found = self._value(match["snippet"] or "", match["name"], match["format"] or "")
            return (missing(match["name"]) if found is None else found) + (match["percent"] or "")

        return MEASURED.sub(number, text)

    def _value(self, snippet: str, name: str, form: str) -> str | None:
        """A number as a page shows it, or None where it is not measured, or cannot be shown so."""
        for fence in meant(self.measuring, snippet)[:1]:
            if fence.snippet not in self.known:
                record = self.records.load(fence)
                self.known[fence.snippet] = record.measured if record else {}
            if (value := self.known[fence.snippet].get(name)) is not None:
                try:
                    return printed(value, form)
                except ValueError:  # what is wrong with the format, the run says
                    return None
        return None


def told(asked: list[Question], pages: list[Page], records: Records) -> list[Question]:
    """Questions with the measured numbers of their verdicts, short answers and notes."""
    known = {page.path: page for page in pages}
    out = []
    for question in asked:
        if LIKE_MEASURED.search(question.judged + question.answer + question.note):
            plain = Numbers(known[question.page], records).plain
            question = replace(question, judged=plain(question.judged), answer=plain(question.answer), note=plain(question.note))
        out.append(question)
    return out
