"""What stands below each answer (when it last changed, the ways to mend and to continue it) and what search engines read."""

import re
import subprocess
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from evidence.read.pages import Page
from evidence.read.questions import Question
from evidence.read.rules import shown_lines
from evidence.read.syntax import CITATION
from evidence.read.topics import form_of
from evidence.render.escape import href, json_script
from evidence.render.forms import FORMS

WORDS_A_MINUTE, LINES_A_MINUTE = 220, 40  # of prose, of code
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@lru_cache(maxsize=4)
def _changes(root: Path) -> dict[str, str]:
    """The day (ISO 8601) of the last commit of each file under docs/ and snippets/; none where git knows nothing of them."""
    command = ["git", "log", "--format=%x00%cs", "--name-only", "--relative", "--", "docs", "snippets"]
    try:
        text = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, str] = {}
    for commit in text.split("\x00")[1:]:
        day, *files = commit.split("\n")
        for file in filter(None, files):
            found.setdefault(file, day)
    return found


def last_changed(root: Path, page: Page) -> str:
    """The day on which a page or a snippet that it shows last changed, or ""."""
    changes = _changes(root)
    return max((changes.get(path, "") for path in {page.path, *(line.path for line in page.lines)}), default="")


def footer(question: Question, line: int, repository: str, day: str) -> str:
    """The line below an answer, as HTML; "" where neither the repository nor the day is known.

    Args:
        question: the question that was answered.
        line: where it stands in its page.
        repository: the repository's address, or "".
        day: when its page last changed, or "".
    """
    parts = []
    if repository:
        ways = {
            "Edit this answer": f"{repository}/edit/main/{quote(question.page)}#L{line}",
            "Report a mistake": _issue(repository, "wrong-answer.yml", f"Wrong answer: {question.id}", question=question.id),
            "Ask a follow-up": _issue(repository, "new-question.yml", "Question: ", follows=question.id),
        }
        if question.withheld:
            ways = {"Mend this answer": ways["Edit this answer"]}
        parts += [f'<a href="{escape(way)}">{name}</a>' for name, way in ways.items()]
    if day:
        parts.append(f'last changed <time datetime="{day}">{day}</time>')
    return f'<p class="question-footer">{" · ".join(parts)}</p>' if parts else ""


def page_bar(pages: list[Page], asked: list[Question], ran: str, up: str | None) -> str:
    """The line below a page's title, as HTML: how long it reads, when its evidence last ran, its other forms.

    Args:
        pages: the page; if it is a topic's, with those of the questions that stand beside it.
        asked: their questions.
        ran: the day on which the oldest of their evidence ran, or "".
        up: the way from the page to the site's root, or None where its other forms are not there to be linked.
    """
    if not asked:
        return ""
    minutes = round(sum(_minutes(page, [question for question in asked if question.page == page.path]) for page in pages)) or 1
    held = sum(bool(question.withheld) for question in asked)
    counted = f"{len(asked)} question{'s' if len(asked) > 1 else ''}" + (f", {held} withheld" if held else "")
    whole = "with every answer and its code" if len(pages) > 1 else "with the code"
    facts = [counted] * (not pages[0].asks) + [f"{minutes} min to read {whole}"]
    if ran:
        facts.append(f'evidence last ran <time datetime="{ran}">{ran}</time>')
    way_to = href(f"{up}{form_of(pages[0].path)}")
    ways = [f'<a href="{way_to}.{form.ending}" download>{form.name}</a>' for form in FORMS] if up is not None else []
    if ways:
        ways.append(f'<button type="button" class="page-copy" data-from="{way_to}.md" hidden>Copy page</button>')
    return f'<p class="page-bar"><span>{" · ".join(facts)}</span> <span class="evidence-links">{" ".join(ways)}</span></p>'


def _minutes(page: Page, asked: list[Question]) -> float:
    """How long a page reads, without what is withheld."""
    hidden = {k for question in asked if question.withheld for k in range(question.start + 1, question.end)}
    words = sum(len(x.text.split()) for k, x in enumerate(page.lines) if x.path == page.path and k not in hidden)
    code = sum(len(shown_lines(fence)) for fence in page.fences if fence.first not in hidden)
    return words / WORDS_A_MINUTE + code / LINES_A_MINUTE


def _issue(repository: str, template: str, title: str, **fields: str) -> str:
    """The address of a new issue with some of its form's fields filled in."""
    return f"{repository}/issues/new?" + urlencode({"template": template, "title": title} | fields, quote_via=quote)


def structured_data(asked: list[Question], day: str, cited: dict[str, str]) -> str:
    """The questions of a page and their short answers in the words of schema.org, as JSON-LD in a script element.

    Args:
        asked: the page's questions.
        day: when the page last changed, or "".
        cited: the address of each source, by its key.
    """
    entities = []
    for question in asked:
        sources = [cited[key] for key in question.cited if key in cited]
        answer = {"@type": "Answer", "text": plain(question.answer), "url": f"#{question.id}", "citation": sources}
        entities.append({"@type": "Question", "@id": f"#{question.id}", "name": plain(question.title), "acceptedAnswer": answer})
    data = {"@context": "https://schema.org", "@type": "FAQPage", "license": LICENCE, "mainEntity": entities}
    if day:
        data["dateModified"] = day
    return f'<script type="application/ld+json">{json_script(data)}</script>'


def plain(markdown: str) -> str:
    """A short answer without its markup; formulas stay LaTeX, citations go."""
    text = re.sub(rf"\s*{CITATION}", "", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|`|(?<!\\)\$|(?<!\w)\*|\*(?!\w)", "", text)
