"""Follow every link from one Markdown file of the project to another, and every path that a file names in code.

    python tools/links_within.py [FILE.md ...]

A file is looked for where the link says, an anchor among the headings and ids there. Addresses on the web are left to
tools/links_out.py, and what the engines make of the pages to tests/site/test_site.py.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parent.parent
GIVEN = re.compile(r"\{[^}\n]*#([\w-]+)[^}\n]*\}\s*$")  # `## A question { #its-id }`
HTML_ID = re.compile(r"""\bid=["']([^"']+)""")
MADE = re.compile(r"^<!-- generate: ", re.M)  # such a page has anchors that its text does not show
NAMED = re.compile(r"(?:docs|evidence|snippets|tests|tools|\.github)/[\w./-]*")


def tokens(text: str) -> Iterator[Token]:
    """All tokens of a text, each in a line: those within a paragraph get the paragraph's."""
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        yield block
        for token in block.children or []:
            token.map = block.map
            yield token


@cache
def anchors(file: Path) -> set[str] | None:
    """The ids that a Markdown file has: given ones, those of headings as GitHub makes them, those in HTML; None: not known."""
    text = file.read_text(encoding="utf-8")
    if MADE.search(text):
        return None
    found: set[str] = set()
    before = Token("", "", 0)
    for token in tokens(text):
        if before.type == "heading_open":
            given = GIVEN.search(token.content)
            found.add(given[1] if given else re.sub(r"[^\w\- ]", "", token.content.lower()).strip().replace(" ", "-"))
        if token.type.startswith("html_"):
            found.update(HTML_ID.findall(token.content))
        before = token
    return found


def faults(file: Path, root: Path) -> list[str]:
    """What leads nowhere in a file: `file:line: what was found, and what helps`."""
    text = file.read_text(encoding="utf-8")
    out = []
    for token in tokens(text):
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        link = urlsplit(target)
        why = ""
        if target and not link.scheme and not link.netloc:
            why = _fault(file, unquote(link.path), unquote(link.fragment))
        elif token.type == "code_inline" and file.parent in (root, root / ".github") and NAMED.fullmatch(token.content):
            target = token.content
            why = "" if (root / target).exists() else "there is no such file"
        if why:
            out.append(f"{file.relative_to(root)}:{token.map[0] + 1 if token.map else 1}: {target}: {why}")
    return out


def _fault(file: Path, path: str, anchor: str) -> str:
    """Why a link from a file leads nowhere, or ""."""
    target = file.parent / path if path else file
    if not target.exists():
        return "there is no such file; a link is relative to the file that it stands in"
    if not anchor or target.suffix != ".md":
        return ""
    known = anchors(target)
    if known is None or anchor in known:
        return ""
    return f"{target.name} has no such anchor; a question's is the id in its heading, `{{ #its-id }}`"


def main(names: list[str]) -> int:
    """Say what leads nowhere; 1 where something does, else 0."""
    files = [Path(name).resolve() for name in names]
    if not files:
        files = [*ROOT.glob("*.md"), *(ROOT / ".github").rglob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = [fault for file in sorted(files) for fault in faults(file, ROOT)]
    print("\n".join(found) or f"the links within {len(files)} Markdown files lead somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
