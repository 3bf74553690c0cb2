"""The links of a lab, which are no engine's to resolve: from files below docs/ to the addresses of the built pages."""

import re

TOPIC = re.compile(r"\]\((?:([^):]+)/)?index\.md([#)])")
PAGE = re.compile(r"\]\(([^):]+)\.(?:md|py)([#)])")
RELATIVE = re.compile(r"\]\((?![a-z]+:|#)")


def built(markdown: str) -> str:
    """The Markdown of a lab with links as its page in the site needs them: one folder further down than its file."""
    text = TOPIC.sub(lambda link: f"]({link[1] or '.'}/{link[2]}", markdown)
    text = PAGE.sub(r"](\1/\2", text)
    return RELATIVE.sub("](../", text)
