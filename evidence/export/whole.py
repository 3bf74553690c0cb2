"""A page as its other forms need it: prose and snippets in their order, with everything that is generated in its place."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.export.form import check_in_markdown
from evidence.read.pages import Fence, Page
from evidence.read.questions import DIRECTIVE, EXPLORER, Question
from evidence.read.sources import Source
from evidence.read.syntax import CITATION, ONE, SHOW
from evidence.records.store import Records
from evidence.render import escape
from evidence.render.lists import expand_directive
from evidence.render.measured import Numbers
from evidence.render.withheld import in_markdown

HEADING_ID = re.compile(r"^(#{1,6} .*?)\s*(?:\{[^}]*\})?\s*$")


@dataclass(frozen=True)
class Whole:
    """A page, a topic's with all of its questions; what each form is made of."""

    pages: list[Page]  # the page itself comes first
    parts: list[str | Fence]
    records: Records
    known: dict[str, Source]
    address: str  # where the site will stand, or ""


def split(page: Page, asked: list[Question], root: Path, deeper: bool = False) -> list[str | Fence]:
    """A page as prose and runnable fences, in their order; what is generated, or withheld, has its words in its place.

    Args:
        page: the page.
        asked: the questions of the whole site.
        root: the project.
        deeper: lower each heading by a level, as the page stands below another one's title.
    """
    below = "#" * deeper
    read = {index for listing in page.listings for index in range(listing.first, listing.last)}
    starts = {fence.first: fence for fence in page.fences}
    withheld = {question.start: question for question in asked if question.page == page.path and question.withheld}
    records = Records(root)
    numbers = Numbers(page, records)
    checks = {check.first: check for check in page.checks}
    out: list[str | Fence] = []
    prose: list[str] = []
    index = 0
    while index < len(page.lines):
        text = page.lines[index].text
        if question := withheld.get(index):
            prose += [
                f"{below}{'#' if question.whole else '##'} {question.title}",
                "",
                in_markdown("This answer", question.withheld),
                "",
            ]
            index = question.end - 1
        elif (fence := starts.get(index)) and (why := records.doubt(fence)):
            prose += ["", in_markdown("This example", [(fence, why)]), ""]
            index = fence.last
        elif fence:
            words = [(numbers.plain(alt), numbers.markdown(caption)) for alt, caption in fence.figures]
            out += ["\n".join(prose), replace(fence, figures=words)]
            prose, index = [], fence.last
        elif check := checks.get(index):
            prose += check_in_markdown(check, records, numbers)
            index = check.last
        elif SHOW.match(text):
            pass  # here the code comes first
        elif (directive := DIRECTIVE.match(text)) and directive[1] == "answers":
            pass  # they follow whole
        elif directive:
            lines = expand_directive(directive[1], page.path, asked, root)
            prose += [line for line in lines if "index-filter" not in line]
        elif EXPLORER.match(text):  # nothing moves here: it goes, and so does the paragraph that says how to use it
            index = next((k for k in range(index + 2, len(page.lines)) if not page.lines[k].text.strip()), index)
        elif heading := HEADING_ID.match(text) if index not in read else None:
            prose.append(below + numbers.markdown(heading[1]))
        else:
            prose.append(numbers.markdown(text))
        index += 1
    return [part for part in [*out, "\n".join(prose)] if not isinstance(part, str) or part.strip()]


def cited(text: str, known: dict[str, Source]) -> str:
    """The same Markdown with its citations as links."""

    def links(match: re.Match[str]) -> str:
        ones = [(known[one[1]], one[2]) for one in ONE.finditer(match[1])]
        names = [source.named(text, match.start(), match.end()) for source, _ in ones]
        return "; ".join(
            f"[{escape.text(name)}]({source.url}){', ' + where.strip() if where else ''}"
            for name, (source, where) in zip(names, ones, strict=True)
        )

    return re.sub(CITATION, links, text)
