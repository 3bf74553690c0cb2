"""What is generated from the questions of the site: the index, the verdicts, the open questions and the references."""

import re
from collections import Counter
from html import escape
from pathlib import Path

from evidence.read.pages import Page
from evidence.read.questions import VERDICTS, Question, cited_keys, moved, way
from evidence.read.sources import sources
from evidence.read.topics import topic_of
from evidence.records import held
from evidence.records.standing import standing_labs
from evidence.records.store import Records
from evidence.render.escape import cell, text
from evidence.render.foreign import Made
from evidence.render.glossary import listed
from evidence.render.topic import at_a_glance


def _lab(lab: Page) -> tuple[str, set[str]]:
    """A lab's title and the keys that it cites."""
    texts = [line.text for line in lab.lines]
    title = next((said[2:].strip() for said in texts if said.startswith("# ")), lab.path)
    return title, cited_keys("\n".join(texts))


def expand_directive(kind: str, start: str, asked: list[Question], root: Path) -> list[str]:
    """The Markdown that stands in a page (start) in place of `<!-- generate: kind -->`, for the questions of the site."""
    if kind == "answers":
        return at_a_glance([question for question in asked if topic_of(question.page) == start and question.whole], start)
    if kind == "questions":
        return _index(asked, start, Records(root))
    if kind == "verdicts":
        return _verdicts(asked, start)
    if kind == "open":
        return _open(asked, start)
    if kind == "glossary":
        return listed(root)
    return _references(asked, start, root)


def _seeds(question: Question, records: Records) -> str:
    """For how many shifts of the seeds all snippets of a question held, or "" where that has not been run."""
    counts = [held.count(record.held, "seeds") for fence in question.fences if (record := records.load(fence))]
    if not counts or len(counts) < len(question.fences) or not all(tried for _, tried in counts):
        return ""
    return ", {} of {} seeds".format(*min(counts))


def _index(asked: list[Question], start: str, records: Records) -> list[str]:
    counted = Counter(q.status for q in asked)
    summary = ", ".join(f"{counted[s]} {s}" for s in ("answered", "contested", "open", "withheld") if counted[s])
    shown = sum(len(q.fences) for q in asked if not q.withheld)
    out = [f"{len(asked)} questions: {summary}; {shown} snippets.", ""]
    labels = sources(records.folder.parent)
    topics = list(dict.fromkeys(q.topic for q in asked))
    out += [_filter(topics, [s for s in counted], [v for v in VERDICTS.values() if any(q.verdict == v for q in asked)]), ""]
    for topic in topics:
        name = re.sub(r"\W+", "-", topic.lower()).strip("-")
        out += [
            f"## {topic} {{ #topic-{name} }}",
            "",
            "| question | status | verdict | evidence | sources |",
            "| --- | --- | --- | --- | --- |",
        ]
        for q in (q for q in asked if q.topic == topic):
            count = f"{len(q.fences)} snippet{'s' if len(q.fences) > 1 else ''}{_seeds(q, records)}" if not q.withheld else ""
            cited = "; ".join(f"[{text(labels[key].label)}]({labels[key].url})" for key in q.cited if key in labels)
            out.append(f"| {cell(q.link(start, q.title))} | {q.status} | {q.verdict} | {count} | {cited} |")
        out.append("")
    return out


def _filter(topics: list[str], statuses: list[str], verdicts: list[str]) -> str:
    """The form that narrows the index; docs/assets/questions/filter.js shows it and heeds it."""
    choices = {"topic": ("every topic", topics), "status": ("every status", statuses), "verdict": ("every verdict", verdicts)}
    parts = ['<label>Words <input type="search" name="words" autocomplete="off"></label>']
    for name, (every, values) in choices.items():
        options = "".join(f"<option>{escape(value)}</option>" for value in values)
        parts.append(
            f'<label>{name.capitalize()} <select name="{name}"><option value="">{every}</option>{options}</select></label>'
        )
    # its room is kept while the page loads, so that nothing jumps; without JavaScript it takes none
    return Made(f'<form class="index-filter" hidden>{"".join(parts)}<output aria-live="polite">&nbsp;</output></form>')


def _verdicts(asked: list[Question], start: str) -> list[str]:
    claims = [q for q in asked if q.verdict]
    counted = Counter(q.verdict for q in claims)
    words = ("hold", "hold when a condition is met", "do not hold")
    summary = ", ".join(f"{counted[v]} {word}" for v, word in zip(VERDICTS.values(), words, strict=True))
    out = [f"Of {len(claims)} claims of the notes {summary}.", ""]
    for verdict in VERDICTS.values():
        rows = [q for q in claims if q.verdict == verdict]
        if rows:
            out += [f"## {verdict.capitalize()} {{ #verdict-{verdict.replace(' …', '').replace(' ', '-')} }}", ""]
            out += ["| claim, as a question | the answer |", "| --- | --- |"]
            out += [f"| {cell(q.link(start, q.title))} | {cell(moved(q.answer, q.page, start))} |" for q in rows] + [""]
    return out


def _open(asked: list[Question], start: str) -> list[str]:
    out = []
    for q in (q for q in asked if q.status in ("contested", "open")):
        out += [f"- **{q.link(start, q.title)}** ({q.status}). {moved(q.note, q.page, start)}"]
    return out or ["None at the moment."]


def _references(asked: list[Question], start: str, root: Path) -> list[str]:
    out = []
    labs = {lab.path: _lab(lab) for lab in standing_labs(root, Records(root))}
    for key, source in sorted(sources(root).items(), key=lambda item: item[1].label.casefold()):  # as pages name them
        links = [q.link(start, q.id) for q in asked if key in q.cited]
        links += [f"[{title}]({way(start, path)})" for path, (title, cited) in labs.items() if key in cited]
        uses = "; ".join(links)
        cited = f" Cited by {uses}." if uses else ""
        authors, title, venue, year = map(text, (source.authors, source.title, source.venue, source.year))
        out.append(f"- {authors}: [{title}]({source.url}). {venue}, {year}.{cited}")
    return out
