"""The parts of a snippet: what it teaches and what it proves, what is folded away, and which values can be tried."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evidence.errors import EvidenceError
from evidence.read.includes import Line
from evidence.read.knobs import Knob, read_knob
from evidence.read.syntax import ENDREGION, LIKE_A_PART, PROOF, REGION, TRY
from evidence.read.tree import nodes_of, tree_of

MOST_KNOBS = 2
MARKS = "`# %% proof: what it does`, or `# region: what it holds` and `# endregion`"


@dataclass(frozen=True)
class Fold:
    """Lines that a page folds away, by the indices of their marks."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Parts:
    """What the marks of a snippet say; nothing, where it has none."""

    proof: int = 0  # index of the line that begins the proof; 0 where there is none
    said: str = ""  # what the proof does, in its own words
    assertions: int = 0  # of the proof
    folds: tuple[Fold, ...] = ()
    knobs: tuple[Knob, ...] = ()

    @property
    def formed(self) -> bool:
        """Whether the snippet has the second form: it teaches, and then proves or can be turned."""
        return bool(self.proof or self.knobs)

    def teaching(self, lines: list[Line]) -> list[Line]:
        """The lines that teach."""
        return lines[: self.proof] if self.proof else lines

    def choices(self) -> list[tuple[Knob, str]]:
        """Each value that is tried beside the written ones."""
        return [(knob, value) for knob in self.knobs for value in knob.values[1:]]


def read_parts(lines: list[Line]) -> tuple[Parts, list[EvidenceError]]:
    """Read the marks of a snippet, and what is wrong with them.

    Code that is no Python has none: its run says what is wrong with it, and where.
    """
    code = "".join(line.text + "\n" for line in lines)
    if not any(word in code for word in ("# %%", "#%%", "region", "try:")):
        return Parts(), []
    try:
        tree, asserted = tree_of(code), [node for node in nodes_of(code) if isinstance(node, ast.Assert)]
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return Parts(), []
    reading = _Reading(lines, tree, asserted)
    for token in tokens:
        if token.type == tokenize.COMMENT:
            reading.comment(token.start[0] - 1, token.start[1], token.string)
    return reading.end(), reading.problems


class _Reading:
    """Goes through the comments of a snippet."""

    def __init__(self, lines: list[Line], tree: ast.Module, asserted: list[ast.Assert]) -> None:
        self.lines, self.tree, self.asserted = lines, tree, asserted
        self.problems: list[EvidenceError] = []
        self.parts = Parts()
        self.open: tuple[int, str] | None = None  # the fold that is open: where it begins, and its name

    def problem(self, index: int, message: str) -> None:
        self.problems.append(EvidenceError(self.lines[index].path, self.lines[index].number, message))

    def comment(self, index: int, column: int, text: str) -> None:
        """Read one comment."""
        if match := TRY.match(text):
            self.knob(index, match["values"])
        if not LIKE_A_PART.match(text):
            return
        if column or not (PROOF.match(text) or REGION.match(text) or ENDREGION.match(text)):
            self.problem(index, f"found {text!r}; expected {MARKS}, alone at the start of a line")
        elif any(node.lineno <= index and index < (node.end_lineno or 0) for node in _spans(self.tree)):
            self.problem(index, f"found {text!r} inside a statement; put it between two statements of the file's own level")
        elif proof := PROOF.match(text):
            self.proof(index, proof["said"])
        elif region := REGION.match(text):
            if self.open:
                self.problem(index, f"begins a fold inside that of line {self.number(self.open[0])}; end that one first")
            self.open = index, region["name"]
        elif self.open is None:
            self.problem(index, "ends a fold, and none is open; begin it with `# region: what it holds`")
        else:
            first, name = self.open
            self.parts = replace(self.parts, folds=(*self.parts.folds, Fold(name, first, index)))
            self.open = None

    def number(self, index: int) -> int:
        return self.lines[index].number

    def proof(self, index: int, said: str) -> None:
        """Read the mark that begins the proof."""
        if self.parts.proof:
            first = self.number(self.parts.proof)
            return self.problem(index, f"begins a second proof; the first begins at line {first}, and a snippet has one at most")
        if self.open:
            self.unclosed()
        taught = [node for node in self.tree.body if node.lineno <= index and not _says_nothing(node)]
        if not taught:
            self.problem(index, "begins a proof before anything is taught; put the code that a reader should see above it")
        asserted = [node for node in self.asserted if node.lineno > index]
        if not asserted:
            self.problem(index, 'begins a proof that asserts nothing; end it with `assert …, "what should be, and what was"`')
        self.parts = replace(self.parts, proof=index, said=said, assertions=len(asserted))

    def unclosed(self) -> None:
        if self.open:
            said = f"begins the fold {self.open[1]!r}, which never ends in its part; end it with `# endregion`"
            self.problem(self.open[0], said)
        self.open = None

    def knob(self, index: int, values: str) -> None:
        """Read a comment that names values to try."""
        knobs = self.parts.knobs
        knob, fault = read_knob(self.lines[index].text, index, values, self.tree, bool(self.parts.proof))
        if knob and (same := next((one for one in knobs if one.name == knob.name), None)):
            fault = f"has a second knob of the name {knob.name!r}; the first is at line {self.number(same.line)}"
        elif knob and len(knobs) == MOST_KNOBS:
            fault = f"has a third knob; a page offers at most {MOST_KNOBS}"
        if knob and not fault:
            self.parts = replace(self.parts, knobs=(*knobs, knob))
        else:
            self.problem(index, fault)

    def end(self) -> Parts:
        """What was found."""
        self.unclosed()
        return self.parts


def _spans(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of the file's own level that take more than a line."""
    return (node for node in tree.body if node.end_lineno != node.lineno)


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a statement is an import or the docstring."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Import | ast.ImportFrom)
