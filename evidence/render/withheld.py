"""What stands in the place of an answer whose evidence does not stand: a calm box that says so, and why."""

import re
from collections.abc import Callable
from html import escape

from markdown import Markdown

from evidence.read.includes import Line
from evidence.read.pages import Fence
from evidence.read.questions import Question
from evidence.read.sources import Source
from evidence.render.answer import Anchors
from evidence.render.converting import Converting
from evidence.render.order import register
from evidence.render.written import read_written

SAID = "Its evidence does not stand at the moment, so nothing of it is shown."
ANCHOR = re.compile(r"""(?<![\w-])id=["']([^"']+)["']""")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def box(what: str, doubts: list[tuple[Fence, str]], source: Callable[[Fence], str]) -> str:
    """Return the box.

    Args:
        what: what is withheld, as "This answer".
        doubts: the fences for which it is, each with the reason.
        source: the link to a fence's source, as HTML, or "".
    """
    rows = "".join(
        f'<li><span class="evidence-name">{escape(fence.snippet)}</span> {source(fence)}'
        f'<span class="withheld-reason">{escape(_line(why))}</span></li>'
        for fence, why in doubts
    )
    opening = f'<div class="withheld" data-search-exclude style="--lines:{3 + 2 * len(doubts)};--figures:0">'
    return f"{opening}<p><strong>{escape(what)} is withheld.</strong> {SAID}</p><ul>{rows}</ul></div>"


def in_markdown(what: str, doubts: list[tuple[Fence, str]]) -> str:
    """The same in Markdown, for the other forms of a page. A reason is text, whatever it looks like."""
    inert = {ord(sign): f"&#{ord(sign)};" for sign in "&<[]@*_`$|"}
    rows = "\n".join(f"- {fence.snippet}: {_line(why).translate(inert)}" for fence, why in doubts)
    return f"**{what} is withheld.** {SAID}\n\n{rows}"


def ids(html: str) -> list[str]:
    """Every id of a piece of HTML, each once."""
    return list(dict.fromkeys(ANCHOR.findall(html)))


def landings(names: list[str]) -> str:
    """Where links arrive that lead into what is withheld; "" where there are none."""
    return "".join(["<div>", *(f'<span id="{name}"></span>' for name in names), "</div>"]) if names else ""


def _line(text: str) -> str:
    """A text as one line without control characters."""
    return " ".join(CONTROLS.sub(" ", text).split())


class Hidden:
    """Reads what is withheld: what is malformed there is refused as elsewhere, and links to its ids go on arriving."""

    def __init__(self, known: dict[str, Source], at: Converting) -> None:
        extensions = ["attr_list", "pymdownx.arithmatex", "pymdownx.superfences"]
        self.md = Markdown(extensions=extensions, extension_configs={"pymdownx.arithmatex": {"generic": True}})
        read_written(self.md, known, at)
        register(self.md, "anchors", Anchors(self.md))

    def anchors(self, question: Question, lines: list[Line]) -> list[str]:
        """Every id inside a question's section but its own.

        Raises:
            EvidenceError: a formula, a citation or HTML that no page can show.
        """
        runs = {k for fence in question.fences for k in range(fence.first, fence.last + 1)}
        prose = [lines[k].text for k in range(question.start + 1, question.end) if k not in runs]
        captions = [caption for fence in question.fences for _, caption in fence.figures]
        level = "#" if question.whole else "##"
        text = "\n".join([f"{level} {question.title} {{ #{question.id} }}", "", *prose, "", "\n\n".join(captions)])
        self.md.reset()
        return [name for name in ids(self.md.convert(text)) if name != question.id]
