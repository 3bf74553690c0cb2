"""Every piece of syntax that a page knows beside Markdown's own, each in one place."""

import re

PYTHON = {"python", "py", "python3", "py3"}  # what runs
SHOWN = {"text", "console", "markdown", "md", "yaml", "toml", "json", "html", "css", "bibtex", "diff"}  # what is only read
SHELL = {"sh", "bash", "zsh", "shell"}

# The prefix of a line is what stands before it: indentation and the marks of quotations.
FENCE = re.compile(r"^(?P<prefix>[> ]*)(?P<mark>`{3,}|~{3,})[ ]*(?P<info>.*?)[ ]*$")
LANGUAGE = re.compile(r"^\{?[ ]*\.?(?P<lang>[\w#.+-]+)")
BEHIND_A_MARKER = re.compile(r"^[> ]*(?:(?:[-*+:]|\d+[.)]|\[\^[^\]]+\]:)[ ]+[> ]*)+(?P<rest>(?:`{3,}|~{3,}).*)$")
HOLDS_INDENTED = re.compile(r'^ *(?:[-*+] |\d+\. |!!! \w|=== ")')  # what is indented below these is theirs, not code
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")

INCLUDE = re.compile(r'^--8<-- "(?P<path>[^"]*)"[ ]*$')
LIKE_AN_INCLUDE = re.compile(r"^[> \t]*;?-+8<-")  # whatever pymdownx.snippets might take for one

HEADING = re.compile(r"^(?P<level>#{1,6})[ ]+(?P<title>[^#\s].*?)(?:[ ]*(?P<attributes>\{[^{}]*\}))?[ ]*$")
ID = re.compile(r"^\{ ?#(?P<id>[A-Za-z][A-Za-z0-9_-]*) ?\}$")
LIKE_A_HEADING = re.compile(r"^(?:#|(?:[> ]+|[> ]*(?:[-*+]|\d+[.)])[ ]+)#{1,6}(?:[ ]|$))|<h[1-6]\b", re.IGNORECASE)
UNDERLINE = re.compile(r"^[> ]*(?:=+|-+)[ ]*$")

COMMENT = re.compile(r"^[> ]*<!--[-\s]*(?P<word>[A-Za-z][\w.-]*?)(?::|\(|-->|\.mark\b)")
FIGURE = re.compile(r"<!--\s*figure:\s*(?P<alt>.*?)\s*-->", re.S)
SKIP = re.compile(r"^[> ]*<!-- skip: (?P<reason>\S.*?) -->[ ]*$")
MARK = re.compile(r"^[> ]*<!--[-\s]*(?P<mark>pytest\.mark\..*?)[-\s]*-->[ ]*$")
EXPECTED_OUTPUT = re.compile(r"^[> ]*<!--[-\s]*pytest-codeblocks:\s*expected-output[-\s]*-->[ ]*$")
EXPLORER = re.compile(r"^<!-- explorer: ([a-z-]+) -->\s*$")
DIRECTIVE = re.compile(r"^<!-- generate: (answers|questions|verdicts|open|references|glossary) -->\s*$")
