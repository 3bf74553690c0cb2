"""What stands in a page in place of each of its fences that run."""

import re
from collections import Counter
from html import escape
from pathlib import PurePosixPath
from typing import Any

from markdown import Markdown

from evidence.errors import EvidenceError
from evidence.read.pages import Fence, Page
from evidence.read.sources import Source
from evidence.records.drawings import DrawingFault
from evidence.records.excuse import excuse
from evidence.records.record import Record
from evidence.records.store import Records, slug
from evidence.render.converting import Converting
from evidence.render.escape import href
from evidence.render.form import evidence
from evidence.render.measured import Numbers
from evidence.render.withheld import box
from evidence.render.written import read_written

MATH: dict[str, Any] = {"pymdownx.arithmatex": {"generic": True}}


class Fences:
    """Makes the evidence of fences, page by page."""

    def __init__(self, records: Records, repository: str, known: dict[str, Source], at: Converting) -> None:
        self.records, self.repository, self.preview = records, repository, at.preview
        self.numbers = Numbers(Page(""), records)
        self.up = ""  # the way from the page to the site's root
        self.figured: Counter[str] = Counter()  # how often each record stands on the page so far
        self.phrases = Markdown(extensions=["pymdownx.arithmatex"], extension_configs=MATH)
        read_written(self.phrases, known, at)

    def begin(self, page: Page, up: str) -> Numbers:
        """Begin a page, from which a way leads up to the site's root; return its measured numbers."""
        self.figured.clear()
        self.up = up
        self.numbers = Numbers(page, self.records)
        return self.numbers

    def render(self, fence: Fence) -> str:
        """The evidence of one fence, or outside a preview the box in its place where it does not stand."""
        record = self.records.load(fence)
        doubt = self.records.doubt(fence)
        if doubt and not self.preview:
            return box("This example", [(fence, doubt)], self.source)
        why = "" if record else f"not run yet ({doubt})" if doubt else f"not run: {excuse(fence)}"
        words = [(self.numbers.plain(alt), self.phrase(caption)) for alt, caption in fence.figures]
        place, name = self.place(fence, record)
        try:
            return evidence(fence, record, words, self.links(fence), why, place, name)
        except DrawingFault as fault:
            said = EvidenceError(fence.page, fence.line, f"{fence.snippet} {fault}")
            if not self.preview:
                raise said from fault
            return evidence(fence, None, words, self.links(fence), said.text, place, name)

    def place(self, fence: Fence, record: Record | None) -> tuple[str, str]:
        """What the ids of a fence's figures and of its choices begin with: its name, and which showing of it this is."""
        if record is None:
            return "", ""
        self.figured[record.digest] += 1
        again = f"-{self.figured[record.digest]}" if self.figured[record.digest] > 1 else ""
        path = PurePosixPath(fence.snippet)
        return f"f{record.digest[:8]}{again}-", f"try-{slug(path.stem if path.suffix == '.py' else fence.snippet)}{again}"

    def phrase(self, text: str) -> str:
        """A text of one paragraph, as a caption, as HTML."""
        self.phrases.reset()
        return re.sub(r"^<p>|</p>$", "", self.phrases.convert(self.numbers.markdown(text)))

    def links(self, fence: Fence) -> str:
        """Copy, download and source of a snippet that is a file of its own."""
        out = ['<button type="button" class="evidence-copy" hidden>Copy</button>']
        if fence.snippet.endswith(".py"):
            name = PurePosixPath(fence.snippet).name
            if not self.preview:  # the file is put into the site after the build
                out.append(f'<a href="{self.up}{href(fence.snippet)}" download="{escape(name)}">Download</a>')
            if source := self.source(fence):
                out.append(source)
        return " ".join(out)

    def source(self, fence: Fence) -> str:
        """The link to a snippet's file in the repository, where that is known."""
        if not self.repository or not fence.snippet.endswith(".py"):
            return ""
        return f'<a href="{self.repository}/blob/main/{href(fence.snippet)}">Source</a>'
