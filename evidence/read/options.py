"""What a comment before or behind a fence asks for: a skip with its reason, an expected output. Data; nothing is evaluated."""

import ast
import re

from evidence.read.syntax import CHECK, COMMENT, DIRECTIVE, EXPECTED_OUTPUT, EXPLORER, MARK, SHOW, SKIP

FORMS = {
    "figure": "a figure is described directly below the fence that draws it",
    "explorer": "write `<!-- explorer: name -->` at the start of a line",
    "generate": "write `<!-- generate: … -->` with questions, verdicts, open, references or glossary",
    "check": "write `<!-- check: a question? -->` at the start of a line, and directly below it `Answer: …`",
    "show": "write `<!-- show: figure first -->` on the line above the fence",
    "skip": "write `<!-- skip: the reason, which readers see -->` on the line above the fence",
}
ASK = FORMS["skip"]


def skip_reason(text: str) -> str | None:
    """The reason of a comment that skips a fence; None where the line is no such comment.

    Raises:
        ValueError: a skip without a reason, or a mark that a page does not know; the message says what is expected.
    """
    if match := SKIP.match(text):
        return match["reason"]
    if match := MARK.match(text):
        if match["mark"] == "pytest.mark.skip":
            raise ValueError(f"found {text.strip()!r}, a skip without a reason; {ASK}")
        if reason := _literal_reason(match["mark"]):
            return reason
        raise ValueError(f"found {text.strip()!r}; a page knows one mark, a skip: {ASK}")
    return None


def comment_fault(text: str) -> str:
    """Say what is wrong with a comment that would be a word to the machinery, or ""."""
    match = COMMENT.match(text)
    if not match or EXPECTED_OUTPUT.match(text):
        return ""
    word = match["word"]
    if word.startswith("pytest"):
        others = f"{ASK}, or `<!--pytest-codeblocks:expected-output-->` between a fence and a `text` fence"
        return f"found {text.strip()!r}, which a page does not know; {others}"
    known = (EXPLORER, DIRECTIVE, SHOW, CHECK)
    if not re.match(rf"^[> ]*<!--\s*{re.escape(word)}:", text) or any(form.match(text) for form in known):
        return ""
    if word in FORMS:
        return f"found {text.strip()!r}; {FORMS[word]}"
    return f"found a comment that starts with {word!r}; the words that count are {', '.join(FORMS)}"


def _literal_reason(mark: str) -> str:
    """The reason of `pytest.mark.skip(reason="…")`, read as data; "" where the mark is anything else."""
    try:
        tree = ast.parse(mark, mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(tree, ast.Call) or ast.unparse(tree.func) != "pytest.mark.skip" or tree.args or len(tree.keywords) != 1:
        return ""
    value = tree.keywords[0].value
    known = tree.keywords[0].arg == "reason" and isinstance(value, ast.Constant) and isinstance(value.value, str)
    return str(ast.literal_eval(value)).strip() if known else ""
