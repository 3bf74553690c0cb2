"""A knob: `name = value  # try: other, values`, a line of a snippet for which other values are run too."""

import ast
from dataclasses import dataclass

MOST_VALUES = 5
EXPECTED = "`name = value  # try: other, values` at the start of a line of the teaching part, each value a literal"


@dataclass(frozen=True)
class Knob:
    """A literal of the teaching part that can be turned."""

    name: str
    line: int  # its index
    start: int  # of the literal in the line, in characters
    end: int
    values: tuple[str, ...]  # as Python; the first is the one that is written

    def choice(self, value: str) -> str:
        """What a reader chooses, as "p = 0.1"."""
        return f"{self.name} = {value}"

    def turned(self, text: str, value: str) -> str:
        """Its line with another value."""
        return text[: self.start] + value + text[self.end :]


def read_knob(text: str, index: int, values: str, tree: ast.Module, proved: bool) -> tuple[Knob | None, str]:
    """Read a line with a comment that names values to try; return the knob, or what is wrong with it.

    Args:
        text: the line.
        index: its index.
        values: what the comment names.
        tree: the whole snippet.
        proved: whether the line stands in the proof.
    """
    nodes = [node for node in tree.body if node.lineno == index + 1]
    node = nodes[0] if len(nodes) == 1 else None
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name) or len(node.targets) > 1:
        return None, f"found the knob {text.strip()!r}; expected {EXPECTED}"
    if proved or node.end_lineno != index + 1 or not _is_literal(node.value):
        why = "stands in the proof" if proved else "sets something that is no literal"
        return None, f"found the knob {text.strip()!r}, which {why}; expected {EXPECTED}"
    start, end = (len(text.encode()[:at].decode()) for at in (node.value.col_offset, node.value.end_col_offset))
    own, others = text[start:end], _literals(values)
    if not 0 < len(others) < MOST_VALUES:
        expected = f"one to {MOST_VALUES - 1} literals beside {own}, with commas between them"
        return None, f"found `try: {values}`; expected {expected}"
    if len({repr(ast.literal_eval(value)) for value in (own, *others)}) <= len(others):
        return None, f"found `try: {values}`, where a value stands twice; {own} itself is run anyway"
    return Knob(node.targets[0].id, index, start, end, (own, *others)), ""


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _literals(text: str) -> list[str]:
    """The literals of a text with commas between them; none where one of them is none."""
    try:
        found = ast.parse(f"({text},)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if not isinstance(found, ast.Tuple) or not all(_is_literal(one) for one in found.elts):
        return []
    return [ast.get_source_segment(f"({text},)", one) or "" for one in found.elts]
