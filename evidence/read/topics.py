"""A topic is a folder: its index.md leads to the questions that stand beside it, each a page of its own."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from evidence.errors import EvidenceError
from evidence.read.model import Page
from evidence.read.syntax import DIRECTIVE


def is_topic(page: str) -> bool:
    """Whether a page is the first one of its folder."""
    return PurePosixPath(page).name == "index.md"


@lru_cache(maxsize=4096)  # each page asks it of all others
def topic_of(page: str) -> str:
    """The path of the topic to which a question's page belongs."""
    return str(PurePosixPath(page).with_name("index.md"))


def form_of(page: str) -> str:
    """Where the other forms of a page stand in the site, without the ending; those of a topic hold its questions too."""
    path = PurePosixPath(page).relative_to("docs")
    return (path.parent if is_topic(page) and path.parent.name else path.with_suffix("")).as_posix()


def pages_of(page: Page, site: list[Page]) -> list[Page]:
    """A page with all questions that stand beside it, if it is their topic."""
    return [page, *(other for other in site if other.asks and topic_of(other.path) == page.path and other is not page)]


def topic_faults(pages: list[Page]) -> Iterator[tuple[Page, EvidenceError]]:
    """What is wrong with how questions and topics stand beside each other, each with the page that it is noted on."""
    known = {page.path: page for page in pages}
    for page in pages:
        if not page.asks:
            continue
        stem, line = PurePosixPath(page.path).stem, page.asks.line
        if is_topic(page.path):
            message = f"is a topic's page, and its title has the id {page.asks.id!r} of a question; take the id away"
            yield page, EvidenceError(page.path, line, message)
        elif page.asks.id != stem:
            message = f"found the id {page.asks.id!r}; a question's page is named after its id: call the file {page.asks.id}.md"
            yield page, EvidenceError(page.path, line, message)
        elif not page.fences and not page.problems:
            message = "asks a question, and nothing on its page runs; put a snippet there, or take the id of its title away"
            yield page, EvidenceError(page.path, line, message)
        elif topic_of(page.path) not in known:
            message = f"is a question, and there is no {topic_of(page.path)} that is its topic; write it, with its title"
            yield page, EvidenceError(page.path, line, message)
    for path in sorted({topic_of(page.path) for page in pages if page.asks} & known.keys()):
        topic = known[path]
        if not any((found := DIRECTIVE.match(line.text)) and found[1] == "answers" for line in topic.lines):
            message = "leads to none of the questions beside it; write `<!-- generate: answers -->` where their answers go"
            yield topic, EvidenceError(path, 1, message)
        for written in topic.lines:
            if "TODO" in written.text and written.path == path:
                yield topic, EvidenceError(path, written.number, f"is not filled in: {written.text.strip()}")
