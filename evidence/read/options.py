"""pytest-codeblocks's comments on a page (skip, skipif, importorskip, cont, expected-output, marks), read by itself."""

import ast
import io
import re
import warnings
from typing import TYPE_CHECKING

from pytest_codeblocks import extract_from_buffer

if TYPE_CHECKING:
    from evidence.read.pages import Page

REASON = 'with a reason, which readers see: `<!--pytest.mark.skip(reason="…")-->`'


def read_options(page: "Page") -> None:
    """Let pytest-codeblocks read its comments from the page, with every runnable fence in the one spelling that it knows."""
    at = {fence.first: n for n, fence in enumerate(page.fences)}
    ends = {fence.first: fence for fence in page.fences}
    out: list[str] = []
    index = 0
    while index < len(page.lines):
        if fence := ends.get(index):
            out += ["```python", str(at[index]), "```"]
            index = fence.last
        else:
            out.append(page.lines[index].text)
        index += 1
    text = "\n".join(out)
    line = next((k for k, x in enumerate(out, 1) if "pytest-codeblocks:" in x), 1)
    if re.search(r"^<!--pytest-codeblocks:skipfile-->", text):
        page.problem(1, f"skips the whole page; skip single fences, {REASON}")
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            blocks = extract_from_buffer(io.StringIO(text + "\n"), max_num_lines=10**6)
    except RuntimeError as error:
        if not page.problems:  # an unclosed fence is already named, with its line
            page.problem(line, str(error))
        return
    kept = []
    for block in (b for b in blocks if b.syntax == "python"):
        first, *continued = [page.fences[int(n)] for n in block.code.split()]
        for fence in continued:
            first.origin = first.origin + fence.origin
        first.block = block
        kept.append(first)
        for mark in block.marks:
            if re.search(r"\b(skip|skipif|xfail)\b", mark) and not reason_of(mark):
                page.problem(first.line, f"found {mark} without a reason; {REASON}")
    page.fences = kept


def reason_of(mark: str) -> str:
    """The reason of a mark such as `pytest.mark.skip(reason="needs a GPU")`, or "" where it has none."""
    tree = ast.parse(mark, mode="eval").body
    if isinstance(tree, ast.Call):
        for keyword in tree.keywords:
            if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value).strip()
    return ""
