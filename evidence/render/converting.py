"""The page that is being converted: who finds a fault in its text tells it here, and learns what stands in its place.

Markdown catches nothing, so a processor that raises takes the whole page with it. In a preview none does.
"""

from html import escape
from pathlib import Path

from evidence.errors import EvidenceError, Unshowable
from evidence.read.pages import Page
from evidence.read.syntax import DIRECTIVE
from evidence.render.foreign import Made
from evidence.render.site import site_of


class Converting:
    """What the processors of a Markdown instance know of the page whose text they see."""

    def __init__(self, preview: bool) -> None:
        self.preview = preview
        self.page = Page("")

    def met(self, fault: Unshowable | EvidenceError) -> Made:
        """The box that stands in a preview where something cannot be shown.

        Raises:
            EvidenceError: outside a preview, the fault, with its page and line.
        """
        found = fault if isinstance(fault, EvidenceError) else self.located(fault)
        if not self.preview:
            raise found
        return problem(found, "span")

    def located(self, fault: Unshowable) -> EvidenceError:
        """The same fault with the line that holds what cannot be shown: of this page, or of one whose words it repeats."""
        pages = [self.page]
        if any(DIRECTIVE.match(line.text) for line in self.page.lines):
            pages += [page for page, _ in site_of(Path.cwd())]
        for page in pages:
            for line in page.lines:
                if line.path == page.path and fault.found.lower() in line.text.lower():
                    return EvidenceError(page.path, line.number, str(fault))
        return EvidenceError(self.page.path, 1, str(fault))


def problem(fault: EvidenceError, tag: str = "div") -> Made:
    """A fault as a box of a preview; a span may stand in the middle of a sentence."""
    return Made(f'<{tag} class="evidence-problem">{escape(fault.format_message())}</{tag}>')
