"""The Python-Markdown extension: puts the records under their code. MkDocs and Zensical both run it; neither runs code."""

import os
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown

from evidence.read.sources import bibliography_faults, sources
from evidence.render.answer import Anchors, Answers
from evidence.render.converting import Converting
from evidence.render.glossary import explain
from evidence.render.order import register
from evidence.render.page import PagePreprocessor, Settled, Whole
from evidence.render.written import read_written


class EvidenceExtension(Extension):
    """Evidence, formulas, citations and verdicts of a page."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "repository": ["", "address of the repository, for the links to a snippet's source; none where it is empty"],
            "preview": [bool(os.environ.get("EVIDENCE_PREVIEW")), "show what is missing in its place instead of refusing"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        root, at = Path.cwd(), Converting(bool(self.getConfig("preview")))
        known = {} if at.preview and bibliography_faults(root) else sources(root)  # the first page names the fault
        citations = read_written(md, known, at, once=True)
        explain(md, root)
        anchors = Anchors(md)
        register(md, "anchors", anchors)
        register(md, "answers", Answers(md, anchors))
        page = PagePreprocessor(md, root, (self.getConfig("repository") or "").rstrip("/"), citations, at)
        register(md, "evidence", page)
        register(md, "whole", Whole(page))
        register(md, "settled", Settled(page))
