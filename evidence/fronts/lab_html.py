"""A lab's notebook as HTML, as the other pages look: the filters of the template by which mkdocs-jupyter shows it."""

from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

from markdown import Markdown

from evidence.errors import EvidenceError
from evidence.export.lab_links import built
from evidence.export.lab_notebook import DESCRIBED, notebook
from evidence.read.labs import FOLDER, read_lab
from evidence.read.sources import bibliography_faults, sources
from evidence.records.drawings import DrawingFault
from evidence.render.block import figure, highlight, printed
from evidence.render.converting import Converting
from evidence.render.shown import Shown
from evidence.render.withheld import ids, landings
from evidence.render.written import read_written

EXTENSIONS = ["attr_list", "tables", "toc", "pymdownx.arithmatex"]
SETTINGS: dict[str, Any] = {"pymdownx.arithmatex": {"generic": True}, "toc": {"permalink": True, "toc_depth": "2-3"}}


class LabHtml:
    """The filters of the notebook's template, for one lab at a time."""

    def __init__(self, root: Path, preview: bool = False) -> None:
        self.root, self.at = root, Converting(preview)
        known = {} if preview and bibliography_faults(root) else sources(root)
        self.prose = Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
        self.caption = Markdown(extensions=EXTENSIONS[-1:], extension_configs={EXTENSIONS[-1]: SETTINGS[EXTENSIONS[-1]]})
        for md in (self.prose, self.caption):
            read_written(md, known, self.at)
        self.tokens: list[Any] = []
        self.name = self.header = ""
        self.cells = 0
        self.alone = False  # of the lab that is shown there is nothing but its title, and the reason why

    def page(self, nb: Any) -> str:
        """A whole notebook as the text of a page; `tokens` are its headings."""
        header = self.lab_header(nb)
        return header + "".join(
            self.lab_prose(cell) if cell.cell_type == "markdown" else self.lab_code(cell) for cell in nb.cells
        )

    def lab_header(self, nb: Any) -> str:
        """Start a lab; how it ran and its downloads are kept for the first cell of prose, below the title."""
        self.tokens, self.cells = [], 0
        self.name = PurePosixPath(nb.metadata["evidence"]["lab"]).stem
        self.at.page = read_lab(self.root, self.path)
        said = nb.metadata["evidence"]
        self.alone = "instead" in said or "withheld" in said
        if instead := said.get("instead"):
            self.header = f"{instead}\n"
            return ""
        if withheld := said.get("withheld"):  # all its prose is read all the same, so that links to its headings arrive
            cells = notebook(self.root, self.at.page.fences[0], None).cells
            inside = "".join(self.converted(cell.source) for cell in cells if cell.cell_type == "markdown")
            title = ids(self.converted(nb.cells[0].source.partition("\n")[0]))
            arrive = landings([name for name in ids(inside) if name not in title])
            self.header = f'{arrive}<div class="answer" data-withheld="">{withheld}</div>\n'
            return ""
        data = " ".join(f'{key}="{escape(value)}"' for key, value in said["data"].items())
        links = "".join(f'<a href="{self.name}.{kind}" download>Download .{kind}</a> ' for kind in ("ipynb", "py", "md"))
        self.header = (
            f'<div class="evidence-lab" data-snippet="{escape(said["lab"])}" {data}><span class="evidence-links">{links}</span>'
            f'<span class="evidence-provenance">{said["provenance"]}</span></div>\n'
        )
        return ""

    def lab_prose(self, cell: Any) -> str:
        """A cell of prose as the other pages show it; what describes a figure already stands with the figure."""
        source = cell.source.partition("\n")[0] if self.alone else cell.source  # a box says the rest
        html, self.header = self.converted(source).replace("</h1>", f"</h1>\n{self.header}", 1), ""
        self.tokens += vars(self.prose).get("toc_tokens", [])
        return html + "\n"

    def converted(self, source: str) -> str:
        """The prose of a cell as HTML.

        Raises:
            EvidenceError: outside a preview, a formula, a citation or HTML that no page can show.
        """
        self.prose.reset()
        html, blocks = self.prose.convert(built(DESCRIBED.sub("", source))), Shown()
        try:
            return blocks.settle(html, self.path, self.at.page.lines)
        except EvidenceError as fault:
            return self.at.met(fault) + blocks.placed(html)

    @property
    def path(self) -> str:
        """The lab that is shown."""
        return f"{FOLDER}/{self.name}.py"

    def lab_code(self, cell: Any) -> str:
        """A cell of code with what it printed and drew."""
        self.cells += 1
        button = '<button type="button" class="evidence-copy" hidden>Copy</button>'
        bar = f'<div class="evidence-bar"><span class="evidence-name">cell {self.cells}</span>'
        parts = ['<div class="evidence evidence-cell">', f'{bar}<span class="evidence-links">{button}</span></div>']
        parts.append(highlight(cell.source + "\n"))
        for n, output in enumerate(cell.outputs):
            if output.output_type == "stream":
                parts.append(printed(output.text))
            else:
                self.caption.reset()
                caption = self.caption.convert(output.metadata["caption"]).removeprefix("<p>").removesuffix("</p>")
                drawn = output.data["image/svg+xml"]
                try:
                    parts.append(figure(drawn, f"{self.name}-{self.cells}-{n}-", output.metadata["alt"], caption))
                except DrawingFault as fault:
                    parts.append(self.at.met(EvidenceError(self.path, 1, f"cell {self.cells} {fault}")))
        return "\n".join([*parts, "</div>\n"])
