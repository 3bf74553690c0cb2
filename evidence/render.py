"""HTML of one piece of evidence: the code, what it printed and drew, and where that comes from."""

import re
from functools import lru_cache
from html import escape

from pymdownx.highlight import Highlight

from evidence.colours import INK, PALETTE
from evidence.pages import Fence
from evidence.records import Record

NUMBER = re.compile(r"-?\d+\.\d{3,}")
PLAIN = re.compile(r'<span class="(?:n|nn|nc|o|p|w|fm|vm|bp)">([^<]*)</span>')  # a fifth of a page, in the colour of the rest
IDS = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')


def evidence(fence: Fence, record: Record | None, captions: list[str], links: str, why: str = "") -> str:
    """Return the block that stands in a page in place of a fence.

    Args:
        fence: the fence.
        record: its record, or None where a preview or a skip goes without.
        captions: a caption for each figure, as HTML.
        links: the download and source links, as HTML.
        why: where there is no record, the reason to show.
    """
    status = "passed" if record else "skipped" if fence.skip_reason else "missing"
    seconds = f' data-seconds="{record.seconds:.2f}"' if record else ""
    parts = [
        f'<div class="evidence" data-snippet="{escape(fence.snippet)}" data-status="{status}"{seconds}>',
        f'<div class="evidence-bar"><span class="evidence-name">{escape(fence.snippet)}</span>'
        f'<span class="evidence-links">{links}</span></div>',
        highlight(fence.code),
    ]
    if record:
        parts += [printed(getattr(record, name), name) for name in ("stdout", "stderr") if getattr(record, name)]
        for n, (svg, (alt, _), caption) in enumerate(zip(record.figures, fence.figures, captions, strict=True)):
            parts.append(figure(svg, f"f{record.digest[:8]}-{n}-", alt, caption))
        parts.append(f'<p class="evidence-provenance">{provenance(record)}</p>')
    else:
        parts.append(f'<p class="evidence-provenance">{escape(why)}</p>')
    return "\n".join([*parts, "</div>"])


def printed(text: str, stream: str = "stdout") -> str:
    """What a run printed."""
    return f'<pre class="evidence-output" data-stream="{stream}" tabindex="0"><samp>{escape(text)}</samp></pre>'


def figure(svg: str, prefix: str, alt: str, caption: str) -> str:
    """A figure with its caption (HTML); the prefix keeps its ids apart from those of other figures on the page."""
    drawing = f'<div class="evidence-drawing" tabindex="0">{inline_svg(svg, prefix, alt)}</div>'
    return f'<figure class="evidence-figure">{drawing}<figcaption>{caption}</figcaption></figure>'


def provenance(record: Record) -> str:
    """One quiet line: passed, how long, on what, and for how many shifts of its seeds."""
    facts = [
        "passed",
        f"{record.seconds:.2f} s of CPU time" if record.seconds < 10 else f"{record.seconds:.0f} s of CPU time",
        f"PyTorch {record.versions['torch'].partition('+')[0]}",
        f"NumPy {record.versions['numpy']}",
    ]
    if record.seeds:
        facts.append("held for {} of {} shifts of every seed".format(*record.seeds))
    return " · ".join(escape(fact) for fact in facts)


@lru_cache(maxsize=512)
def highlight(code: str) -> str:
    """The code as Material shows code; its text content is the code, to the byte."""
    return PLAIN.sub(r"\1", str(Highlight(None, stripnl=False).highlight(code, "python", css_class="highlight")))


@lru_cache(maxsize=256)
def inline_svg(svg: str, prefix: str, alt: str) -> str:
    """A Matplotlib SVG made part of the page: its text in the page's colour and font, its ids its own, its lines short."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.S)
    body = re.sub(r' id="image[0-9a-f]+"', "", body)  # nothing refers to them, and equal pictures share one
    body = IDS.sub(lambda m: f"{m[1]}{prefix}{m[2]}", body)
    body = re.sub(r"<[^>]+>", lambda tag: NUMBER.sub(_shorter, tag[0]), body)  # coordinates, never the text of a label
    body = body.replace(INK, "currentColor").replace("'DejaVu Sans'", "inherit")
    for name, colour in enumerate(PALETTE):
        body = body.replace(colour, f"var(--figure-{name})")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', body)
    width = float(box[1]) * 4 / 3 if box else 600  # points to CSS pixels
    head = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width:.0f}px"'
    body = re.sub(r"<svg", head, body, count=1)
    body = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", body, count=1)
    return re.sub(r">\s+<", "><", body)


def _shorter(number: re.Match[str]) -> str:
    """A coordinate with as many digits as can be seen."""
    value = float(number[0])
    return (f"{value:.2f}" if abs(value) >= 1 else f"{value:.4f}").rstrip("0").rstrip(".")
