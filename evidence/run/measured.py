"""The dict `measured` of a snippet, judged outside of its process: what was said of it there is data, and may be anything."""

import math
import re

from evidence.run.job import Job, Measured

ENTRIES, LETTERS, NAME_LETTERS = 100, 200, 40
EXPECTED = f"expected a dict of finite numbers and strings, at most {ENTRIES}, by names that Python could give a variable"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def judged(job: Job, frames: list[str]) -> tuple[Measured, str]:
    """What a snippet measured, and what is wrong with it, or "".

    Args:
        job: the job, which measures.
        frames: what `entries.said` said, or whatever the snippet's process put in its place.
    """
    if not frames or frames[0] != "dict":
        return {}, f"`measured` is of the type {frames[0][:LETTERS] if frames else 'None'!r}; {EXPECTED}"
    out: Measured = {}
    for frame in frames[1:]:
        head, _, text = frame.partition("\n")
        kind, _, name = head.partition(" ")
        if kind.startswith("key:"):
            return {}, f"`measured` has a key of the type {kind[4:][:LETTERS]!r}; {EXPECTED}"
        if not name.isidentifier() or len(name) > NAME_LETTERS or name in out:
            return {}, f"`measured` has the key {name[:LETTERS]!r}; {EXPECTED} of at most {NAME_LETTERS} letters"
        value, fault = _value(kind, text)
        if fault:
            return {}, f"`measured[{name!r}]` {fault}"
        out[name] = value
    if not 0 < len(out) <= ENTRIES:
        return {}, f"`measured` has {'no' if not out else 'more than ' + str(ENTRIES)} entries; {EXPECTED}"
    return out, ""


def _value(kind: str, text: str) -> tuple[float | int | str, str]:
    """One value, and what is wrong with it, or ""."""
    if kind == "text":
        if len(text) > LETTERS or CONTROL.search(text):
            return "", f"is a string of more than {LETTERS} characters, or one with control characters; {EXPECTED}"
        return text, ""
    if kind != "number":
        made = "write `.item()` behind it" if kind == "Tensor" else "make it a number with `float()` or `int()`"
        return "", f"is of the type {kind[:LETTERS]!r}; {EXPECTED}; {made}"
    try:
        number = int(text) if re.fullmatch(r"-?\d{1,19}", text, re.ASCII) else float(text)
    except ValueError:
        return "", "is no number"
    return (number, "") if math.isfinite(number) else ("", f"is {text[:LETTERS]}; {EXPECTED}")
