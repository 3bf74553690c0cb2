"""A topic at a glance: every question that stands beside its page, with its verdict and its short answer."""

from markdown.extensions.toc import slugify

from evidence.read.questions import Question, moved
from evidence.render.escape import text
from evidence.render.foreign import Made
from evidence.render.withheld import box


def at_a_glance(asked: list[Question], start: str) -> list[str]:
    """The Markdown that stands in a topic's page (start) for its questions."""
    out: list[str] = []
    for question in asked:
        out += [f"## {question.link(start, question.title)} {{ #{question.id} }}", "", _arrivals(question), ""]
        if question.withheld:
            out += [Made(box("This answer", question.withheld, lambda _: "")), ""]
            continue
        if question.judged:
            out += [moved(question.judged, question.page, start), ""]
        out += [moved(question.answer, question.page, start), ""]
        if question.status != "answered":
            out += [f"**Status: {text(question.status)}.** {moved(question.note, question.page, start)}", ""]
        out += [f"[The evidence, the reason and what to do]({question.way(start)})", ""]
    return out


def _arrivals(question: Question) -> str:
    """Where links arrive that name a part of the answer: once it stood here whole."""
    places = [f'<span id="{question.id}-{slugify(part, "-")}"></span>' for part in question.parts]
    # as the author's own HTML, not out of the stash: so an engine knows these ids when it checks links
    return f"<div>{''.join(places)}</div>"
