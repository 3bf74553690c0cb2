"""HTML of one piece of evidence: what it teaches open, its proof folded, its knobs as choices; all of it one block."""

from html import escape

from evidence.read.pages import Fence
from evidence.records.excuse import excuse
from evidence.records.form import taught
from evidence.records.record import Record
from evidence.render.block import Words, drawings, highlight, outputs, provenance
from evidence.render.turned import turned


def evidence(fence: Fence, record: Record | None, words: list[Words], links: str, why: str, place: str, name: str) -> str:
    """Return the block that stands in a page in place of a fence.

    Args:
        fence: the fence.
        record: its record, or None where a preview or a skip goes without.
        words: an alt text and a caption for each figure.
        links: the download and source links, as HTML.
        why: where there is no record, the reason to show.
        place: what keeps the ids of its figures apart from those of others on the page.
        name: what the ids of its choices begin with, by which a link reaches them.

    Raises:
        DrawingFault: a figure that no page may show.
    """
    status = "passed" if record else "skipped" if excuse(fence) else "missing"
    seconds = f' data-seconds="{record.seconds:.2f}"' if record else ""
    parts = [
        f'<div class="evidence" data-snippet="{escape(fence.snippet)}" data-status="{status}"{seconds}{_room(fence, record)}>',
        f'<div class="evidence-bar"><span class="evidence-name">{escape(fence.snippet)}</span>'
        f'<span class="evidence-links">{links}</span></div>',
        *_taught(fence, record, words, place, name),
        *_proved(fence, record, words, place),
    ]
    about = provenance(record) if record else escape(why)
    return "\n".join([*parts, f'<p class="evidence-provenance">{about}</p>', "</div>"])


def _room(fence: Fence, record: Record | None) -> str:
    """How high it will be, before it is laid out; what is folded takes a line."""
    end = fence.parts.proof or len(fence.origin)
    lines = end - sum(fold.last - fold.first for fold in fence.parts.folds if fold.last < end) + bool(fence.parts.proof)
    figures = len(fence.figures)
    if record:
        own = taught(record)
        lines += own.stdout.count("\n") + (own.stderr if record.parts else record.stderr).count("\n")
        figures = own.figures
    return f' style="--lines:{lines};--figures:{figures}"'


def _taught(fence: Fence, record: Record | None, words: list[Words], place: str, name: str) -> list[str]:
    """What the teaching part is and what it left; picture and output first, where the page says so."""
    code = _code(fence, 0, fence.parts.proof or len(fence.origin))
    if not record:
        return code
    own = taught(record)
    printed = outputs(own.stdout, own.stderr if record.parts else record.stderr)
    drawn = drawings(record.figures[: own.figures], words, place)
    left = drawn + printed if fence.figure_first else printed + drawn
    if record.tries:
        left = [turned(fence, record, left, words, place, name)]
    return left + code if fence.figure_first else code + left


def _proved(fence: Fence, record: Record | None, words: list[Words], place: str) -> list[str]:
    """The proof, folded below a line that says what it does."""
    parts = fence.parts
    if not parts.proof:
        return []
    facts = [f"Proof: {parts.said}", f"{parts.assertions} assertion{'' if parts.assertions == 1 else 's'}"]
    left = []
    if record:
        own, first = record.parts[1], record.parts[0].figures
        facts.append(f"{own.seconds:.2f} s of CPU time" if own.seconds < 10 else f"{own.seconds:.0f} s of CPU time")
        left = outputs(own.stdout, own.stderr) + drawings(record.figures[first:], words[first:], place, first)
    summary = f"<summary>{' · '.join(map(escape, facts))}</summary>"
    code = _code(fence, parts.proof, len(fence.origin))
    return [f'<details class="evidence-proof">{summary}', *code, *left, "</details>"]


def _code(fence: Fence, start: int, end: int) -> list[str]:
    """Lines of code, those of its folds folded; what they hold together is the code, to the byte."""
    out, at = [], start
    for fold in fence.parts.folds:
        if start <= fold.first and fold.last < end:
            out += [_lines(fence, at, fold.first)] if at < fold.first else []
            count = fold.last - fold.first - 1
            summary = f"<summary>{escape(fold.name)} · {count} line{'' if count == 1 else 's'}</summary>"
            out.append(f'<details class="evidence-fold">{summary}\n{_lines(fence, fold.first, fold.last + 1)}</details>')
            at = fold.last + 1
    return [*out, _lines(fence, at, end)] if at < end else out


def _lines(fence: Fence, start: int, end: int) -> str:
    return highlight("".join(line.text + "\n" for line in fence.origin[start:end]))
