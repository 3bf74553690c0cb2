"""HTML of one piece of evidence: the code, what it printed and drew, and where that comes from."""

import re
from html import escape

from pymdownx.highlight import Highlight

from evidence.read.pages import Fence, Listing
from evidence.records import held
from evidence.records.record import Record
from evidence.render.drawing import drawing
from evidence.render.kept import kept

PLAIN = re.compile(r'<span class="(?:n|nn|nc|o|p|w|fm|vm|bp|sa|kc)">([^<]*)</span>')  # in the colour of the rest
STRINGS = re.compile(r'(?:<span class="s[2i]">[^<]*</span>){2,}')  # an f-string and the braces in it, in one colour


def evidence(fence: Fence, record: Record | None, captions: list[str], links: str, why: str = "", place: str = "") -> str:
    """Return the block that stands in a page in place of a fence.

    Args:
        fence: the fence.
        record: its record, or None where a preview or a skip goes without.
        captions: a caption for each figure, as HTML.
        links: the download and source links, as HTML.
        why: where there is no record, the reason to show.
        place: what keeps the ids of its figures apart from those of others on the page.

    Raises:
        DrawingFault: a figure that no page may show.
    """
    status = "passed" if record else "skipped" if fence.skip_reason else "missing"
    seconds = f' data-seconds="{record.seconds:.2f}"' if record else ""
    lines = fence.code.count("\n") + sum(getattr(record, name, "").count("\n") for name in ("stdout", "stderr"))
    room = f' style="--lines:{lines};--figures:{len(fence.figures)}"'  # how high it will be, before it is laid out
    parts = [
        f'<div class="evidence" data-snippet="{escape(fence.snippet)}" data-status="{status}"{seconds}{room}>',
        f'<div class="evidence-bar"><span class="evidence-name">{escape(fence.snippet)}</span>'
        f'<span class="evidence-links">{links}</span></div>',
        highlight(fence.code),
    ]
    if record:
        parts += [printed(getattr(record, name), name) for name in ("stdout", "stderr") if getattr(record, name)]
        for n, (svg, (alt, _), caption) in enumerate(zip(record.figures, fence.figures, captions, strict=True)):
            parts.append(figure(svg, f"{place}{n}-", alt, caption))
        parts.append(f'<p class="evidence-provenance">{provenance(record)}</p>')
    else:
        parts.append(f'<p class="evidence-provenance">{escape(why)}</p>')
    return "\n".join([*parts, "</div>"])


def listing(shown: Listing) -> str:
    """A fence that is only read, as Material shows code."""
    return str(Highlight(None).highlight(shown.text.rstrip("\n"), shown.language, css_class="highlight"))


def printed(text: str, stream: str = "stdout") -> str:
    """What a run printed."""
    return f'<pre class="evidence-output" data-stream="{stream}" tabindex="0"><samp>{escape(text)}</samp></pre>'


def figure(svg: str, prefix: str, alt: str, caption: str) -> str:
    """A figure with its caption (HTML); the prefix keeps its ids apart from those of other figures on the page."""
    drawn = f'<div class="evidence-drawing" tabindex="0">{drawing(svg, prefix, alt)}</div>'
    return f'<figure class="evidence-figure">{drawn}<figcaption>{caption}</figcaption></figure>'


def provenance(record: Record) -> str:
    """One quiet line: passed, how long, on what, and where else it held."""
    facts = [
        "passed",
        f"{record.seconds:.2f} s of CPU time" if record.seconds < 10 else f"{record.seconds:.0f} s of CPU time",
        f"PyTorch {record.versions['torch'].partition('+')[0]}",
        f"NumPy {record.versions['numpy']}",
    ]
    if told := held.words(record.held):
        facts.append(told)
    return " · ".join(escape(fact) for fact in facts)


@kept
def highlight(code: str) -> str:
    """The code as Material shows code; its text content is the code, to the byte."""
    html = PLAIN.sub(r"\1", str(Highlight(None, stripnl=False).highlight(code, "python", css_class="highlight")))
    html = STRINGS.sub(lambda run: f'<span class="s2">{re.sub("<[^>]*>", "", run[0])}</span>', html)
    # Material lays out every <code> that is a child of its <pre>, one after the other, to see whether it scrolls.
    html = html.replace("<pre><span></span><code>", '<pre tabindex="0"><span><code>')
    return html.replace("</code></pre>", "</code></span></pre>")
