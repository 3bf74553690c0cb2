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
SHOW = re.compile(r"^[> ]*<!-- show: figure first -->[ ]*$")
CHECK = re.compile(r"^<!-- check: (?P<question>\S.*?) -->[ ]*$")
MARK = re.compile(r"^[> ]*<!--[-\s]*(?P<mark>pytest\.mark\..*?)[-\s]*-->[ ]*$")
EXPECTED_OUTPUT = re.compile(r"^[> ]*<!--[-\s]*pytest-codeblocks:\s*expected-output[-\s]*-->[ ]*$")
EXPLORER = re.compile(r"^<!-- explorer: ([a-z-]+) -->\s*$")
DIRECTIVE = re.compile(r"^<!-- generate: (answers|questions|verdicts|open|references|glossary) -->\s*$")
CLAIM = re.compile(r"^\*\*Claim:\*\* \S")
LIKE_A_CLAIM = re.compile(r"^[> ]*\*\*Claim\b")
VERDICT = re.compile(r"^\*\*Verdict: (?:(?P<holds>holds\.)|(?P<conditional>holds when\b)|(?P<refuted>does not hold\b))")
LIKE_A_VERDICT = re.compile(r"^[> ]*\*\*Verdict\b")
STATUS = re.compile(r"^\*\*Status: (?P<status>contested|open)\.\*\*\s+(?P<note>\S.*)", re.S)
LIKE_A_STATUS = re.compile(r"^[> ]*\*\*Status\b")

# A link to another page of the project, to a place in it, or to a place on the page itself.
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)(#[^)\s]*)?\)")

# A citation, `[@key, sec. 2; @other]`, and one source in it.
_SOURCE = r"@[a-z][\w-]*(?:,\s*[^;\[\]@]*[^;\[\]@\s])?"
CITATION = rf"\[({_SOURCE}(?:;\s*{_SOURCE})*)\]"
ONE = re.compile(r"@([a-z][\w-]*)(?:,\s*([^;]+))?")
LIKE_A_CITATION = re.compile(r"\[@[^\[\]]{0,60}\]?")

# In the code of a snippet. Editors fold what stands between the marks of a region.
PROOF = re.compile(r"^# %% proof: (?P<said>\S.*?)\s*$")
REGION = re.compile(r"^# region: (?P<name>\S.*?)\s*$")
ENDREGION = re.compile(r"^# endregion\s*$")
LIKE_A_PART = re.compile(r"^\s*#\s*(?:%%|(?:end)?region\b)")
TRY = re.compile(r"^#\s*try:\s*(?P<values>.*?)\s*$")

# A measured number in prose: `[=lead:.1f]`, and `[=snippet.lead:.1f]` where several snippets of a page measure.
MEASURED = re.compile(
    r"\[=(?:(?P<snippet>[A-Za-z_]\w*)\.)?(?P<name>[A-Za-z_]\w*)(?::(?P<format>[^\[\]\s]*))?\](?P<percent>\s?%)?"
)
LIKE_MEASURED = re.compile(r"\[=")
FORMAT = re.compile(r"\+?,?(?:\.\d)?[dfeg%]?")
TYPED = re.compile(r"(?<![\w.,])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?:(?P<percent>\s?%)|(?![\w%]|[.,]\d))")
NO_PROSE = re.compile(  # code, formulas, citations, addresses, HTML and attributes, in which a number is another one
    rf"{CODE_SPAN.pattern}|(?<!\\)\$[^$]+\$|{CITATION}|\]\([^)]*\)|<(?!!)[^>]*>|\{{[^{{}}]*\}}"
)
