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

    A lab's page that the engine has not built is exported. What is withheld is not there to be downloaded.

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
    for lab in read_labs(root):
        folder = site / "labs" / Path(lab.path).stem
        folder.mkdir(parents=True, exist_ok=True)
        if records.doubt(lab.fences[0]):
            (folder.parent / Path(lab.path).name).unlink(missing_ok=True)  # an engine that knows no labs copies it as a file
        else:
            shutil.copy(root / lab.path, folder)
        if not (folder / "index.html").exists():
            from evidence.fronts.mkdocs_labs import export  # nbconvert is slow to import

            (folder / "index.html").write_text(export(root)[folder.name], encoding="utf-8")
            shutil.copy(root / ".evidence" / "labs" / f"{folder.name}.ipynb", folder)
    write_search(root, site)
