"""A page as Markdown, with what its snippets printed."""

from evidence.export.form import fence_in_markdown
from evidence.export.whole import Whole, cited


def made(whole: Whole) -> bytes:
    """The page as Markdown, each snippet followed by what it printed and by the words for its figures."""
    out = []
    for part in whole.parts:
        if isinstance(part, str):
            out.append(cited(part, whole.known).strip())
            continue
        figures = [f"Figure: {cited(caption, whole.known)} ({alt})" for alt, caption in part.figures]
        out += fence_in_markdown(part, whole.records.load(part), figures)
    return ("\n\n".join(out) + "\n").encode()
