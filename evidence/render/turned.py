"""HTML of a knob: a choice for each value, which switches what the page shows below. Style sheets do that, no script.

The choice that is set when the page opens stands for what the page's address names, and else for the snippet as it is
written. So a link reaches each choice, and whatever a reader then chooses goes before it.
"""

import re
from html import escape

from evidence.read.pages import Fence
from evidence.records.record import Record
from evidence.render.block import Words, drawings, outputs

MINUS = re.compile(r"(?<![\w.])-(?=[\d.])")


def turned(fence: Fence, record: Record, left: list[str], words: list[Words], place: str, name: str) -> str:
    """Return the choices of a fence and what each of them leaves.

    Args:
        fence: the fence, whose snippet has knobs.
        record: its record, with what each other value left.
        left: what was left by the snippet as it is written, as HTML.
        words: an alt text and a caption for each figure, the same for each choice.
        place: what keeps the ids of figures apart.
        name: what the ids of the choices begin with.
    """
    knobs, tries = fence.parts.knobs, record.tries
    written = ", ".join(knob.choice(knob.values[0]) for knob in knobs)
    ids = _ids(name, [written, *(one.choice for one in tries)])
    panes = [_pane(0, ids[0], f"{_choice(written)}, as written", left)]
    for n, one in enumerate(tries, 1):
        made = outputs(one.stdout, one.stderr), drawings(one.figures, words, f"{place}t{n}-")
        panes.append(_pane(n, ids[n], _choice(one.choice), [*made[fence.figure_first], *made[not fence.figure_first]]))
    own = f"{_choice(written)} as written"
    first = f'<span class="evidence-linked" hidden>as linked</span><span class="evidence-written">{own}</span>'
    others = [_label(name, str(n), _choice(one.choice)) for n, one in enumerate(tries, 1)]
    labels = [_label(name, "linked", first, " checked"), _label(name, "0", own, of_label=" hidden"), *others]
    what = "this line" if len(knobs) == 1 else "one of these lines"
    choices = f'<fieldset class="evidence-choices" data-search-exclude><legend>Change {what}</legend>{"".join(labels)}</fieldset>'
    panes_html = "\n".join(panes)
    return f'<div class="evidence-knobs">{choices}<div class="evidence-panes" aria-live="polite">{panes_html}</div></div>'


def _choice(text: str) -> str:
    return f'<span class="evidence-choice">{escape(text)}</span>'


def _label(group: str, which: str, said: str, checked: str = "", of_label: str = "") -> str:
    button = f'<input type="radio" name="{escape(group)}" value="{which}"{checked}>'
    return f'<label data-try="{which}"{of_label}>{button} <span>{said}</span></label>'


def _pane(number: int, name: str, said: str, left: list[str]) -> str:
    """What one choice leaves, below its name and the link to it."""
    link = f'<a href="#{escape(name)}" title="Link to this choice" aria-label="Link to this choice">#</a>'
    html = "\n".join([f'<p class="evidence-tried">With {said} {link}</p>', *left])
    return f'<div class="evidence-try" data-try="{number}" id="{escape(name)}">{html}</div>'


def _ids(name: str, choices: list[str]) -> list[str]:
    """An id for each choice, the same in each build."""
    out: list[str] = []
    for choice in choices:
        said = re.sub(r"[^A-Za-z0-9.]+", "-", MINUS.sub("minus", choice)).strip("-")
        one = f"{name}-{said}"
        out.append(one if one not in out else f"{one}-{len(out)}")
    return out
