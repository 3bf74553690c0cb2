"""A MkDocs hook beside mkdocs-jupyter: hands it the recorded notebooks of the labs, and shows them as the other pages look.

The labs are the one thing that MkDocs needs more than a Markdown extension for; for Zensical, lab_pages.py makes their pages.
"""

import os
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import get_toc
from mkdocs_jupyter.config import settings
from nbconvert.exporters.templateexporter import default_filters

from evidence.export.lab_notebook import notebook, withheld_notebook
from evidence.fronts.lab_html import LabHtml
from evidence.read.labs import read_labs
from evidence.read.model import Page
from evidence.records.files import renew
from evidence.records.store import Records
from evidence.render.block import provenance
from evidence.render.converting import problem
from evidence.render.withheld import box, ids


def write_notebooks(root: Path, preview: bool = False) -> dict[str, Path]:
    """Write each lab with the outputs of its record as a notebook under .evidence/labs; return where, by the lab's path.

    A lab whose run does not stand has its title and the reason there; a preview shows it without outputs, and of one that is
    malformed what is wrong with it.

    Raises:
        EvidenceError: outside a preview, a lab that is malformed.
    """
    records, out = Records(root), {}
    for page in read_labs(root):
        if page.problems and not preview:
            raise page.problems[0]
        made = _notebook(root, page, records, preview)
        file = records.folder / "labs" / f"{PurePosixPath(page.path).stem}.ipynb"
        renew(file, nbformat.writes(made))  # type: ignore[no-untyped-call]
        out[page.path] = file
    return out


def _notebook(root: Path, page: Page, records: Records, preview: bool) -> Any:
    """A lab as a notebook that says of itself how it is to be shown."""
    if page.problems:
        made = withheld_notebook(page, [])
        made.metadata["evidence"] = {"lab": page.path, "instead": "".join(map(problem, page.problems))}
        return made
    lab = page.fences[0]
    record = records.load(lab)
    if record is None and not preview:
        made = withheld_notebook(page, doubts := [(lab, records.missing(lab))])
        made.metadata["evidence"] = {"lab": page.path, "withheld": box("This lab", doubts, lambda _: "")}
        return made
    made = notebook(root, lab, record)
    status = provenance(record) if record else f"not run yet ({records.missing(lab)})"
    passed = {"data-status": "passed", "data-seconds": f"{record.seconds:.2f}"} if record else {"data-status": "missing"}
    made.metadata["evidence"] = {"lab": page.path, "provenance": status, "data": passed}
    return made


_shown: list[LabHtml] = []


@event_priority(-50)  # after mkdocs-jupyter has made its files of the scripts
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Let the recorded notebook stand for each lab's script."""
    root = Path(config.config_file_path).parent
    preview = bool(os.environ.get("EVIDENCE_PREVIEW"))
    made = write_notebooks(root, preview)
    for file in files:
        if at := made.get(f"docs/{file.src_uri}"):
            file.abs_src_path = str(at)
    _shown[:] = [LabHtml(root, preview)]
    settings.templates_dir = str(Path(__file__).parent / "notebook")
    for name in ("lab_header", "lab_prose", "lab_code"):
        default_filters[name] = getattr(_shown[0], name)
    return files


def on_page_content(html: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    """Take over the contents of a lab, and leave out the style that mkdocs-jupyter adds for JupyterLab."""
    if not page.file.src_uri.endswith(".py"):
        return html
    page.toc = get_toc(_shown[0].tokens)
    html = html.partition("<style>")[0]
    page.present_anchor_ids = set(ids(html))  # so that a link to a heading of a lab is checked as any other
    return html
