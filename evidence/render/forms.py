"""The other forms in which a page can be taken along. A new one is a line here and the module that it names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """One form: `evidence/export/MODULE.py` has a function `made(whole: Whole) -> bytes` that makes its file."""

    ending: str
    name: str  # of its link below a page's title
    module: str
    of_every_page: bool = False  # also of those that answer no question


FORMS = (
    Form("ipynb", "Notebook", "notebook"),
    Form("zip", "Snippets", "archive"),
    Form("md", "Markdown", "markdown", of_every_page=True),
)
