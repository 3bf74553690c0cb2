"""The pieces of HTML that evidence is made of: code, what it printed and drew, and where that comes from."""

import re
from html import escape

from pymdownx.highlight import Highlight

from evidence.read.pages import Listing
from evidence.records import held
from evidence.records.record import Record
from evidence.render.drawing import drawing
from evidence.render.kept import kept

PLAIN = re.compile(r'<span class="(?:n|nn|nc|o|p|w|fm|vm|bp|sa|kc)">([^<]*)</span>')  # in the colour of the rest
Words = tuple[str, str]  # of a figure: its alt text, and its caption as HTML
STRINGS = re.compile(r'(?:<span class="s[2i]">[^<]*</span>){2,}')  # an f-string and the braces in it, in one colour


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


def outputs(stdout: str, stderr: str) -> list[str]:
    """What a run printed, stream by stream."""
    return [printed(text, name) for name, text in (("stdout", stdout), ("stderr", stderr)) if text]


def drawings(figures: list[str], words: list[Words], place: str, first: int = 0) -> list[str]:
    """Figures with their captions, their ids counted from `first`."""
    pairs = zip(figures, words, strict=False)
    return [figure(svg, f"{place}{first + n}-", alt, caption) for n, (svg, (alt, caption)) in enumerate(pairs)]


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
