"""A page on its way through Markdown: its fences become evidence before, and their blocks take their places after it."""

import xml.etree.ElementTree as etree
from html import escape
from pathlib import Path

from markdown import Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from evidence.errors import EvidenceError
from evidence.read.model import Check
from evidence.read.pages import Fence, Listing, Page
from evidence.read.questions import DIRECTIVE, EXPLORER, Question, questions
from evidence.read.topics import pages_of, topic_of
from evidence.read.words import synonyms
from evidence.records.standing import standing
from evidence.records.store import Records
from evidence.render.block import listing
from evidence.render.checks import check_yourself
from evidence.render.citations import Citations
from evidence.render.converting import Converting, problem
from evidence.render.explorer import place_of
from evidence.render.fences import Fences
from evidence.render.foreign import Made
from evidence.render.furniture import footer, last_changed, page_bar, structured_data
from evidence.render.lists import expand_directive
from evidence.render.measured import told
from evidence.render.shown import Shown
from evidence.render.site import page_of, relative_root, site_of
from evidence.render.withheld import Hidden, box, landings


class PagePreprocessor(Preprocessor):
    """Exchanges each runnable fence for its evidence."""

    def __init__(self, md: Markdown, root: Path, repository: str, citations: Citations, at: Converting) -> None:
        super().__init__(md)
        self.root, self.repository, self.citations, self.at = root, repository, citations, at
        self.preview = at.preview
        self.records = Records(root)
        self.shown = Shown()
        self.up = ""  # the way from the page to the site's root
        self.fences = Fences(self.records, repository, citations.known, at)
        self.hidden = Hidden(citations.known, at)

    @property
    def page(self) -> Page:
        """The page that is converted."""
        return self.at.page

    def run(self, lines: list[str]) -> list[str]:
        self.citations.told.clear()
        self.shown = Shown()
        page = self.at.page = page_of(self.md, self.root, "\n".join(lines).rstrip())
        self.up = relative_root(self.md, page.path)
        numbers = self.fences.begin(page, self.up)
        if page.problems and not self.preview:
            said = "\n  ".join(str(fault.format_message()) for fault in page.problems)
            raise EvidenceError(page.path, page.problems[0].line, f"refused\n  {said}")
        out = [self.md.htmlStash.store(problem(fault)) + "\n" for fault in page.problems]
        blocks: list[Fence | Listing | Check] = [*page.fences, *page.listings, *page.checks]
        starts = {block.first: block for block in blocks}
        asked = self.asked([page])
        ends = {question.end: question for question in asked}
        withheld = {question.start: question for question in asked if question.withheld}
        also = self.also()
        day = last_changed(self.root, page)
        index = 0
        while index < len(page.lines):
            if question := ends.pop(index, None):
                out += ["", self.below(question, also, day), ""]
            if question := withheld.get(index):
                said = box("This answer", question.withheld, self.fences.source)
                arrive = landings(self.hidden.anchors(question, page.lines))
                # as the author's own HTML, not out of the stash: so an engine knows these ids when it checks links
                out += [page.lines[index].text, "", arrive, ""]
                out += [self.md.htmlStash.store(Made(said)), ""]
                index = question.end - 1
            elif shown := starts.get(index):
                blank = shown.prefix.rstrip(" ")
                kept = self.shown.keep(shown.line, self.block(shown))
                out += [blank, shown.prefix + self.md.htmlStash.store(Made(kept)), blank]
                index = shown.last
            elif directive := DIRECTIVE.match(page.lines[index].text):
                out += [self.md.htmlStash.store(x) if isinstance(x, Made) else x for x in self.generated(directive[1])]
            elif explorer := EXPLORER.match(page.lines[index].text):
                out += ["", self.md.htmlStash.store(self.explorer(explorer[1], page.lines[index].number)), ""]
            else:
                out.append(numbers.markdown(page.lines[index].text))
                if page.lines[index].text.startswith("# ") and (bar := self.bar([*asked])):
                    out += ["", self.md.htmlStash.store(Made(bar)), ""]
            index += 1
        out += [block for question in ends.values() for block in ("", self.below(question, also, day))]
        if answered := [question for question in asked if not question.withheld]:
            cited = {key: source.url for key, source in self.citations.known.items()}
            out += ["", self.md.htmlStash.store(Made(structured_data(answered, day, cited)))]
        return out + [""]

    def block(self, shown: Fence | Listing | Check) -> str:
        """What stands in the place of a fence, a listing or a check."""
        if isinstance(shown, Fence):
            return self.fences.render(shown)
        return check_yourself(shown, self.fences) if isinstance(shown, Check) else listing(shown)

    def generated(self, kind: str) -> list[str]:
        """What stands in the place of `<!-- generate: kind -->`; in a preview that cannot make it, the reason."""
        within = self.page.path if kind == "answers" else ""  # the records of the whole site are many
        pages = [known for known, _ in site_of(self.root) if within in ("", topic_of(known.path))]
        try:
            return expand_directive(kind, self.page.path, self.asked(pages), self.root)
        except EvidenceError as fault:
            return [self.at.met(fault), ""]

    def explorer(self, name: str, line: int) -> Made:
        """What stands in the place of `<!-- explorer: name -->`; in a preview that has none of that name, the reason."""
        try:
            return Made(place_of(name, self.page.path, line, self.up))
        except EvidenceError as fault:
            return self.at.met(fault)

    def also(self) -> dict[str, str]:
        """Other words for the questions; none in a preview that cannot read them, as its first page says."""
        try:
            return synonyms(self.root)
        except EvidenceError as fault:
            self.at.met(fault)
            return {}

    def settled(self, html: str) -> str:
        """The page's HTML with its blocks of code in their places.

        Raises:
            EvidenceError: outside a preview, where the page shows other code than these blocks, or not all of them.
        """
        if self.preview and self.page.problems:  # what is malformed may be shown as code, and its fault is named already
            return self.shown.placed(html)
        try:
            return self.shown.settle(html, self.page.path, self.page.lines)
        except EvidenceError as fault:
            return self.at.met(fault) + self.shown.placed(html)

    def asked(self, pages: list[Page]) -> list[Question]:
        """The questions of some pages; a preview shows what does not stand in its place, and withholds nothing."""
        return told(questions(pages) if self.preview else standing(pages, self.records), pages, self.records)

    def bar(self, asked: list[Question]) -> str:
        pages = pages_of(self.page, [known for known, _ in site_of(self.root)])
        asked += self.asked(pages[1:])
        hidden = {id(fence) for question in asked if question.withheld for fence in question.fences}
        shown = [fence for page in pages for fence in page.fences if id(fence) not in hidden]
        runs = [record.ran for fence in shown if (record := self.records.load(fence))]
        return page_bar(pages, asked, min(runs, default=""), None if self.preview else self.up)

    def below(self, question: Question, also: dict[str, str], day: str) -> str:
        """What stands below an answer: the other words by which it is found, and where to edit it."""
        words = "" if question.withheld else also.get(question.id, "")
        html = f'<p class="question-also">Also asked about: {escape(words)}</p>' if words else ""
        html += footer(question, question.line, self.repository, day)
        return self.md.htmlStash.store(Made(html)) if html else ""


class Whole(Treeprocessor):
    """Says that the headings are done: toc and MkDocs take each through all postprocessors to know its text."""

    def __init__(self, page: PagePreprocessor) -> None:
        super().__init__(page.md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        self.page.shown.whole = True


class Settled(Postprocessor):
    """Settles what the page shows, at its end."""

    def __init__(self, page: PagePreprocessor) -> None:
        super().__init__(page.md)
        self.page = page

    def run(self, text: str) -> str:
        return self.page.settled(text) if self.page.shown.whole else text
