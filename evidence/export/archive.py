"""Snippets as a zip file that runs."""

import io
import zipfile
from pathlib import Path

from evidence.export.whole import Whole
from evidence.read.pages import Page
from evidence.records.standing import published
from evidence.records.store import Records


def made(whole: Whole) -> bytes:
    """The snippets of a page; those of a topic with those of its questions."""
    return zipped(files(whole.pages, whole.records))


def files(pages: list[Page], records: Records) -> dict[str, str]:
    """The snippets of these pages that stand in files of their own, by their paths; what is withheld is not among them."""
    return {fence.snippet: fence.code for fence in published(pages, records) if fence.snippet.endswith(".py")}


def zipped(files: dict[str, str]) -> bytes:
    """A zip file of snippets, by their paths, with the script that runs them all; the same bytes for the same files."""
    out = io.BytesIO()
    runner = (Path(__file__).parent / "run_all.py").read_text(encoding="utf-8")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted({**files, "run_all.py": runner}.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
