"""LaTeX in the source, MathML in the page: converted at build time, so that no script is needed to read it."""

import re
import xml.etree.ElementTree as etree
from functools import lru_cache
from html import unescape

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

from evidence.errors import Unshowable
from evidence.render.converting import Converting
from evidence.render.foreign import Made

CONVERTER = LatexToMathML(fancy_error=False)


@lru_cache(maxsize=4096)
def mathml(latex: str, display: bool) -> str:
    """Convert a formula to MathML.

    Raises:
        InvalidFormula: LaTeX that math-core does not understand.
    """
    try:
        found = CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise InvalidFormula(latex, re.sub(r"^\d+:\s*", "", str(error))) from error
    # Browsers hang a root's sign from its bar, far below a low radicand; a strut keeps it on the line, as TeX does.
    return found.replace("<msqrt>", '<msqrt><mspace height="0.72em" depth="0.12em"/>')


class InvalidFormula(Unshowable):
    """A formula that cannot be shown."""

    def __init__(self, latex: str, fault: str) -> None:
        super().__init__(latex.strip().split("\n")[0], f"the formula {latex!r} is invalid: {fault}")


class Formulas(Treeprocessor):
    """Replaces what pymdownx.arithmatex marked as mathematics by MathML."""

    def __init__(self, md: Markdown, at: Converting) -> None:
        super().__init__(md)
        self.html, self.at = md.htmlStash, at

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.text:
                text = str(element.text)
                display = text.startswith("\\[")
                text = unescape(text) if display else text  # arithmatex escapes blocks, and leaves inline formulas as they are
                element.set("class", "formula-block" if display else "formula")
                if display:
                    element.set("tabindex", "0")  # a wide formula scrolls inside itself
                element.text = self.html.store(self.shown(text[2:-2].strip(), display))

    def shown(self, latex: str, display: bool) -> Made:
        """A formula as MathML; one that is invalid, as a preview shows it."""
        try:
            return Made(mathml(latex, display))
        except InvalidFormula as fault:
            return self.at.met(fault)
