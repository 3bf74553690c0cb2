"""Completes a built site: every other form of its pages, the snippets and the labs beside them."""

import os
import shutil
from pathlib import Path

from evidence.export.archive import files
from evidence.export.search import write_search
from evidence.export.site import export_site
from evidence.read.labs import read_labs
from evidence.read.pages import read_site
from evidence.records.store import Records
from evidence.render.kept import prune


def publish(root: Path, site: Path) -> None:
    """Put the snippets and the labs beside the built pages, so that they can be downloaded.

    Labs whose pages the engine has not built get them. What is withheld is not there to be downloaded.

    Raises:
        EvidenceError: something that no build would have let through.
    """
    pages, records = read_site(root), Records(root)
    if problems := [problem for page in pages for problem in page.problems]:
        raise problems[0]
    for name, text in files(pages, records).items():
        target = site / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    export_site(root, site, os.environ.get("SITE_URL", ""))
    prune()
    labs = read_labs(root)
    if not all((site / "labs" / Path(lab.path).stem / "index.html").exists() for lab in labs):
        from evidence.fronts.lab_pages import write_lab_pages  # nbconvert is slow to import

        write_lab_pages(root, site)
    for lab in labs:
        if not records.doubt(lab.fences[0]):
            shutil.copy(root / lab.path, site / "labs" / Path(lab.path).stem)
    write_search(root, site)
