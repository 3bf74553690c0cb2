"""Reads a page from top to bottom, once: what each line and each fence is, and what is wrong with it."""

import re
from pathlib import Path

from pytest_codeblocks import CodeBlock

from evidence.errors import EvidenceError
from evidence.read.blocks import Block, Scan, code_of, scan
from evidence.read.captions import EXPECTED, captions
from evidence.read.checks import read_checks
from evidence.read.headings import heading_fault, read_heading
from evidence.read.includes import Line, included
from evidence.read.listings import listing_fault
from evidence.read.marks import mark_faults
from evidence.read.measured import read_uses
from evidence.read.model import Fence, Listing, Page
from evidence.read.options import comment_fault, skip_reason
from evidence.read.parts import read_parts
from evidence.read.rules import rule_problems
from evidence.read.syntax import EXPECTED_OUTPUT, INCLUDE, LANGUAGE, LIKE_AN_INCLUDE, PYTHON, SHOW

IN_CODE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # a form feed may stand in a snippet, which is split at "\n" alone
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


class Reader:
    """Goes through a page; `read` returns what it found."""

    def __init__(self, root: Path, path: str, raw: list[str], offset: int) -> None:
        self.root, self.page, self.raw, self.offset = root, Page(path), raw, offset
        self.texts = [line.expandtabs(4) for line in raw]  # as Python-Markdown does
        self.unnamed = False  # whether the question above has no id
        self.skip: tuple[int, str] | None = None  # where a comment skips the next fence, and why
        self.first = 0  # the line of a comment that asks for picture and output before the code
        self.expecting = 0  # the line of a comment that announces an expected output

    def read(self) -> Page:
        """The page, with its problems in the order of their lines."""
        found = scan(self.texts)
        for index, message in found.problems:
            self.page.problem(self.line(index), message)
        for index, text in enumerate(self.raw):
            if match := CONTROL.search(text):
                self.page.problem(self.line(index), f"holds the character U+{ord(match[0]):04X}, which nobody sees; delete it")
        index = 0
        while index < len(self.texts):
            if block := found.blocks.get(index):
                index = self.fence(block)
            else:
                self.prose(index, found)
                self.keep(index)
                index += 1
        self.unused()
        read_uses(self.page)
        read_checks(self.page)
        self.page.problems += [*rule_problems(self.page), *mark_faults(self.root, self.page)]
        self.page.problems.sort(key=lambda problem: (problem.path.as_posix() != self.page.path, problem.line))
        return self.page

    def line(self, index: int) -> int:
        """The line of the file."""
        return index + 1 + self.offset

    def keep(self, index: int) -> None:
        self.page.lines.append(Line(self.texts[index], self.page.path, self.line(index)))

    def prose(self, index: int, found: Scan) -> None:
        """Read a line that is no fence's."""
        text, line = self.texts[index], self.line(index)
        if LIKE_AN_INCLUDE.match(text):
            self.page.problem(line, f"found {text.strip()!r} outside a fence; an include stands in a `python` fence, which runs")
        if index in found.hidden:
            if text.lstrip("> ").startswith("#"):
                self.page.problem(line, "found a heading inside a comment; end the comment before it, or delete it")
            return
        if fault := heading_fault(text, self.texts[index - 1] if index and index - 1 not in found.apart else ""):
            self.page.problem(line, fault)
        elif heading := read_heading(text, line):
            self.page.headings += [heading] if heading.id else []
            whole = self.page.asks is not None  # then its parts need no ids
            self.unnamed = not whole and (heading.level == 2 and not heading.id or self.unnamed and heading.level > 2)
        if SHOW.match(text):
            self.first = line
        elif text.strip():
            self.unused()
            self.comment(text, line)

    def comment(self, text: str, line: int) -> None:
        """Read what a comment asks for."""
        try:
            if reason := skip_reason(text):
                self.skip = (line, reason)
                return
        except ValueError as error:
            self.page.problem(line, str(error))
            return
        if EXPECTED_OUTPUT.match(text):
            self.expecting = line
        elif fault := comment_fault(text):
            self.page.problem(line, fault)

    def unused(self) -> None:
        """Say of a comment that the fence it asks for does not follow it."""
        if self.skip:
            self.page.problem(self.skip[0], "skips a fence, and none that runs follows directly below")
        if self.expecting:
            self.page.problem(self.expecting, "expects an output, and no fence that runs and `text` fence stand around it")
        if self.first:
            self.page.problem(self.first, "asks for a figure first, and no fence that runs follows directly below")
        self.skip, self.expecting, self.first = None, 0, 0

    def fence(self, block: Block) -> int:
        """Read a fence with what belongs to it; return the index of the line behind."""
        match = LANGUAGE.match(block.info)
        language = match["lang"].lower() if match else ""
        first = len(self.page.lines)
        self.keep(block.first)
        if language in PYTHON:
            return self.code(block, first)
        body = range(block.first + 1, block.last)
        for index in body:
            self.keep(index)
        self.keep(block.last)
        text = "".join(code_of(self.texts[index], block.prefix) + "\n" for index in body)
        if fault := listing_fault(language, text):
            self.page.problem(self.line(block.first), fault)
        last = len(self.page.lines) - 1
        self.page.listings.append(Listing(self.line(block.first), first, last, block.prefix, language, text))
        if self.expecting and language == "text" and self.page.fences and self.page.fences[-1].block.expected_output is None:
            self.page.fences[-1].block.expected_output = text
            self.expecting = 0
        self.unused()
        return block.last + 1

    def code(self, block: Block, first: int) -> int:
        """Read a fence that runs."""
        origin: list[Line] = []
        readable = True
        for index in range(block.first + 1, block.last):
            text, line = code_of(self.texts[index], block.prefix), self.line(index)
            got = [Line(text, self.page.path, line)]
            if include := INCLUDE.match(text):
                self.page.includes.add(include["path"].partition(":")[0])
                try:
                    got = included(self.root, include["path"], self.page.path, line)
                except EvidenceError as error:
                    self.page.problems.append(error)
                    readable = False
            elif LIKE_AN_INCLUDE.match(text):
                self.page.problem(line, f'found {text.strip()!r}; an include is a line --8<-- "snippets/folder/file.py"')
            elif "\t" in self.raw[index].lstrip("> \t") or "\t" in self.raw[index] and "\t" not in self.raw[block.first]:
                self.page.problem(line, "found a tab in code that runs; indent with spaces")
            origin += got
            self.page.lines += [Line(block.prefix + x.text if x.text else "", x.path, x.number) for x in got]
        self.keep(block.last)
        line, last = self.line(block.first), len(self.page.lines) - 1
        for x in (x for x in origin if x.path != self.page.path):
            if "\t" in x.text:
                self.page.problems.append(EvidenceError(x.path, x.number, "found a tab in code that runs; indent with spaces"))
            if match := IN_CODE.search(x.text):
                message = f"holds the character U+{ord(match[0]):04X}, which nobody sees; write it as an escape"
                self.page.problems.append(EvidenceError(x.path, x.number, message))
        files = {x.path for x in origin}
        whole = len(files) == 1 and self.page.path not in files and [x.number for x in origin] == list(range(1, len(origin) + 1))
        above = self.page.asks or (self.page.headings[-1] if self.page.headings else None)
        question = above.id if above else ""
        if self.unnamed:
            self.page.problem(line, "runs below a question without an id; write `## The question? { #its-id }`")
        snippet = files.pop() if whole else f"{self.page.path}:{line}"
        fence = Fence(self.page.path, line, first, last, block.prefix, origin, snippet, question)
        fence.block = CodeBlock(fence.code, line, "python")
        fence.parts, problems = read_parts(origin)
        self.page.problems += problems
        if self.skip:
            fence.skip_reason, self.skip = self.skip[1], None
        fence.figure_first, self.first = bool(self.first), 0
        self.unused()
        fence.figures, end, malformed = captions(self.texts, block.last + 1, block.prefix)
        if malformed is not None:
            self.page.problem(self.line(malformed), EXPECTED)
            end = malformed + 1
        if fence.figure_first and not fence.figures:
            self.page.problem(line, f"is to show its figure first, and the page describes none; {EXPECTED}")
        for index in range(block.last + 1, end):
            self.keep(index)
        fence.last = len(self.page.lines) - 1
        if readable:
            self.page.fences.append(fence)
        return end
