"""Completes a built site: every other form of its pages, the snippets and the labs beside them."""

import os
import shutil
from pathlib import Path

from evidence.export.search import write_search
from evidence.export.site import export_site
from evidence.read.labs import read_labs


def publish(root: Path, site: Path) -> None:
    """Put the snippets and the labs beside the built pages, so that they can be downloaded.

    A lab's page that the engine has not built is exported.
    """
    if (root / "snippets").is_dir():
        shutil.copytree(root / "snippets", site / "snippets", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    export_site(root, site, os.environ.get("SITE_URL", ""))
    for lab in read_labs(root):
        folder = site / "labs" / Path(lab.path).stem
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / lab.path, folder)
        if not (folder / "index.html").exists():
            from evidence.fronts.mkdocs_labs import export  # nbconvert is slow to import

            (folder / "index.html").write_text(export(root)[folder.name], encoding="utf-8")
            shutil.copy(root / ".evidence" / "labs" / f"{folder.name}.ipynb", folder)
    write_search(root, site)
