"""What an author's text may hold beside Markdown, wherever it stands: citations, formulas, and no foreign HTML."""

from markdown import Markdown

from evidence.read.sources import Source
from evidence.render.citations import Citations, cite
from evidence.render.converting import Converting
from evidence.render.foreign import guard
from evidence.render.formulas import Formulas
from evidence.render.order import register


def read_written(md: Markdown, known: dict[str, Source], at: Converting, once: bool = False) -> Citations:
    """Let a Markdown instance show citations and formulas, and refuse foreign HTML; return what shows the citations.

    Args:
        md: the instance, which marks formulas by pymdownx.arithmatex.
        known: the bibliography.
        at: the page that the texts are of.
        once: give the full entry of a source at its first citation alone.
    """
    register(md, "formulas", Formulas(md, at))
    guard(md, at.met)
    return cite(md, known, at, once)
