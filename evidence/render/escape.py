"""How text gets into another language: Markdown, a table's cell, a link, a script element. (Into HTML it goes by html.escape.)"""

import json
import re
from html import escape
from urllib.parse import quote

SPECIAL = re.compile(r"[\\`*{}\[\]<>|$]|_(?!\w)|(?<!\w)_|&(?=#?\w+;)")
SPAN = re.compile(r"(?P<tics>`+)(?!`).*?(?<!`)(?P=tics)(?!`)|\$[^$\n]+\$|\\.", re.S)
RUN = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.M)


def text(plain: str) -> str:
    """Plain text (an author, a title of the bibliography) as Markdown that shows just it."""
    return SPECIAL.sub(lambda sign: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(sign[0], "\\" + sign[0]), plain)


def cell(markdown: str) -> str:
    """Markdown within one line as the cell of a table: a bar ends a cell, but in code or behind a backslash."""
    out, last = [], 0
    for span in SPAN.finditer(markdown):
        code = span[0][0] != "$"
        out += [markdown[last : span.start()].replace("|", r"\|")]
        out += [span[0] if code else re.sub(r"(?<!\\)\|", r"\\vert ", span[0])]
        last = span.end()
    return "".join(out) + markdown[last:].replace("|", r"\|")


def target(path: str) -> str:
    """A path as the target of a Markdown link or the value of href: spaces, parentheses and letters beyond ASCII encoded."""
    return quote(path, safe="/:#?&=~+,;@!%")


def href(path: str) -> str:
    """A path as the value of an HTML attribute that holds an address."""
    return escape(target(path))


def json_script(data: object) -> str:
    """Data as JSON that can stand in a script element, whatever it holds: nothing in it ends or opens an element."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def fenced(content: str, info: str) -> str:
    """Content as a fenced block of Markdown; the fence is longer than any that the content holds."""
    longest = max((len(run[1]) for run in RUN.finditer(content)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{content}{'' if content.endswith(chr(10)) or not content else chr(10)}{fence}"
