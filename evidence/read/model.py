"""What a page is to the rest of the machinery: its lines, headings, fences and listings, and what is wrong with it."""

from dataclasses import dataclass, field

from pytest_codeblocks import CodeBlock

from evidence.errors import EvidenceError
from evidence.read.headings import Heading, read_heading
from evidence.read.includes import Line
from evidence.read.parts import Parts
from evidence.read.uses import Measures, Use


@dataclass
class Fence:
    """A runnable Python fence of a page."""

    page: str
    line: int  # of the opening fence, counted from 1
    first: int  # index of its first and last expanded line, with the comments and captions that belong to it
    last: int
    prefix: str  # what stands before the fence: indentation, quote marks
    origin: list[Line]  # the code, line by line, with the place each line was written
    snippet: str  # the one file it shows, relative to the project, else page:line
    question: str  # the id of the heading above, or ""
    figures: list[tuple[str, str]] = field(default_factory=list)  # (alt text, caption) in the order they are shown
    cells: list["Fence"] = field(default_factory=list)  # of a lab, whose fence this is as a whole
    figure_first: bool = False  # the page asks for picture and output before the code
    parts: Parts = field(default_factory=Parts)
    measures: Measures = field(default_factory=Measures)
    uses: list[Use] = field(default_factory=list)  # where the page's prose shows what it measured
    typed: list[tuple[int, str]] = field(default_factory=list)  # the decimals and percentages of its page's prose, by line
    skip_reason: str = ""  # the visible reason why this fence may be without a record, or ""
    block: CodeBlock = field(default_factory=lambda: CodeBlock("", 0, "python"))  # with what the page expects it to print

    @property
    def code(self) -> str:
        return "".join(line.text + "\n" for line in self.origin)

    def figures_fault(self, drawn: int) -> str:
        """Say how the figures that were drawn and those that the page describes differ, or ""."""
        if drawn == len(self.figures):
            return ""
        return (
            f"draws {drawn} figures, and the page describes {len(self.figures)}; below the fence write for each, in their "
            "order: `<!-- figure: what is to be seen -->` and on the next line `Figure: its message.`"
        )


@dataclass(frozen=True)
class Listing:
    """A fence that is read and does not run: text, a console's commands, a file's contents."""

    line: int
    first: int  # index of its first and last expanded line
    last: int
    prefix: str
    language: str
    text: str


@dataclass
class Check:
    """A question that readers answer for themselves, with its answer."""

    line: int
    first: int  # index of its first and last expanded line
    last: int
    question: str
    answer: str
    outputs: list[tuple[Fence, str]] = field(default_factory=list)  # and of which run: "" as written, "proof", or a choice
    prefix: str = ""


@dataclass
class Page:
    """A page as it was read, with everything that is wrong with it."""

    path: str
    lines: list[Line] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)  # those with an id
    includes: set[str] = field(default_factory=set)  # the files that it names, whether they could be read or not
    checks: list[Check] = field(default_factory=list)  # questions to readers
    problems: list[EvidenceError] = field(default_factory=list)

    @property
    def asks(self) -> Heading | None:
        """The question that the page as a whole answers, where its title has an id; a topic's questions may also be its parts."""
        return next((heading for heading in self.headings if heading.level == 1), None)

    @property
    def title(self) -> str:
        """The page's first heading, as it is written, without its id."""
        written = (line for line in self.lines if line.path == self.path and line.text.startswith("# "))
        heading = next((read_heading(line.text, line.number) for line in written), None)
        return heading.title if heading else self.path

    def problem(self, line: int, message: str) -> None:
        """Note something that is wrong at a line of this page."""
        self.problems.append(EvidenceError(self.path, line, message))
