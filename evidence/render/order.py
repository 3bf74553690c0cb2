"""When each of our processors of Markdown has its turn: the one table of their priorities.

Markdown runs those of a kind from the highest priority to the lowest. tests/test_order.py holds each one's neighbours by name.
"""

from typing import Any

from markdown import Markdown

ORDER = {
    # preprocessors: lines of text
    "evidence": ("preprocessors", 28),  # after line ends are normalized, before fences are read
    # block processors
    "reference": ("blockprocessors", 15),  # in the place of Markdown's own
    # inline patterns
    "citations": ("inlinePatterns", 174),  # after code, escapes and footnotes, before links
    # tree processors
    "formulas": ("treeprocessors", 14),  # after the inline patterns have marked them
    "abbr": ("treeprocessors", 7),  # in the place of Markdown's own
    "first-uses": ("treeprocessors", 6.5),  # of what abbr has marked
    "anchors": ("treeprocessors", 6),  # after attr_list has set the ids, before toc invents others
    "answers": ("treeprocessors", 4),  # after toc has seen the headings
    "whole": ("treeprocessors", -100),  # when nothing takes a heading by itself any more
    # postprocessors: the text of HTML
    "raw_html": ("postprocessors", 30),  # in the place of Markdown's own
    "checked": ("postprocessors", -100),  # behind everything that changes the text
    "settled": ("postprocessors", -110),  # behind that, as it reads the machinery's own HTML
}


def register(md: Markdown, name: str, processor: Any) -> None:
    """Give a processor its turn in a Markdown instance."""
    kind, priority = ORDER[name]
    holder = md.parser if kind == "blockprocessors" else md
    getattr(holder, kind).register(processor, name, priority)
