"""A MkDocs hook beside mkdocs-jupyter: hands it the recorded notebooks of the labs, and shows them as the other pages look.

The labs are the one thing that MkDocs needs more than a Markdown extension for; Zensical shows what `export` makes of them.
"""

import os
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import get_toc
from mkdocs_jupyter.config import settings
from nbconvert.exporters.templateexporter import default_filters

from evidence.errors import EvidenceError, Unshowable
from evidence.export.lab_links import built
from evidence.export.lab_notebook import DESCRIBED, notebook, withheld_notebook
from evidence.read.labs import FOLDER, read_lab, read_labs
from evidence.read.sources import sources
from evidence.records.drawings import DrawingFault
from evidence.records.files import renew
from evidence.records.store import Records
from evidence.render.block import figure, highlight, printed, provenance
from evidence.render.citations import Citations
from evidence.render.foreign import guard
from evidence.render.formulas import Formulas
from evidence.render.shown import Shown as Blocks
from evidence.render.withheld import box, ids, landings

EXTENSIONS = ["attr_list", "tables", "toc", "pymdownx.arithmatex"]
SETTINGS: dict[str, Any] = {"pymdownx.arithmatex": {"generic": True}, "toc": {"permalink": True, "toc_depth": "2-3"}}


def write_notebooks(root: Path, preview: bool = False) -> dict[str, Path]:
    """Write each lab with the outputs of its record as a notebook under .evidence/labs; return where, by the lab's path.

    A lab whose run does not stand has its title and the reason there; a preview shows it without outputs.

    Raises:
        EvidenceError: a lab that is malformed.
    """
    records, out = Records(root), {}
    for page in read_labs(root):
        if page.problems:
            raise page.problems[0]
        lab = page.fences[0]
        record = records.load(lab)
        if record is None and not preview:
            made = withheld_notebook(page, doubts := [(lab, records.missing(lab))])
            made.metadata["evidence"] = {"lab": page.path, "withheld": box("This lab", doubts, lambda _: "")}
        else:
            made = notebook(root, lab, record)
            status = provenance(record) if record else f"not run yet ({records.missing(lab)})"
            passed = {"data-status": "passed", "data-seconds": f"{record.seconds:.2f}"} if record else {"data-status": "missing"}
            made.metadata["evidence"] = {"lab": page.path, "provenance": status, "data": passed}
        file = records.folder / "labs" / f"{PurePosixPath(page.path).stem}.ipynb"
        renew(file, nbformat.writes(made))  # type: ignore[no-untyped-call]
        out[page.path] = file
    return out


class Shown:
    """The filters of the notebook's template, for one lab at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        known = sources(root)
        self.prose = Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
        self.caption = Markdown(extensions=EXTENSIONS[-1:], extension_configs={EXTENSIONS[-1]: SETTINGS[EXTENSIONS[-1]]})
        for md in (self.prose, self.caption):
            md.inlinePatterns.register(Citations(md, known), "citations", 175)
            md.treeprocessors.register(Formulas(md), "formulas", 15)
            guard(md)
        self.tokens: list[Any] = []
        self.name = self.header = ""
        self.cells = 0

    def lab_header(self, nb: Any) -> str:
        """Start a lab; how it ran and its downloads are kept for the first cell of prose, below the title."""
        self.tokens, self.cells = [], 0
        self.name = PurePosixPath(nb.metadata["evidence"]["lab"]).stem
        said = nb.metadata["evidence"]
        if withheld := said.get("withheld"):  # all its prose is read all the same, so that links to its headings arrive
            cells = notebook(self.root, read_lab(self.root, self.path).fences[0], None).cells
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
        withheld = 'data-withheld=""' in self.header
        source = cell.source.partition("\n")[0] if withheld else cell.source  # the box says the rest
        html, self.header = self.converted(source).replace("</h1>", f"</h1>\n{self.header}", 1), ""
        self.tokens += vars(self.prose).get("toc_tokens", [])
        return html + "\n"

    def converted(self, source: str) -> str:
        """The prose of a cell as HTML.

        Raises:
            EvidenceError: outside a preview, a formula, a citation or HTML that no page can show.
        """
        text = built(DESCRIBED.sub("", source))
        self.prose.reset()
        try:
            return Blocks().settle(self.prose.convert(text), self.path, read_lab(self.root, self.path).lines)
        except (Unshowable, EvidenceError) as error:
            fault = error if isinstance(error, EvidenceError) else self.located(error)
            if not os.environ.get("EVIDENCE_PREVIEW"):
                raise fault from error
            return f'<div class="evidence-problem">{escape(fault.format_message())}</div>'

    @property
    def path(self) -> str:
        """The lab that is shown."""
        return f"{FOLDER}/{self.name}.py"

    def located(self, error: Unshowable) -> EvidenceError:
        """The same error with the lab's line that holds what cannot be shown."""
        lines = read_lab(self.root, self.path).lines
        line = next((x.number for x in lines if error.found.lower() in x.text.lower()), 1)
        return EvidenceError(self.path, line, str(error))

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
                    raise EvidenceError(f"{FOLDER}/{self.name}.py", 1, f"cell {self.cells} {fault}") from fault
        return "\n".join([*parts, "</div>\n"])


_shown: list[Shown] = []


@event_priority(-50)  # after mkdocs-jupyter has made its files of the scripts
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Let the recorded notebook stand for each lab's script."""
    root = Path(config.config_file_path).parent
    made = write_notebooks(root, bool(os.environ.get("EVIDENCE_PREVIEW")))
    for file in files:
        if at := made.get(f"docs/{file.src_uri}"):
            file.abs_src_path = str(at)
    _shown[:] = [Shown(root)]
    settings.templates_dir = str(Path(__file__).parent / "notebook")
    for name in ("lab_header", "lab_prose", "lab_code"):
        default_filters[name] = getattr(_shown[0], name)
    return files


def export(root: Path) -> dict[str, str]:
    """Each lab as a page of its own, for an engine that knows no notebooks; by the name of the lab."""
    shown, out = Shown(root), {}
    styles = "".join(f'<link rel="stylesheet" href="../../assets/{name}.css">' for name in ("tokens", "prose", "evidence"))
    for path, file in write_notebooks(root).items():
        nb = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
        shown.lab_header(nb)
        body = "".join(shown.lab_prose(cell) if cell.cell_type == "markdown" else shown.lab_code(cell) for cell in nb.cells)
        name = PurePosixPath(path).stem
        head = f'<meta charset="utf-8"><title>{name}</title>{styles}'
        page = f'<body class="md-typeset" data-md-color-scheme="default">{body}</body>'
        out[name] = f'<!doctype html><html lang="en"><head>{head}</head>{page}</html>'
    return out


def on_page_content(html: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    """Take over the contents of a lab, and leave out the style that mkdocs-jupyter adds for JupyterLab."""
    if not page.file.src_uri.endswith(".py"):
        return html
    page.toc = get_toc(_shown[0].tokens)
    html = html.partition("<style>")[0]
    page.present_anchor_ids = set(ids(html))  # so that a link to a heading of a lab is checked as any other
    return html
