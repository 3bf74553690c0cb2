"""The Python-Markdown extension: puts the records under their code. MkDocs and Zensical both run it; neither runs code."""

import os
import re
from html import escape
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from evidence.errors import EvidenceError, Unshowable
from evidence.read.model import Check
from evidence.read.pages import Fence, Listing, Page
from evidence.read.questions import DIRECTIVE, EXPLORER, Question, questions
from evidence.read.sources import sources
from evidence.read.topics import pages_of, topic_of
from evidence.read.words import synonyms
from evidence.records.standing import standing
from evidence.records.store import Records
from evidence.render.answer import Anchors, Answers
from evidence.render.block import listing
from evidence.render.checks import check_yourself
from evidence.render.citations import Citations
from evidence.render.explorer import place_of
from evidence.render.fences import Fences
from evidence.render.foreign import Made, guard
from evidence.render.formulas import Formulas
from evidence.render.furniture import footer, last_changed, page_bar, structured_data
from evidence.render.glossary import explain
from evidence.render.lists import expand_directive
from evidence.render.measured import told
from evidence.render.shown import Shown
from evidence.render.site import page_of, site_of
from evidence.render.withheld import Hidden, box, landings


class EvidenceExtension(Extension):
    """Evidence, formulas, citations and verdicts of a page."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "repository": ["", "address of the repository, for the links to a snippet's source; none where it is empty"],
            "preview": [bool(os.environ.get("EVIDENCE_PREVIEW")), "show what is missing in its place instead of refusing"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        root = Path.cwd()
        md.registerExtension(self)
        known = sources(root)
        citations = Citations(md, known, once=True)
        md.inlinePatterns.register(citations, "citations", 175)
        reference: Any = md.parser.blockprocessors["reference"]  # "[@key]: AdamW." is a source and a word, no link's address
        reference.RE = re.compile(reference.RE.pattern.replace(r"\[", r"\[(?!@)", 1), re.MULTILINE)
        md.treeprocessors.register(Formulas(md), "formulas", 15)
        anchors = Anchors(md)
        md.treeprocessors.register(anchors, "anchors", 6)  # after attr_list has set the ids, before toc invents others
        md.treeprocessors.register(Answers(md, anchors), "answers", 4)  # after toc has seen the headings
        explain(md, root)
        page = PagePreprocessor(md, root, self.getConfig("repository") or "", bool(self.getConfig("preview")))
        md.preprocessors.register(page, "evidence", 28)  # after line ends are normalized, before fences are read
        guard(md)
        original = md.convert

        def convert(source: str) -> str:
            """Convert, and name the page and the line of what cannot be shown: a formula, a citation, foreign HTML."""
            citations.told.clear()
            page.shown = Shown()
            try:
                return page.settled(original(source))
            except Unshowable as error:
                found = page.located(error)
                if not page.preview:
                    raise found from error
                return f'<div class="evidence-problem">{escape(found.format_message())}</div>'

        md.convert = convert  # type: ignore[method-assign]


class PagePreprocessor(Preprocessor):
    """Exchanges each runnable fence for its evidence."""

    def __init__(self, md: Markdown, root: Path, repository: str, preview: bool) -> None:
        super().__init__(md)
        self.root, self.repository, self.preview = root, repository.rstrip("/"), preview
        self.records = Records(root)
        self.page = Page("")
        self.shown = Shown()
        self.fences = Fences(root, self.records, self.repository, preview)
        self.hidden = Hidden(root)

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).rstrip()
        page = self.page = page_of(self.md, self.root, text)
        numbers = self.fences.begin(page)
        problems = [str(p.format_message()) for p in page.problems]
        if problems and not self.preview:
            raise EvidenceError(page.path, page.problems[0].line, "refused\n  " + "\n  ".join(problems))
        out = [self.md.htmlStash.store(Made(f'<div class="evidence-problem">{escape(p)}</div>')) + "\n" for p in problems]
        blocks: list[Fence | Listing | Check] = [*page.fences, *page.listings, *page.checks]
        starts = {block.first: block for block in blocks}
        asked = self.asked([page])
        ends = {question.end: question for question in asked}
        withheld = {question.start: question for question in asked if question.withheld}
        also = synonyms(self.root)
        headed = {question.line: also[question.id] for question in asked if question.id in also and not question.withheld}
        day = last_changed(self.root, page)
        index = 0
        while index < len(page.lines):
            if question := ends.pop(index, None):
                out += ["", self.below(question, day), ""]
            if question := withheld.get(index):
                said = box("This answer", question.withheld, self.fences.source)
                arrive = landings(self.hidden.anchors(question, page.lines))
                # as the author's own HTML, not out of the stash: so an engine knows these ids when it checks links
                out += [page.lines[index].text, "", arrive, ""]
                out += [self.md.htmlStash.store(Made(said)), ""]
                index = question.end - 1
            elif shown := starts.get(index):
                blank = shown.prefix.rstrip(" ")
                html = self.block(shown)
                out += [blank, shown.prefix + self.md.htmlStash.store(Made(self.shown.keep(shown.line, html))), blank]
                index = shown.last
            elif directive := DIRECTIVE.match(page.lines[index].text):
                within = page.path if directive[1] == "answers" else ""  # the records of the whole site are many
                pages = [known for known, _ in site_of(self.root) if within in ("", topic_of(known.path))]
                said_of = expand_directive(directive[1], page.path, self.asked(pages), self.root)
                out += [self.md.htmlStash.store(line) if isinstance(line, Made) else line for line in said_of]
            elif explorer := EXPLORER.match(page.lines[index].text):
                place = place_of(explorer[1], page.path, page.lines[index].number)
                out += ["", self.md.htmlStash.store(Made(place)), ""]
            else:
                out.append(numbers.markdown(page.lines[index].text))
                if page.lines[index].text.startswith("# ") and (bar := self.bar([*asked])):
                    out += ["", self.md.htmlStash.store(Made(bar)), ""]
                if page.lines[index].path == page.path and (words := headed.get(page.lines[index].number)):
                    said = f'<p class="question-also">Also asked about: {escape(words)}</p>'
                    out += ["", self.md.htmlStash.store(Made(said)), ""]
            index += 1
        out += [block for question in ends.values() for block in ("", self.below(question, day))]
        if answered := [question for question in asked if not question.withheld]:
            cited = {key: source.url for key, source in sources(self.root).items()}
            out += ["", self.md.htmlStash.store(Made(structured_data(answered, day, cited)))]
        return out + [""]

    def block(self, shown: Fence | Listing | Check) -> str:
        """What stands in the place of a fence, a listing or a check."""
        if isinstance(shown, Fence):
            return self.fences.render(shown)
        return check_yourself(shown, self.fences) if isinstance(shown, Check) else listing(shown)

    def settled(self, html: str) -> str:
        """The page's HTML with its blocks of code in their places.

        Raises:
            EvidenceError: outside a preview, where the page shows other code than these blocks, or not all of them.
        """
        try:
            return self.shown.settle(html, self.page.path, self.page.lines)
        except EvidenceError as error:
            if not self.preview:
                raise
            return f'<div class="evidence-problem">{escape(error.format_message())}</div>{self.shown.placed(html)}'

    def asked(self, pages: list[Page]) -> list[Question]:
        """The questions of some pages; a preview shows what does not stand in its place, and withholds nothing."""
        return told(questions(pages) if self.preview else standing(pages, self.records), pages, self.records)

    def bar(self, asked: list[Question]) -> str:
        pages = pages_of(self.page, [known for known, _ in site_of(self.root)])
        asked += self.asked(pages[1:])
        hidden = {id(fence) for question in asked if question.withheld for fence in question.fences}
        shown = [fence for page in pages for fence in page.fences if id(fence) not in hidden]
        runs = [record.ran for fence in shown if (record := self.records.load(fence))]
        return page_bar(pages, asked, min(runs, default=""), links=not self.preview)

    def below(self, question: Question, day: str) -> str:
        html = footer(question, question.line, self.repository, day)
        return self.md.htmlStash.store(Made(html)) if html else ""

    def located(self, error: Unshowable) -> EvidenceError:
        """The same error with the page's line that holds what cannot be shown."""
        line = next((x.number for x in self.page.lines if error.found.lower() in x.text.lower()), 1)
        return EvidenceError(self.page.path, line, str(error))
