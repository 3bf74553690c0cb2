"""What a page's author may put into its HTML: text and its structure; no script, no address that loads anything, no result.

A page may hold HTML, and attributes (`{ .class }`); so may a caption, a title, a lab. Each way leads into one string, which
is read here once more when all that Markdown does is done and only the machinery's own blocks are still to be put in. The
grammar is so narrow that no browser reads the string in another way; what is outside of it is refused.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

from markdown import Markdown
from markdown.postprocessors import RawHtmlPostprocessor
from markdown.util import HTML_PLACEHOLDER

from evidence.errors import Unshowable
from evidence.render.order import register

TAG = re.compile(
    r"""</(?P<closed>[a-zA-Z][a-zA-Z0-9]*)\s*>"""
    r"""|<(?P<opened>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>(?:\s+[a-zA-Z_:][\w:.-]*(?:=(?:"[^"\x02]*"|'[^'\x02]*'))?)*)\s*/?>"""
    r"""|<!--(?!-?>)(?:(?!--)[^\x02])*-->""",
    re.ASCII,
)
ATTRIBUTE = re.compile(r"""([a-zA-Z_:][\w:.-]*)(?:=(?:"([^"]*)"|'([^']*)'))?""")
PLACE = re.compile(f"<p>{HTML_PLACEHOLDER % '([0-9]+)'}</p>|{HTML_PLACEHOLDER % '([0-9]+)'}")
ELEMENT_NAMES = (
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6"
    " hr i img input ins kbd label li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th"
    " thead time tr u ul var wbr"
)
ATTRIBUTE_NAMES = (
    "align alt checked class colspan datetime dir disabled download for height hidden href id lang loading name open rel"
    " reversed role rowspan scope src start style tabindex title type value width"
)
ELEMENTS, ATTRIBUTES = set(ELEMENT_NAMES.split()), set(ATTRIBUTE_NAMES.split())
OWN_DATA = {"data-question", "data-verdict", "data-withheld", "data-tabs"}  # what the machinery sets in the page's tree
OWN_CLASSES = ("evidence", "explorer", "page-", "question-", "index-filter", "md-")
STYLE = re.compile(r"(?:--[a-z-]+:\s*\d+;?\s*)+|text-align:\s*(?:left|right|center);?")
SCHEME = re.compile(r"([^/?#]*?):")
LINKED = {"http", "https", "mailto"}


class Made(str):
    """HTML of the machinery's own. What else is stored for a page comes from its author."""


class ForeignHtml(Unshowable):
    """HTML on a page that must not stand in the site."""


def guard(md: Markdown, met: Callable[[Unshowable], Made]) -> None:
    """Let a Markdown instance check what a page's author wrote.

    Args:
        md: the instance.
        met: says what stands in the place of what is refused, or raises it as an error of the page.
    """
    register(md, "raw_html", _Written(md))
    register(md, "checked", _Checked(md, met))


class _Written(RawHtmlPostprocessor):
    """Puts in the HTML that the author wrote, or an extension made of it."""

    made = False

    def run(self, text: str) -> str:
        return PLACE.sub(self._put, text)

    def _put(self, place: re.Match[str]) -> str:
        number = int(place[1] or place[2])
        blocks: list[Any] = self.md.htmlStash.rawHtmlBlocks
        if number >= len(blocks) or isinstance(blocks[number], Made) != self.made:
            return place[0]
        html = str(blocks[number])
        html = html if place[2] or self.isblocklevel(html) else f"<p>{html}</p>"
        return html if self.made else self.run(html)


class _Checked(_Written):
    """Takes out what may not stand in the site, then puts in the machinery's own HTML."""

    made = True

    def __init__(self, md: Markdown, met: Callable[[Unshowable], Made]) -> None:
        super().__init__(md)
        self.met = met

    def run(self, text: str) -> str:
        out, last, told = [], 0, set()
        for start, end, fault in foreign(text):
            box = self.met(fault)
            out += [text[last:start], *([] if box in told else [self.md.htmlStash.store(box)])]
            told.add(box)
            last = end
        return PLACE.sub(self._put, "".join([*out, text[last:]]))


def foreign(html: str) -> Iterator[tuple[int, int, ForeignHtml]]:
    """What an author may not write, each thing with where it begins and ends; without it, what is left is plain HTML."""
    end = 0
    while (start := html.find("<", end)) >= 0:
        tag = TAG.match(html, start)
        if not tag:
            found = re.match(r"<[^\s\x02<>]{0,30}>?", html[start:])[0]  # type: ignore[index]  # it begins with the sign
            expected = '<name attribute="value">, or `&lt;` for the sign'
            end = start + len(found)
            yield start, end, ForeignHtml(found, f"found {found!r}, which is no plain HTML; expected {expected}")
            continue
        end = tag.end()
        if fault := _tag_fault(tag):
            yield start, end, fault


def _tag_fault(tag: re.Match[str]) -> ForeignHtml | None:
    """What is wrong with a tag, or None."""
    name = (tag["closed"] or tag["opened"] or "").lower()
    if name and name not in ELEMENTS:
        return ForeignHtml(f"<{name}", f"found <{name}>, which no page may hold; write Markdown")
    for attribute, quoted, single in ATTRIBUTE.findall(tag["attributes"] or ""):
        value = quoted or single
        if fault := _fault(name, attribute.lower(), unescape(value)):
            return ForeignHtml(max(value[:60], attribute, key=len), f'found <{name} {attribute}="{value[:60]}">; {fault}')
    return None


def _fault(element: str, name: str, value: str) -> str:
    """Say what is wrong with an attribute, or ""."""
    if name not in ATTRIBUTES | OWN_DATA and not name.startswith("aria-"):
        return "no page may set this attribute"
    if name in ("href", "src"):
        return _address_fault(name, value)
    if name == "style" and not STYLE.fullmatch(value.strip()):
        return "a page sets no style of its own"
    if name == "class" and any(one.startswith(OWN_CLASSES) for one in value.split()):
        return "this class is for what the machinery shows: evidence cannot be written by hand"
    if name == "id" and value.startswith("__") and not value.startswith("__tabbed"):
        return "this id belongs to the theme"
    if element == "input" and name == "type" and value not in ("radio", "checkbox"):
        return "a page holds no form"
    return ""


def _address_fault(name: str, value: str) -> str:
    """Say why an address may not stand on a page, or "". A browser leaves out control characters, so they are refused."""
    if re.search(r"[\x00-\x20\x7f\\]", value):
        return "an address holds no space, backslash or control character; write %20 for a space"
    scheme = SCHEME.match(value)
    if name == "src":
        return "a page loads pictures of the site alone" if scheme or value.startswith("//") else ""
    return "" if not scheme or scheme[1].lower() in LINKED else "a link leads to a page, or to http, https or mailto"
