"""Measured numbers: what a snippet collects in `measured`, and where a page's prose writes `[=name:format]`."""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from evidence.read.headings import read_heading
from evidence.read.model import Fence, Page
from evidence.read.syntax import CODE_SPAN, FORMAT, LIKE_MEASURED, MEASURED, NO_PROSE, TYPED
from evidence.read.tree import nodes_of, tree_of
from evidence.read.uses import Measures, Use

PLAIN = re.compile(r"(?:[^\W_]|(?<=\w)_(?=\w)|[ .,:;%+()/='-])+")  # reads as itself in Markdown, HTML and every export
EXPECTED = "expected `[=name:format]` with a format as `.1f`, `.0%`, `d` or `.2e`, and none for a text"


def read_measures(fence: Fence) -> Measures:
    """What a snippet's code says of its dict `measured`: where it is made, and which of its entries its assertions hold."""
    code = fence.code
    if "measured" not in code:
        return Measures()
    try:
        tree, nodes = tree_of(code), nodes_of(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Measures()
    made = [node for node in tree.body if _targets(node, "measured")]
    if not made:
        return Measures()
    imported = {(one.asname or one.name).partition(".")[0] for node in nodes if _imports(node) for one in node.names}  # type: ignore[attr-defined]
    asserted = [one for node in nodes if isinstance(node, ast.Assert) for one in ast.walk(node.test)]
    names = {one.id for one in asserted if isinstance(one, ast.Name)} - imported - set(dir(builtins)) - {"measured"}
    asked = [one for one in asserted if isinstance(one, ast.Subscript) and _is_measured(one.value)]
    keys = {one.slice.value for one in asked if isinstance(one.slice, ast.Constant)}
    every = sum(_is_measured(one) for one in asserted) > len([one for one in asked if isinstance(one.slice, ast.Constant)])
    for key, value in _entries(nodes):
        if {one.id for one in ast.walk(value) if isinstance(one, ast.Name)} & names:
            keys.add(key)
    return Measures(made[-1].lineno, frozenset(map(str, keys)), every)


def _targets(node: ast.stmt, name: str) -> bool:
    """Whether a statement of the file's own level sets a name."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _imports(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_measured(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "measured"


def _entries(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[str, ast.expr]]:
    """The entries of `measured` that are written out, with what computes each."""
    for node in nodes:
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if _is_measured(target) and isinstance(node.value, ast.Dict):
                pairs = zip(node.value.keys, node.value.values, strict=True)
                yield from ((str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant))
            elif isinstance(target, ast.Subscript) and _is_measured(target.value) and isinstance(target.slice, ast.Constant):
                yield str(target.slice.value), node.value


def read_uses(page: Page) -> None:
    """Give each fence of a page the places in prose that show what it measured, and note what is wrong with them."""
    for fence in page.fences:
        fence.measures = read_measures(fence)
    measuring = [fence for fence in page.fences if fence.measures.line]
    code = {k for fence in page.fences for k in range(fence.first, fence.first + len(fence.origin) + 2)}
    code |= {k for shown in page.listings for k in range(shown.first, shown.last + 1)}
    typed: list[tuple[int, str]] = []
    for index, line in enumerate(page.lines):
        if index in code or line.path != page.path:
            continue
        if LIKE_MEASURED.search(line.text):
            _read_line(page, measuring, index)
        if measuring:
            bare = NO_PROSE.sub(" ", MEASURED.sub(" ", line.text))
            found = ((one["number"], bool(one["percent"])) for one in TYPED.finditer(bare))
            typed += [(line.number, alike(number, percent)) for number, percent in found if percent or "." in number]
    for fence in measuring:
        fence.typed = typed


def _read_line(page: Page, measuring: list[Fence], index: int) -> None:
    """Read the measured numbers of one line."""
    line = page.lines[index]
    text = CODE_SPAN.sub(lambda span: " " * len(span[0]), line.text)
    found = {match.start(): match for match in MEASURED.finditer(text)}
    for like in LIKE_MEASURED.finditer(text):
        match = found.get(like.start())
        said = match[0] if match else text[like.start() :][:30]
        if match is None or not FORMAT.fullmatch(match["format"] or "") or match["format"] == "":
            page.problem(line.number, f"found {said!r}; {EXPECTED}")
        elif read_heading(line.text, 1):
            page.problem(line.number, f"found {said!r} in a heading; a title stands in lists and links, so say it below")
        elif not (those := meant(measuring, match["snippet"] or "")):
            names = ", ".join(sorted({fence_name(fence) for fence in measuring} - {""})) or "none"
            why = f"no snippet {match['snippet']!r}" if match["snippet"] else "no one snippet"
            page.problem(line.number, f"found {said!r}, and {why} of this page measures; those that do: {names}")
        else:
            use = Use(match["name"], match["format"] or "", line.number, index, bool(match["percent"]), match[0])
            for fence in those:
                fence.uses.append(use)


def meant(measuring: list[Fence], name: str) -> list[Fence]:
    """The fences that a name in prose means; none where it could mean several snippets."""
    if name:
        return [fence for fence in measuring if fence_name(fence) == name]
    return measuring if len({fence.code for fence in measuring}) == 1 else []


def fence_name(fence: Fence) -> str:
    """The name of a snippet in prose; "" for a fence that is written on its page."""
    path = PurePosixPath(fence.snippet)
    return path.stem if path.suffix == ".py" else ""


def printed(value: float | int | str, form: str) -> str:
    """A measured value as prose shows it.

    Raises:
        ValueError: the format is none for such a value; the message says what is expected.
    """
    if isinstance(value, str):
        if form:
            raise ValueError(f"is the text {value!r}, which has no format")
        if not PLAIN.fullmatch(value):
            raise ValueError(f"is the text {value!r}, which holds signs of Markdown; prose takes letters, digits and stops")
        return value
    if not form and isinstance(value, float):
        raise ValueError(f"is {value!r}; say how many digits mean something, as `:.1f`")
    if form.endswith("d") and isinstance(value, float):
        raise ValueError(f"is {value!r}, no whole number; write `:.0f`")
    text = format(value, form)
    return text.lstrip("-") if re.fullmatch(r"-[0.]*%?", text) else text


def alike(text: str, percent: bool) -> str:
    """A number in the one form in which it is compared: without its sign, its thousands apart, its % close by."""
    return text.lstrip("+-").replace(",", "").rstrip("%") + "%" * (percent or text.endswith("%"))
