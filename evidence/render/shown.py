"""One count settles what a page shows: every block of code in its HTML is one that this machinery put there, once, in order.

A block does not go through Markdown. A comment stands for it until the page is converted; then the HTML is read, each
comment must have come through where a reader sees it, and no other block of code may have come up beside them.
"""

import re
from html.parser import HTMLParser

from evidence.errors import EvidenceError
from evidence.read.includes import Line

PLACE = re.compile(r"<!--evidence:(\d+)[^>]*-->")
ROOM = re.compile(r"--lines:\d+;--figures:\d+")
AROUND = {"div", "blockquote", "ul", "ol", "li", "details", "section", "article", "p"}  # what a block may stand in
CODE = {"pre", "textarea", "xmp", "listing", "plaintext", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
REMEDY = "code that readers see is a `python` fence, which runs, or a fence of another language"


class Shown:
    """The blocks of code of one page, from the moment they are put into its Markdown until its HTML is settled."""

    def __init__(self) -> None:
        self.blocks: list[tuple[int, str]] = []
        self.whole = False  # what comes now is the page, and no more its headings one by one

    def keep(self, line: int, html: str) -> str:
        """Keep a block from a line of the page; return the HTML comment that stands for it (with the room it will take)."""
        self.blocks.append((line, html))
        room = ROOM.search(html)
        return f"<!--evidence:{len(self.blocks) - 1} {room[0] if room else ''}-->"

    def settle(self, html: str, path: str, lines: list[Line]) -> str:
        """Return a page's HTML with its blocks in their places.

        Args:
            html: what Markdown made of the page.
            path: the page, and its lines, for messages.

        Raises:
            EvidenceError: a block that no reader would see, that stands twice or out of order, or code beside the blocks.
        """
        seen = _Reading()
        seen.feed(html)
        seen.close()
        for number, (line, _) in enumerate(self.blocks):
            within = [around for found, around in seen.places if found == number]
            if len(within) != 1:
                where = "nowhere, as it stands in a comment or in HTML" if not within else "more than once"
                raise EvidenceError(path, line, f"holds a fence that the page shows {where}; take it out of there")
            if wrong := [tag for tag in within[0] if tag not in AROUND]:
                message = f"holds a fence that Markdown puts into <{wrong[-1]}>; begin it as far left as the text around it"
                raise EvidenceError(path, line, message)
        order = [found for found, _ in seen.places]
        if order != list(range(len(self.blocks))):
            raise EvidenceError(path, 1, f"shows its fences in another order than it holds them: {order}")
        for text in filter(str.strip, seen.others):
            first = next((line.strip() for line in text.split("\n") if line.strip()), "")
            at = next((x.number for x in lines if x.path == path and first in x.text), 1)
            raise EvidenceError(path, at, f"shows {first!r} as code, and nothing has run it; {REMEDY}")
        return self.placed(html)

    def placed(self, html: str) -> str:
        """The HTML with its blocks, whatever it is like."""
        blocks = {str(number): block for number, (_, block) in enumerate(self.blocks)}
        return PLACE.sub(lambda place: blocks.get(place[1], ""), html)


class _Reading(HTMLParser):
    """Where the places of blocks stand in HTML, and what else is shown as code."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.places: list[tuple[int, tuple[str, ...]]] = []
        self.others: list[str] = []
        self.since: int | None = None  # how deep the code lies that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self.open.append(tag)
        said = {name: value or "" for name, value in attrs}
        laid_out = "white-space" in said.get("style", "") or re.search(r"\b(?:highlight|language-)", said.get("class", ""))
        if self.since is None and (tag in CODE or laid_out):
            self.since = len(self.open)
            self.others.append("")

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass
        if self.since is not None and len(self.open) < self.since:
            self.since = None

    def handle_data(self, data: str) -> None:
        if self.since is not None:
            self.others[-1] += data

    def handle_comment(self, data: str) -> None:
        if place := PLACE.fullmatch(f"<!--{data}-->"):
            self.places.append((int(place[1]), tuple(self.open)))
